"""From a question to an agreement in the browser, as both sides, narrow and wide, with and without scripts."""

import os

import pytest
from django.conf import settings
from django.db.models import F
from django.test import Client
from django.urls import reverse

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.matches.models import Match
from techfinder.organisations.queries import members_of
from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.organisations import ProviderFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at, sideways

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NARROW = {"width": 360, "height": 740}
SIZES = [(360, 740), (1280, 900)]


@pytest.fixture
def parties():
    found = Parties(provider=ProviderFactory(name="Zilt Elektrotechniek"), title="Licht uit een citroen")
    found.request.contact.name = "Elke Moens"
    found.request.contact.save()
    Match.objects.create(request=found.request, activity=found.activity, score=80, placed_at=found.request.confirmed_at)
    Request.objects.update(matched_version=F("version"))
    return found


def as_user(page, live_server, user):
    client = Client()
    client.force_login(user)
    page.context.clear_cookies()
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
    return page


def looks_well(page, axe, name):
    """No fault, no sideways scroll; a picture when somebody wants to look."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{page.viewport_size['width']}.png", full_page=True)
    assert axe(page) == [], name
    assert sideways(page) <= 0, name


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_a_school_asks_the_provider_says_yes_and_the_school_reads_it(
    page, page_without_scripts, live_server, axe, parties, scripts
):
    page = page if scripts else page_without_scripts
    check = axe if scripts else (lambda _page: [])
    page.set_viewport_size(NARROW)
    as_user(page, live_server, parties.request.contact)
    page.goto(reverse("matches:request", args=[parties.request.uuid]))
    looks_well(page, check, "vraag")
    page.click("text=Vraag dit aan")
    looks_well(page, check, "vraag-aan")
    page.fill("[name=date]", f"{in_days(60):%d-%m-%Y}")
    page.fill("[name=start]", "9.30")
    page.fill("[name=pupils]", "26")
    page.click("main button:has-text('Vraag dit aan')")
    assert "Aangevraagd" in page.inner_text("main")
    looks_well(page, check, "aangevraagd")
    as_user(page, live_server, parties.member)
    page.goto(reverse("matches:dashboard"))
    looks_well(page, check, "mijn-aanbieder")
    assert "1 vraag wacht op je antwoord" in page.inner_text("h1")
    page.click("button:has-text('Ja, dit doe ik')")
    assert "Afgesproken" in page.inner_text("main")
    looks_well(page, check, "afgesproken")
    booking = Booking.objects.get()
    assert (booking.state, booking.pupils) == (State.AGREED, 26)
    as_user(page, live_server, parties.request.contact)
    page.goto(reverse("matches:dashboard"))
    looks_well(page, check, "mijn-school")
    page.click("#agenda ~ ul a")
    assert parties.member.email in page.inner_text("main")


def test_a_day_is_proposed_refused_and_there_is_a_way_on(page, live_server, axe, parties):
    booking = parties.ask(date=in_days(60))
    page.set_viewport_size(NARROW)
    as_user(page, live_server, parties.member)
    page.goto(booking.get_absolute_url())
    page.click("a:has-text('Andere dag')")
    page.click("main button[type=submit]")
    assert "Vul de dag in" in page.inner_text(".tf-summary")
    looks_well(page, axe, "andere-dag-fout")
    page.fill("[name=date]", f"{in_days(62):%d-%m-%Y}")
    page.fill("[name=words]", "Dan is de hal vrij.")
    page.click("main button[type=submit]")
    as_user(page, live_server, parties.request.contact)
    page.goto(booking.get_absolute_url())
    assert "Dan is de hal vrij." in page.inner_text("main")
    looks_well(page, axe, "voorstel")
    page.click("a:has-text('Nee, met reden')")
    looks_well(page, axe, "nee")
    page.check("[name=reason][value=date]")
    page.click("main button[type=submit]")
    assert Booking.objects.get().state == State.DECLINED
    looks_well(page, axe, "afgewezen")


def test_every_page_is_accessible_for_both_sides(page, live_server, parties):
    for state in (State.QUEUED, State.ASKED, State.PROPOSED, State.CONFIRMED, State.CANCELLED_EARLY, State.HAPPENED):
        booking = booking_in(state)
        for side, user in (
            (Side.SCHOOL, booking.request.contact),
            (Side.PROVIDER, members_of(booking.activity.provider).get()),
        ):
            as_user(page, live_server, user)
            page.goto(booking.get_absolute_url())
            assert faults_at(page, f"{state}-{side}", SIZES) == []
    for name in ("bookings:list", "matches:dashboard"):
        page.goto(reverse(name))
        assert faults_at(page, name.replace(":", "-"), SIZES) == []


def test_full_days_queues_and_empty_lists_are_accessible(page, live_server):
    parties = Parties(seats=30, title="Open dag in de fabriek")
    parties.day(60, after=80)
    parties.provider.auto_promote = False
    parties.provider.save()
    first = parties.ask()
    parties.ask(request_id=RequestFactory().pk)
    Match.objects.create(request=RequestFactory(contact=first.school_contact), activity=parties.activity, score=1)
    as_user(page, live_server, parties.member)
    page.goto(reverse("bookings:queue", args=[parties.activity.slug]))
    assert faults_at(page, "queue", SIZES) == []
    as_user(page, live_server, parties.request.contact)
    page.goto(reverse("bookings:ask", args=[parties.activity.slug]))
    assert faults_at(page, "vol", SIZES) == []
    page.goto(parties.activity.get_absolute_url())
    assert faults_at(page, "activiteit", SIZES) == []
    as_user(page, live_server, UserFactory())
    page.goto(reverse("bookings:list"))
    assert faults_at(page, "leeg", SIZES) == []
