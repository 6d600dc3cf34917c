"""The waiting list of coordinators: of own regions and handed over, longest first, filters, a look, another region."""

import datetime as dt

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions.waiting import hand_over, sweep_waiting
from techfinder.bookings.models import Waiting
from techfinder.mail.models import OutgoingMail
from techfinder.matches.actions import rematch
from techfinder.matches.near import misses
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def entered(user):
    Authenticator.objects.get_or_create(user=user, type=Authenticator.Type.TOTP, defaults={"data": {}})
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def zeeland():
    return Region.objects.get(code="NL-ZE")


@pytest.fixture
def vlissingen(zeeland):
    return RegionFactory(code="GM0718", name="Vlissingen", parent=zeeland)


@pytest.fixture
def assen():
    return RegionFactory(code="GM0106", name="Assen", parent=Region.objects.get(code="NL-DR"))


@pytest.fixture
def noor(zeeland):
    return UserFactory(name="Noor Verhage", moderates=[zeeland])


@pytest.fixture
def desk(noor):
    return entered(noor)


@pytest.fixture
def elsewhere():
    """Of Drenthe."""
    return entered(UserFactory(moderates=[Region.objects.get(code="NL-DR")]))


@pytest.fixture
def ask(vlissingen):
    def make(days_ago=0, town=vlissingen, **fields):
        fields = {"school": SchoolFactory(municipality=town), **fields}
        request = RequestFactory(confirmed_at=timezone.now() - days_ago * DAY, **fields)
        sweep_waiting()
        return request

    return make


def listed(client, **query):
    response = client.get(reverse("moderation:waiting"), query)
    return [line.waiting.request for line in response.context["lines"]]


def one(name, request):
    return reverse(f"moderation:{name}", args=[request.uuid])


# -------------------------------------------------------------------------- the list


def test_the_longest_waiting_is_first_and_other_regions_are_not_there(desk, ask, assen):
    new, old = ask(days_ago=1), ask(days_ago=9)
    far = ask(days_ago=20, town=assen)
    assert listed(desk) == [old, new]
    assert listed(entered(AdministratorFactory())) == [far, old, new]


def test_each_line_says_what_is_missing_and_what_fits(desk, ask):
    ActivityFactory(group_max=20)
    nothing, fits = ask(days_ago=2, group_size=28), ask(days_ago=1, group_size=10)
    rematch(everything=True)
    misses.count_near_misses()
    lines = {line.waiting.request: line for line in desk.get(reverse("moderation:waiting")).context["lines"]}
    assert (lines[nothing].fits, lines[nothing].rules) == (0, ["Groepsgrootte"])
    assert lines[fits].fits == 1
    text = desk.get(reverse("moderation:waiting")).content.decode()
    assert "1 activiteit past, nog niet aangevraagd" in text


def test_filters_choose_by_region_theme_and_part(desk, ask, noor, vlissingen, zeeland):
    network = Region.objects.create(code="NET1", slug="net-1", name="Walcheren", type=Region.Type.NETWORK)
    network.municipalities.set([vlissingen])
    noor.moderates.add(network)
    goes = RegionFactory(code="GM0664", name="Goes", parent=zeeland)
    ActivityFactory(levels=["po-3"])
    fits = ask(days_ago=4, levels=["po-3"])
    due = ask(days_ago=90, themes=["robotica"])
    there = ask(days_ago=3, town=goes)
    handed = ask(days_ago=2)
    hand_over(waiting_id=handed.waiting.pk, by=noor, region=Region.objects.get(code="NL-DR"))
    rematch(everything=True)
    assert listed(desk, regio="NET1") == [due, fits, handed]
    assert listed(desk, thema="robotica") == [due]
    assert listed(desk, deel="kijken") == [due]
    assert listed(desk, deel="past") == [fits]
    assert listed(desk, deel="niets") == [due, there, handed]
    assert listed(desk, deel="over") == [handed]
    assert len(listed(desk, regio="GM9999", thema="x", deel="y", page="zz")) == 4


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_one_and_for_three(desk, ask, count):
    ActivityFactory(group_max=20)
    for _ in range(count):
        ask()
    rematch(everything=True)
    misses.count_near_misses()
    desk.get(reverse("moderation:waiting"))
    with CaptureQueriesContext(connection) as captured:
        desk.get(reverse("moderation:waiting"))
    assert len(captured) == 12


