"""No dead end: what finds little says what else finds more, each way with a count that holds."""

import datetime as dt
import time

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.activities import search
from techfinder.activities.filters import ActivityFilter
from techfinder.activities.models import Sought
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.search.loosen import ENOUGH, MOST, ways_on
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.ways import ask_url, ways
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def vlissingen():
    town = RegionFactory(code="GM0718", name="Vlissingen", parent=Region.objects.get(code="NL-ZE"), lat=51.45, lon=3.57)
    SchoolFactory(municipality=town, city="Vlissingen", lat=51.45, lon=3.57)
    return town


def filter_of(address):
    return ActivityFilter(QueryDict(address))


def sentences(address):
    found = filter_of(address)
    total = search.count(found.criteria())
    told = ways(found, total, Vocabulary())
    for way in told:
        assert search.count(filter_of(way.url.partition("?")[2]).criteria()) == way.count > total
    return [f"{way.count} {way.sentence}" for way in told]


def test_radius_grows_to_the_first_step_that_finds_enough(vlissingen):
    for lat, number in ((51.6, 1), (51.85, 2), (52.2, 4)):
        for _ in range(number):
            ActivityFactory(delivery=["at_provider"], regions=["NL"], venue_lat=lat, venue_lon=3.57)
    assert "3 als je tot 50 km kijkt" in sentences("plaats=vlissingen&straal=5")


def test_radius_that_finds_one_is_better_than_none(vlissingen):
    ActivityFactory(delivery=["at_provider"], regions=["NL"], venue_lat=52.9, venue_lon=3.57)
    assert "1 als afstand niet uitmaakt" in sentences("plaats=vlissingen&straal=5")


def test_classes_beside_it():
    for _ in range(3):
        ActivityFactory(levels=["po-6"])
        ActivityFactory(levels=["vo-vwo-3"])
    assert sentences("level=po-7")[0] == "3 als groep 6 ook goed is"
    assert sentences("level=vo-havo-3")[0] == "3 als praktijkonderwijs/vmbo/vwo klas 3 ook goed is"
    assert sentences("level=mbo-2")[0] == "6 voor andere klassen"


def test_months_beside_it():
    for _ in range(3):
        ActivityFactory(months=[4])
    assert sentences("month=3")[0] == "3 als april ook goed is"
    assert sentences("month=1")[0] == "3 als het op elk moment mag"
    year = timezone.localdate().year + 1
    assert sentences(f"van={year}-02-01&tot={year}-03-31")[0] == "3 als het een maand eerder of later mag"


@pytest.mark.parametrize(
    ("address", "fields", "told"),
    [
        ("free=1", {"cost": 10}, "1 als het iets mag kosten"),
        ("groep=300", {"group_max": 20}, "1 voor een ander aantal leerlingen"),
        ("delivery=at_provider", {"delivery": ["online"]}, "1 als online ook goed is"),
        ("delivery=online", {}, "1 als het overal mag zijn"),
        ("kind=stage", {}, "1 van andere soorten"),
        ("audience=teachers", {}, "1 voor andere mensen"),
        ("theme=elektro", {}, "1 als energie en duurzaamheid ook goed is"),
        ("theme=zorg", {}, "1 over andere thema's"),
        ("provider=nergens", {}, "1 van andere aanbieders"),
        ("region=zeeland", {"regions": ["NL-DR"]}, "1 in het hele land"),
        ("q=xyzzy&theme=energie", {}, "1 zonder je zoekwoorden"),
    ],
)
def test_without_one_of_the_filters(address, fields, told):
    ActivityFactory(**fields)
    assert told in sentences(address)


def test_a_theme_in_place_of_words():
    ActivityFactory(title="Bouw een arm", summary="", description="", goals="", themes=["robotica"])
    ways_here = ways_on(Criteria(text="robotje"), total=0)
    assert [(way.name, dict(way.params)) for way in ways_here][:1] == [
        ("theme_for_words", {"q": (), "theme": ("robotica",)})
    ]


def test_when_no_single_change_helps_one_wish_is_kept(vlissingen):
    ActivityFactory(themes=["water"], levels=["po-3"], kind="gastles", cost=75)
    told = sentences("theme=water&level=po-8&kind=stage&free=1&plaats=vlissingen")
    assert told == ["1 over water, zonder andere filters", "1 voor scholen in Vlissingen"]


