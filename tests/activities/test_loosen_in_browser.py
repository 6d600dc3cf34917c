"""The ways on, and what is sought, as a browser shows them: no accessibility fault, narrow and wide, words counted."""

import pytest
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.test import Client
from django.utils import timezone

from techfinder.activities.models import Sought
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(320, 900), (360, 900), (1280, 900)]


@pytest.fixture
def town():
    town = RegionFactory(code="GM0718", parent=Region.objects.get(code="NL-ZE"), name="Vlissingen", lat=51.45, lon=3.57)
    SchoolFactory(municipality=town, city="Vlissingen")
    for number in range(4):
        ActivityFactory(levels=["po-6"], cost=0, title=f"Robotarm {number}")
        ActivityFactory(levels=["po-7"], cost=75, months=[4], delivery=["at_provider"], venue_lat=51.7, venue_lon=3.57)
    for number in range(3):
        Sought.objects.create(
            day=timezone.localdate(), fingerprint=str(number), municipality=town, times=number * 4 + 1, results=0,
            text=("lasrobot", "", "zonneboot met een heel lang verhaal over wat de klas wil leren")[number],
            criteria=({"level": ["po-7"], "free": 1}, {"theme": ["water"], "month": [3, 4]}, {})[number],
        )  # fmt: skip
    return town


def test_pages_are_accessible_and_do_not_scroll_sideways(page, live_server, town):
    for name, address in {
        "ways": "/aanbod/?level=po-7&month=3&free=1&straal=10&plaats=Vlissingen",
        "no-way": "/aanbod/?q=xyzzy",
    }.items():
        page.goto(address)
        assert faults_at(page, name, SIZES) == []
    moderator = UserFactory(moderates=[Region.objects.get(code="NL-ZE")])
    Authenticator.objects.create(user=moderator, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(moderator)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
    for name, address in {"sought": "/moderatie/gezocht/", "sought-land": "/moderatie/gezocht/?deel=land"}.items():
        page.goto(address)
        assert faults_at(page, name, SIZES) == []


def test_a_way_is_followed_without_scripts(page_without_scripts, live_server, town):
    page = page_without_scripts
    page.goto("/aanbod/?level=po-7&free=1")
    page.get_by_role("link", name="4 als groep 6 ook goed is").click()
    assert page.get_by_role("link", name="Robotarm 3").is_visible()
    page.goto("/aanbod/?level=po-7&free=1&groep=27")
    page.get_by_role("link", name="Zet dit als vraag").click()
    assert page.get_by_label("Hoeveel leerlingen doen mee?").input_value() == "27"


def test_words_are_counted_once_they_are_meant(page, live_server, town, wait_until):
    Sought.objects.all().delete()
    # A browser that nobody looks at is a robot.
    page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"})
    page.goto("/aanbod/")
    page.locator("#q").press_sequentially("rob", delay=500)
    page.locator("#q").press_sequentially("otarm", delay=10)
    page.get_by_text("4 activiteiten over robotarm").first.wait_for()
    assert not Sought.objects.exists()
    page.locator("#plaats").focus()
    wait_until(Sought.objects.exists)
    assert list(Sought.objects.values_list("text", "results", "times")) == [("robotarm", 4, 1)]
