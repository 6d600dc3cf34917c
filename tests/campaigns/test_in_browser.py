"""The pages and mails of campaigns as a browser shows them: no fault, narrow and wide, with and without scripts."""

import os

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from techfinder.campaigns import actions
from techfinder.campaigns.models import Campaign, Round
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.factories.organisations import ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def world(fair):
    """A proposal in which some have a place, one in parts, and others none, each for a reason of its own."""
    campus = ProviderFactory(name="Huis van de Techniek", municipality=fair.town)
    yard = ProviderFactory(name="Scheepswerf De Schelde Vlissingen", municipality=fair.town)
    fair.day(title="Mini-Zonnebootrace", provider=campus, seats=60, delivery=["at_provider"])
    fair.day(title="Zelf een brug lassen en op sterkte beproeven", provider=yard, after=50, group_max=30)
    fair.ask(title="Zonne-energie: zelf iets bouwen dat werkt", size=56, bounds={"parts_max": 2, "providers_max": 2})
    school = SchoolFactory(name="Basisschool De Loefzijde", municipality=fair.town)
    for title, fields in {
        "Een boot die rijdt op de zon": {"priority": 3},
        "Techniek voor groep 8, met de handen": {"levels": ["po-8"]},
        "Op bezoek bij een bedrijf in de haven": {},
        "Kleuters ontdekken magneten": {"levels": ["po-1"]},
        "Met de hele school naar een werf": {"size": 200},
    }.items():
        fair.ask(title=title, school=school, **fields)
    RequestFactory(school=school, title="Nog een vraag die mee kan doen")
    fair.solve()
    return fair


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def look(page, name, width):
    """Pictures for a person's eyes, when a folder for them is named."""
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/{name}-{width}.png", full_page=True)


def pages(world):
    own = world.campaign.asked.first().pk
    yield "list", reverse("campaigns:list")
    yield "new", reverse("campaigns:new")
    yield "detail", reverse("campaigns:detail", args=["week"])
    yield "edit", reverse("campaigns:edit", args=["week"])
    yield "sessions", reverse("campaigns:sessions", args=["week"])
    yield "sessions-chosen", reverse("campaigns:sessions", args=["week"]) + "?gekozen=1"
    yield "requests", reverse("campaigns:requests", args=["week"])
    yield "requests-chosen", reverse("campaigns:requests", args=["week"]) + "?gekozen=1"
    yield "bounds", reverse("campaigns:bounds", args=["week", own])
    for view in ("vragen", "aanbod", "zonder", "vast"):
        yield f"round-{view}", reverse("campaigns:round", args=["week", 1]) + f"?zicht={view}"
    yield "publish", reverse("campaigns:publish", args=["week", 1])


def test_every_page_is_without_faults(page, live_server, world):
    actions.lock_award(award_id=world.campaign.rounds.get().awards.first().pk)
    sign_in(page, live_server, world.user)
    for name, address in pages(world):
        page.goto(address)
        assert faults_at(page, name, SIZES) == []


def test_a_form_with_faults_is_without_faults_itself(page, live_server, world):
    sign_in(page, live_server, world.user)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.goto(reverse("campaigns:sessions", args=["week"]))
        page.locator("input[name^=seats]").first.fill("9999")
        page.get_by_role("button", name="Bewaar de plekken").click()
        page.get_by_role("alert").wait_for()
        assert faults_at(page, "sessions-fault", [(width, height)]) == []


def test_a_round_is_followed_on_the_page_until_it_is_there(page, live_server, world):
    sign_in(page, live_server, world.user)
    page.goto(live_server.url + reverse("campaigns:detail", args=["week"]))
    page.get_by_role("button", name="Start een nieuwe ronde").click()
    page.get_by_text("De plekken worden verdeeld").wait_for()
    look(page, "round-running", 1280)
    actions.solve_round(round_id=Round.objects.get(number=2).pk)
    page.get_by_role("link", name="Publiceer dit voorstel").wait_for()


def test_without_scripts_a_coordinator_gets_all_the_way(page_without_scripts, live_server, world):
    page = page_without_scripts
    sign_in(page, live_server, world.user)
    page.goto(live_server.url + reverse("campaigns:detail", args=["week"]))
    page.get_by_role("link", name="Bekijk het voorstel").click()
    page.get_by_role("button", name="Zet vast").first.click()
    page.get_by_text("Vastgezet", exact=True).wait_for()
    page.get_by_role("link", name="Publiceer dit voorstel").click()
    page.get_by_role("button", name="Publiceer en mail").click()
    page.get_by_text("De mails zijn onderweg").wait_for()
    assert Campaign.objects.get().state == Campaign.State.PUBLISHED


def test_the_mails_and_the_published_pages_are_without_faults(page, live_server, world):
    leaver = world.campaign.rounds.get().awards.last().request
    Request.objects.filter(pk=leaver.pk).update(status=Request.Status.WITHDRAWN)
    world.publish(world.campaign.rounds.get())
    actions.tell(campaign_id=world.campaign.pk)
    sign_in(page, live_server, world.user)
    mails = {mail.subject.split(":")[0]: mail for mail in OutgoingMail.objects.filter(kind__startswith="campaign_")}
    assert len(mails) == 3
    for name, query in (("published", ""), ("published-without", "?zicht=zonder")):
        page.goto(reverse("campaigns:round", args=["week", 1]) + query)
        assert faults_at(page, name, SIZES) == []
    for number, mail in enumerate(mails.values()):
        # Not on a page of the site, whose policy would refuse the styles of a mail.
        page.goto("about:blank")
        page.set_content(mail.html)
        assert faults_at(page, f"mail-{number}", SIZES) == []
