"""The pages of offers and of moderation in a real browser: no accessibility faults, also on a phone."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.utils import timezone

from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory
from tests.factories.activities import ActivityFactory, SessionFactory, StageFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def offer():
    zeeland = Region.objects.get(code="NL-ZE")
    points = {"Vlissingen": (51.45, 3.57), "Goes": (51.50, 3.89), "Terneuzen": (51.33, 3.83), "Tholen": (51.53, 4.22)}
    for name, (lat, lon) in points.items():
        RegionFactory(name=name, parent=zeeland, lat=lat, lon=lon)
    activity = ActivityFactory(
        title="Mini-Zonnebootrace", slug="mini-zonnebootrace", regions=["NL-ZE"], levels=["po-6", "po-7", "po-8"],
        kind="wedstrijd", venue_city="Vlissingen", venue_lat=51.45, venue_lon=3.57, delivery=["at_provider"],
        description="Voor groep 7 en 8 in Zeeland.", provider=ProviderFactory(name="Huis van de Techniek"), months=[6],
    )  # fmt: skip
    SessionFactory(activity=activity, date=timezone.localdate() + dt.timedelta(days=200), seats=400, taken=12)
    for title in ("Aanmelden", "Bouwen", "De race"):
        StageFactory(activity=activity, title=title, description="Met hulp van bedrijven.")
    return activity


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME]
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])


def look(page, path):
    faults: list[str] = []
    # What the content policy refuses is told on the console.
    page.on("console", lambda told: faults.append(f"{path}: {told.text}") if told.type == "error" else None)
    page.goto(path)
    return faults + faults_at(page, path, SIZES)


def test_public_pages(page, offer):
    paths = ("/aanbod/", "/aanbod/?theme=energie&level=po-7&plaats=Nergens", "/aanbod/?theme=water",
             "/aanbod/mini-zonnebootrace/", "/aanbod/nieuw/")  # fmt: skip
    assert [fault for path in paths for fault in look(page, path)] == []


def test_form(page, live_server, offer):
    sign_in(page, live_server, MembershipFactory(provider=offer.provider).user)
    steps = ("wat", "voor-wie", "waar", "wanneer", "praktisch", "veilig", "controle")
    paths = ["/aanbod/nieuw/", *(f"/aanbod/{offer.slug}/bewerken/{step}/" for step in steps), offer.get_absolute_url()]
    assert [fault for path in paths for fault in look(page, path)] == []


def test_moderation(page, live_server, offer):
    moderator = AdministratorFactory()
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    sign_in(page, live_server, moderator)
    waiting = ActivityFactory(submitted=True, description="Voor groep 3.", provider__status="pending")
    paths = ("/moderatie/", f"/moderatie/aanbod/{waiting.slug}/", f"/moderatie/aanbieder/{waiting.provider.slug}/",
             "/moderatie/?soort=mensen")  # fmt: skip
    assert [fault for path in paths for fault in look(page, path)] == []


def test_list_works_without_scripts(page_without_scripts, offer):
    page = page_without_scripts
    page.goto("/aanbod/")
    page.get_by_label("Groep 7 (10-11 jaar)").check()
    page.get_by_role("button", name="Toon 1 resultaat").click()
    assert "level=po-7" in page.url
    page.get_by_role("link", name="Mini-Zonnebootrace").click()
    page.get_by_role("link", name="Vraag dit aan of stel een vraag").click()
    assert page.url.endswith("/vraag/?activiteit=mini-zonnebootrace")


def test_pages_that_say_that_a_region_is_gone(page, offer, live_server):
    ActivityFactory(title="Robots bouwen", regions=["NL-ZE", "GM9999"], provider=offer.provider)
    offer.regions = ["RPA09"]
    offer.save()
    member = MembershipFactory(user=AdministratorFactory(), provider=offer.provider).user
    Authenticator.objects.create(user=member, type=Authenticator.Type.TOTP, data={})
    asked = RequestFactory(school=SchoolFactory(municipality=Region.objects.get(name="Goes")))
    sign_in(page, live_server, member)
    paths = ("/aanbod/mini-zonnebootrace/", "/aanbod/mini-zonnebootrace/bewerken/waar/",
             "/aanbod/mini-zonnebootrace/bewerken/controle/", "/moderatie/aanbod/mini-zonnebootrace/", "/mijn/",
             "/mijn/aanbod/mini-zonnebootrace/",
             f"/moderatie/uitleg/?vraag={asked.uuid}&aanbod=mini-zonnebootrace")  # fmt: skip
    assert [fault for path in paths for fault in look(page, path)] == []
