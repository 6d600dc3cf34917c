"""The pages of both sides and the mails, as a browser shows them: no accessibility fault, narrow and wide."""

import datetime as dt
import re

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import BEST_FIRST, Match
from techfinder.matches.telling import digest
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.matches.steps import match_request
from tests.support.browser import faults_at

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SIZES = [(360, 900), (1280, 900)]


@pytest.fixture
def world():
    town = RegionFactory(parent=Region.objects.get(code="NL-ZE"), name="Vlissingen")
    provider = ProviderFactory(name="Huis van de Techniek", municipality=town)
    member = MembershipFactory(user=UserFactory(name="Mo Techniek"), provider=provider).user
    for title, fields in {
        "Mini-Zonnebootrace": {"kind": "wedstrijd", "months": [6]},
        "Wind vangen: bouw je eigen molen": {"venue_lat": 51.48, "venue_lon": 3.66},
        "Zonne-oven van karton": {"group_max": 24, "splittable": True},
        "Licht uit een citroen": {"themes": ["energie", "elektro"], "cost": 25},
        "Robotarm": {"themes": ["robotica"], "group_max": 20},
    }.items():
        ActivityFactory(provider=provider, title=title, regions=["NL-ZE"], **fields)
    teacher = UserFactory(name="Elke Moens")
    school = SchoolFactory(name="Basisschool De Loefzijde", municipality=town)
    next_door = SchoolFactory(name="De Tweemaster", municipality=town)
    year = timezone.localdate().year + 1
    common = {"school": school, "contact": teacher, "date_from": f"{year}-05-03", "date_until": f"{year}-07-02"}
    many = RequestFactory(title="Zonne-energie: zelf iets bouwen dat werkt", themes=["energie"], **common)
    few = RequestFactory(title="Robotica: zelf een arm programmeren", themes=["robotica"], max_cost=0, **common)
    busy = ProviderFactory(name="Kleine Smederij", municipality=town, max_open=1, size=Provider.Size.SMALL)
    smith = MembershipFactory(user=UserFactory(name="Sam Smid", match_mail="weekly"), provider=busy).user
    for title in ("Smeed je eigen haak", "Kijken in de smederij"):
        ActivityFactory(provider=busy, title=title, regions=["NL-ZE"], themes=["metaal", "energie"])
    other = RequestFactory(
        title="Metaal: iets maken om mee naar huis te nemen", themes=["metaal"], **{**common, "school": next_door}
    )
    again = RequestFactory(title="Nog een keer iets met energie", themes=["energie", "metaal"], **common)
    for request in (many, few, other):
        request.refresh_from_db()
        match_request(request)
    actions.ask(match_id=Match.objects.get(request=many, activity__title__startswith="Wind").pk)
    actions.offer(match_id=Match.objects.get(request=many, activity__title__startswith="Licht").pk)
    again.refresh_from_db()
    match_request(again)
    digest.send_digests(now=timezone.now() + dt.timedelta(days=2))
    return {
        "teacher": teacher,
        "member": member,
        "smith": smith,
        "many": many,
        "few": few,
        "again": again,
        "other": other,
        "busy": busy,
    }


def sign_in(page, live_server, user):
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])


def test_pages_are_accessible_and_do_not_scroll_sideways(page, live_server, world):
    activity = Match.objects.filter(request=world["many"]).order_by(*BEST_FIRST)[0].activity
    mail = OutgoingMail.objects.filter(recipient=world["teacher"], kind="match_school").first()
    addresses = [
        ("teacher", "matches", f"/mijn/vraag/{world['many'].uuid}/"),
        ("teacher", "almost", f"/mijn/vraag/{world['few'].uuid}/"),
        ("teacher", "held", f"/mijn/vraag/{world['again'].uuid}/"),
        ("teacher", "all-held", f"/mijn/vraag/{world['other'].uuid}/"),
        ("teacher", "mine-school", "/mijn/"),
        ("smith", "mine-busy", "/mijn/"),
        ("smith", "provider", world["busy"].get_absolute_url()),
        ("smith", "provider-form", f"{world['busy'].get_absolute_url()}wijzigen/"),
        ("member", "mine-company", "/mijn/"),
        ("member", "activity", f"/mijn/aanbod/{activity.slug}/"),
        ("member", "post", "/post/"),
        ("member", "mail", f"/post/{mail.uuid}/"),
    ]
    for who, name, address in addresses:
        sign_in(page, live_server, world[who])
        response = page.goto(address)
        assert response.status == 200, name
        page.evaluate("document.querySelectorAll('main details').forEach(each => each.open = true)")
        assert faults_at(page, name, SIZES) == []


def test_mails_are_accessible(page, world):
    for mail in OutgoingMail.objects.all():
        page.set_content(mail.html)
        assert faults_at(page, f"mail-{mail.key.split(':')[0]}", SIZES, ["light", "dark"]) == [], mail.subject


def test_a_teacher_asks_and_declines_without_scripts(page_without_scripts, live_server, world):
    page = page_without_scripts
    sign_in(page, live_server, world["teacher"])
    page.goto(f"/mijn/vraag/{world['many'].uuid}/")
    page.get_by_role("link", name=re.compile("^Vraag dit aan.*Mini-Zonnebootrace$")).click()
    page.get_by_role("button", name="Vraag dit aan").click()
    page.goto(f"/mijn/vraag/{world['many'].uuid}/")
    assert page.get_by_role("link", name=re.compile("^Bekijk hoe het ervoor staat.*Mini-Zonnebootrace$")).count()
    page.get_by_role("button", name=re.compile("^Past niet.*Zonne-oven van karton$")).click()
    assert page.get_by_role("link", name="Zonne-oven van karton").count() == 0
    assert OutgoingMail.objects.filter(kind="booking_asked", subject__contains="Mini-Zonnebootrace").exists()