def test_the_front_page_counts_what_waits_and_what_is_to_be_done(desk, ask, assen):
    ask(days_ago=90)
    ask()
    ask(town=assen)
    tabs = {name: count for _url, name, count, _current in desk.get(reverse("moderation:queue")).context["tabs"]}
    assert (tabs["Taken"], tabs["Wachtlijst"]) == (1, 2)


# --------------------------------------------------------------------------- one of it


def test_a_look_tells_the_school_once(desk, ask):
    asked = ask(days_ago=90)
    page = desk.get(one("waiting_one", asked))
    seen = page.context["form"].initial["seen"]
    for _ in range(2):  # sent twice, or by a colleague who had the page open
        response = desk.post(one("waiting_one", asked), {"seen": seen, "words": "Ik bel morgen."}, follow=True)
    assert "Een collega keek er net naar" in response.content.decode()
    assert OutgoingMail.objects.filter(kind="waiting_looked").count() == 1
    assert "Ik bel morgen." in desk.get(one("waiting_one", asked)).content.decode()


@pytest.mark.parametrize("seen", ["gisteren", "2026-01-01", "9999999", "2026-01-01T10:00:00+00:00"])
def test_a_seen_that_we_did_not_write_tells_nothing(desk, ask, seen):
    asked = ask()
    Waiting.objects.update(looked_at=timezone.now())
    desk.post(one("waiting_one", asked), {"seen": seen, "words": "Hallo"})
    assert not OutgoingMail.objects.filter(kind="waiting_looked").exists()


def test_too_many_words_are_refused_and_kept(desk, ask):
    asked = ask()
    response = desk.post(one("waiting_one", asked), {"seen": "", "words": "x" * 501})
    assert response.status_code == 422
    assert "x" * 501 in response.content.decode()
    assert not OutgoingMail.objects.filter(kind="waiting_looked").exists()


def test_words_about_a_pupil_are_refused(desk, ask):
    asked, words = ask(), "Leerling Sanne, geboren 3-4-2015, kan niet mee."
    assert desk.post(one("waiting_one", asked), {"seen": "", "words": words}).status_code == 422
    assert desk.post(one("hand_over", asked), {"region": "NL-DR", "note": words}).status_code == 422
    assert not OutgoingMail.objects.filter(kind__startswith="waiting_").exists()


def test_the_page_names_neighbours_who_wait(desk, ask, vlissingen):
    asked = ask(school=SchoolFactory(municipality=vlissingen, lat=51.45, lon=3.57))
    ask(school=SchoolFactory(municipality=vlissingen, lat=51.47, lon=3.58, name="De Golfbreker"))
    ask(school=SchoolFactory(municipality=vlissingen, lat=51.9, lon=3.9, name="Ver Weg"))
    text = desk.get(one("waiting_one", asked)).content.decode()
    assert "De Golfbreker" in text
    assert "Ver Weg" not in text


def test_what_was_handed_over_is_for_both_regions_until_it_goes_back(desk, elsewhere, ask):
    asked = ask()
    assert elsewhere.get(one("waiting_one", asked)).status_code == 404
    desk.post(one("hand_over", asked), {"region": "NL-DR", "note": "Past bij jullie"})
    assert elsewhere.get(one("waiting_one", asked)).status_code == 200
    assert listed(elsewhere) == listed(desk) == [asked]
    elsewhere.post(one("hand_over", asked), {"back": "1"})
    assert elsewhere.get(one("waiting_one", asked)).status_code == 404
    assert listed(desk) == [asked]


@pytest.mark.parametrize("region", ["", "NL-XX", "GM0718", "NL-ZE"])
def test_neither_its_own_region_nor_one_without_coordinators_takes_it_over(desk, ask, region):
    asked = ask()
    response = desk.post(one("hand_over", asked), {"region": region, "note": "Hallo"})
    assert response.status_code == 422
    assert Waiting.objects.get(request=asked).handed_to is None


def test_what_waits_no_more_is_not_found(desk, ask):
    asked = ask()
    asked.status = "withdrawn"
    asked.save()
    assert desk.get(one("waiting_one", asked)).status_code == 404
    assert desk.post(one("hand_over", asked), {"region": "NL-DR"}).status_code == 404
