"""Calling a place off as a browser shows it, for the school and for the company, without scripts."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from techfinder.campaigns.models import Award
from techfinder.mail.models import OutgoingMail
from tests.campaigns.conftest import a_round
from tests.factories.organisations import MembershipFactory
from tests.support.browser import axe_violations, sideways

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def assert_whole(page):
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        assert axe_violations(page) == []
        assert sideways(page) <= 0


def test_a_company_reads_who_comes_and_calls_it_off(page, live_server, fair):
    world = a_round(fair)
    fair.publish(world.found)
    award = Award.objects.standing().select_related("activity__provider", "request__school", "request__contact").first()
    sign_in(page, live_server, MembershipFactory(provider=award.activity.provider).user)
    page.goto(live_server.url + reverse("matches:dashboard"))
    page.get_by_role("heading", name="Groepen die via een campagne komen").wait_for()
    assert_whole(page)
    page.get_by_role("link", name="Afzeggen").click()
    page.get_by_role("button", name="Zeg deze groep af").click()
    page.get_by_text("Kies een reden").first.wait_for()
    assert_whole(page)
    page.get_by_label("Wie het zou doen is ziek").check()
    page.get_by_role("button", name="Zeg deze groep af").click()
    page.get_by_text("Afgezegd. De school, het bedrijf en de coördinator krijgen een mail.").wait_for()
    page.goto(live_server.url + reverse("campaigns:call_off", args=[award.pk]))
    page.get_by_role("heading", name="Deze plek is afgezegd").wait_for()
    assert_whole(page)
    sign_in(page, live_server, award.request.contact)
    page.goto(live_server.url + reverse("matches:request", args=[award.request.uuid]))
    page.get_by_text(f"Afgezegd door {award.activity.provider.name} op").wait_for()
    assert_whole(page)
    mail = OutgoingMail.objects.get(kind="campaign_off", to=award.request.contact.email)
    page.goto("about:blank")
    page.set_content(mail.html)
    assert_whole(page)
