"""The narrowing queries may choose which rows to load, never which pairs hold."""

import random

import pytest
from django.utils import timezone

from matching import ActivityColumns, RequestColumns, Terms, match_all
from techfinder.activities.models import Activity
from techfinder.matches.columns import (
    World,
    activities_worth_a_look,
    activity_rows,
    request_rows,
    requests_worth_a_look,
)
from techfinder.matches.exports import every_pair
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
LEVELS = ["po", "po-7", "po-8", "vo", "vo-vmbo", "vo-vmbo-tl-3", "vo-havo", "mbo", "mbo-2", "so"]
THEMES = ["energie", "water", "bouw", "onbekend"]
KINDS = ["gastles", "bedrijfsbezoek", "leskist"]
AUDIENCES = ["pupils", "teachers", "student_teachers"]
DELIVERIES = ["at_school", "at_provider", "online"]


@pytest.fixture
def country(db):
    """A small country with a network across two provinces, and rows at random (but the same each time)."""
    chance = random.Random(20261120)

    def some(words, least=0):
        return chance.sample(words, chance.randint(least, min(3, len(words))))

    towns = [
        RegionFactory(parent=Region.objects.get(code=code), lat=51.5 + place / 10, lon=3.6 + place / 5)
        for place, code in enumerate(["NL-ZE", "NL-ZE", "NL-NB", "NL-DR"])
    ]
    network = RegionFactory(type=Region.Type.NETWORK, parent=Region.objects.get(code="NL-DR"))
    network.municipalities.set(towns[1:3])
    regions = ["NL", "NL-ZE", "NL-NB", "LD-ZUIDWEST", "NL-DR", "nergens", network.code, *(town.code for town in towns)]
    provider = ProviderFactory(municipality=towns[0], lat=None, lon=None)
    for _ in range(80):
        ActivityFactory(
            provider=provider,
            levels=some(LEVELS),
            themes=some(THEMES, 1),
            kind=chance.choice(KINDS),
            audience=some(AUDIENCES, 1),
            delivery=some(DELIVERIES, 1),
            regions=some(regions, 1),
            cost=chance.choice([None, 0, 50, 100]),
            months=chance.choice([[], [1, 2], [12]]),
            status=chance.choice([Activity.Status.PUBLISHED] * 4 + [Activity.Status.PAUSED]),
        )
    for _ in range(80):
        RequestFactory(
            contact=None,
            school=SchoolFactory(municipality=chance.choice(towns), lat=None, lon=None),
            levels=some(LEVELS),
            themes=some(THEMES),
            kinds=some(KINDS),
            audience=some(AUDIENCES, 1),
            delivery=some(DELIVERIES),
            max_cost=chance.choice([None, 0, 50]),
            max_travel_km=chance.choice([None, 0, 20]),
        )


def all_pairs(world):
    requests = RequestColumns.from_rows(request_rows(Request.objects.all(), world))
    activities = ActivityColumns.from_rows(activity_rows(Activity.objects.all(), world))
    pairs = match_all(requests, activities, Terms(today=timezone.localdate()))
    return set(zip(pairs.request_id.tolist(), pairs.activity_id.tolist(), strict=True))


def test_no_eligible_pair_is_left_out(country):
    world = World()
    pairs = all_pairs(world)
    assert len(pairs) > 100
    by_request = {
        (request.pk, pk)
        for request in Request.objects.select_related("school")
        for pk in activities_worth_a_look(request, world).values_list("pk", flat=True)
    }
    by_activity = {
        (pk, activity.pk)
        for activity in Activity.objects.public()
        for pk in requests_worth_a_look(activity, world).values_list("pk", flat=True)
    }
    assert pairs <= by_request
    assert pairs <= by_activity
    # ... and they do narrow.
    assert len(by_request) < 80 * 80 / 2
    assert len(list(every_pair())) == len(pairs)


def test_covering_is_the_inverse_of_expanding(country):
    world = World()
    for town in Region.objects.filter(type=Region.Type.MUNICIPALITY):
        covering = set(world.covering(town.pk))
        for code in world.regions.by_code:
            municipalities, everywhere = world.expand([code])
            assert (everywhere or town.pk in municipalities) == (code in covering)