def test_at_most_six_one_of_a_kind_and_enough_goes_first():
    for _ in range(3):
        ActivityFactory(cost=75, months=[5])
    ActivityFactory(cost=0, months=[6])
    found = ways_on(Criteria(free=True, months=(5,)), total=0)
    assert [(way.name, way.total) for way in found] == [("free", 3), ("period", 1)]
    assert len({way.name for way in found}) == len(found) <= MOST
    assert ENOUGH == 3


def test_nothing_at_all_gives_no_way_and_a_page(client):
    assert sentences("q=xyzzy") == []
    text = client.get(reverse("activities:list"), {"q": "xyzzy", "theme": "energie"}).content.decode()
    assert "Zet dit als vraag" in text
    assert "Toon al het aanbod" in text


@pytest.mark.django_db(transaction=True)
def test_the_page_shows_the_ways_within_its_queries(client):
    ActivityFactory(levels=["po-6"])
    response = client.get(reverse("activities:list"), {"level": "po-7"})
    assert "als groep 6 ook goed is" in response.content.decode()
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("activities:list"), {"level": "po-7"})
    assert len(queries) <= 10, [each["sql"] for each in queries]


def test_it_is_quick_over_many():
    criteria = filter_of("level=po-7&month=3&theme=ict&kind=stage&free=1&groep=900&q=robot&delivery=online").criteria()
    ways_on(criteria, total=0)
    started = time.process_time()
    for _ in range(10):
        ways_on(criteria, total=0)
    assert time.process_time() - started < 1


# ----------------------------------------------------------------- as a request


def test_a_search_becomes_a_request_with_everything_filled_in(client, vlissingen):
    found = filter_of(
        "q=robot+bouwen&plaats=vlissingen&straal=25&level=po-7&theme=ict&kind=gastles&delivery=at_school"
        "&audience=pupils&month=3&month=2&groep=27&free=1"
    )
    address = ask_url(found, today=dt.date(2026, 11, 21))
    response = client.get(address)
    form = response.context["form"]
    wanted = {
        "title": "Robot bouwen", "school_q": "vlissingen", "levels": ["po-7"], "themes": ["ict"], "kinds": ["gastles"],
        "delivery": ["at_school"], "audience": ["pupils"], "group_size": 27, "max_travel_km": 25, "max_cost": 0,
        "date_from": dt.date(2027, 2, 1), "date_until": dt.date(2027, 3, 31),
    }  # fmt: skip
    assert {name: form.initial.get(name) for name in wanted} == wanted
    assert b'value="27"' in response.content


def test_days_of_a_search_are_days_of_the_request():
    today = dt.date(2026, 11, 21)
    assert "van=2027-03-05" in ask_url(filter_of("van=2027-03-05&month=6"), today=today)
    assert "van=2026-11-21&tot=2026-11-30" in ask_url(filter_of("month=11"), today=today)
    assert ask_url(filter_of(""), today=today) == reverse("requests:new")


@pytest.mark.parametrize(
    "query", ["van=x&tot=2027-13-01&leerlingen=-1&km=1e9&budget=%00&plek=x&doelgroep=%3C", "leerlingen=9999999999"]
)
def test_nonsense_is_not_filled_in(client, query):
    response = client.get(f"{reverse('requests:new')}?{query}")
    assert response.status_code == 200
    assert not {"date_from", "date_until", "group_size", "max_cost"} & set(response.context["form"].initial)


# -------------------------------------------------------------------- what is counted


@pytest.mark.parametrize(
    ("headers", "counted"),
    [
        ({}, True),
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver/aanbod/"}, True),
        ({"HX-Request": "true", "HX-Current-URL": "http://testserver/aanbod/?q=robot&sort=title&plaats="}, False),
        ({"HX-Request": "true", "X-Typing": "1"}, False),
        ({"Sec-Purpose": "prefetch;prerender"}, False),
        ({"User-Agent": "bingbot/2.0"}, False),
    ],
)
def test_a_search_that_somebody_meant_is_counted(client, headers, counted):
    client.get(reverse("activities:list"), {"q": "robot"}, headers=headers)
    assert Sought.objects.exists() is counted


def test_further_pages_and_everything_are_not_counted(client):
    client.get(reverse("activities:list"), {"q": "robot", "page": "2"})
    client.get(reverse("activities:list"))
    assert not Sought.objects.exists()
