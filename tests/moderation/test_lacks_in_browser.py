"""Near misses for school, provider and moderator, as a browser shows them: no accessibility fault, narrow and wide."""

import os

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.models import Match
from techfinder.matches.near import misses
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def world():
    town = RegionFactory(code="GM0718", parent=Region.objects.get(code="NL-ZE"), name="Vlissingen")
    providers = [
        ProviderFactory(name=name, municipality=town, lat=lat, lon=3.6)
        for name, lat in (("Huis van de Techniek", 51.46), ("Scheldewerf", 51.58), ("Zeeuwse Robotica", 51.6))
    ]
    year = timezone.localdate().year + 1
    offers = [
        ("Mini-Zonnebootrace", 0, {"months": [10], "delivery": ["at_provider"]}),
        ("Lassen zonder vuur", 1, {"delivery": ["at_provider"]}),
        ("Robotarm", 2, {"delivery": ["at_provider"]}),
        ("Kijk mee in de robotcel", 2, {"delivery": ["online"], "regions": []}),
        ("Solderen", 0, {"cost": 75, "delivery": ["at_provider"]}),
        ("Draaien en frezen", 0, {"group_max": 20, "delivery": ["at_provider"]}),
    ]
    for title, at, fields in offers:
        ActivityFactory(**{"provider": providers[at], "title": title, "regions": ["NL-ZE"], **fields})
    teacher = UserFactory(name="Jonas de Wit")
    school = SchoolFactory(name="Getijdencollege", municipality=town, lat=51.45, lon=3.57)
    common = {
        "school": school, "contact": teacher, "date_from": f"{year}-03-01", "date_until": f"{year}-06-30",
        "delivery": ["at_provider"], "max_travel_km": 10, "max_cost": 0, "themes": ["energie"], "group_size": 26,
    }  # fmt: skip
    asked = RequestFactory(ref="R1", title="Robotica: zelf een arm programmeren", **common)
    for number in range(3):
        RequestFactory(title=f"Groep 5 wil bouwen {number}", **common | {"levels": ["po-5"], "group_size": 18})
    actions.rematch(everything=True)
    misses.count_near_misses()
    moderator = UserFactory(name="Noor Verhage", moderates=[Region.objects.get(code="NL-ZE")])
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    member = MembershipFactory(user=UserFactory(name="Mo"), provider=providers[0]).user
    return {"teacher": teacher, "moderator": moderator, "member": member, "asked": asked}


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_pages_are_accessible_and_do_not_scroll_sideways(page, live_server, world):
    addresses = [
        ("teacher", "near", f"/mijn/vraag/{world['asked'].uuid}/"),
        ("moderator", "near-moderator", f"/mijn/vraag/{world['asked'].uuid}/"),
        ("moderator", "queue", "/moderatie/"),
        ("moderator", "lacks", "/moderatie/tekort/"),
        ("moderator", "lacks-filter", "/moderatie/tekort/?regio=NL-ZE&regel=audience"),
        ("moderator", "explain", "/moderatie/uitleg/"),
        ("moderator", "explain-error", "/moderatie/uitleg/?vraag=R9&aanbod="),
        ("moderator", "explain-pair", "/moderatie/uitleg/?vraag=R1&aanbod={slug}"),
        ("member", "widen", "/mijn/aanbod/{slug}/"),
        ("member", "dashboard", "/mijn/"),
    ]
    slug = Activity.objects.get(title="Solderen").slug
    for who, name, address in addresses:
        sign_in(page, live_server, world[who])
        page.goto(address.format(slug=slug))
        assert faults_at(page, name, SIZES) == []


@pytest.mark.parametrize("size", SIZES, ids=str)
def test_a_step_is_taken_and_put_back_without_scripts(page_without_scripts, live_server, world, size):
    page, (width, height) = page_without_scripts, size
    page.set_viewport_size({"width": width, "height": height})
    sign_in(page, live_server, world["teacher"])
    page.goto(f"/mijn/vraag/{world['asked'].uuid}/")
    page.get_by_role("button", name="Maak het 20").first.click()
    assert page.get_by_text("Je vraag is veranderd.").is_visible()
    assert Match.objects.open().filter(request=world["asked"], activity__title="Draaien en frezen").exists()
    if folder := os.environ.get("PICTURES"):
        page.screenshot(path=f"{folder}/loosened-{width}.png", full_page=True)
    page.get_by_role("button", name="Zet terug").click()
    assert page.get_by_text("Je vraag is weer zoals hij was.").is_visible()
    assert not Match.objects.open().filter(request=world["asked"]).exists()
