"""The narrowing queries may choose which rows to load, never which pairs hold."""

import random

import pytest
from django.db import transaction

from matching import match_all
from techfinder.activities.models import Activity
from techfinder.matches.models import Area
from techfinder.matches.rows import (
    SHARDS,
    World,
    load_activities,
    load_requests,
    refresh_activities,
    refresh_requests,
)
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.matches import countries

pytestmark = pytest.mark.django_db
COUNT = 60


def read_all():
    world = World()
    refresh_requests(None, world)
    refresh_activities(None, world)
    return world


def pairs_of(requests, activities, world):
    found = match_all(requests.columns, activities.columns, world.terms())
    return set(zip(found.request_id.tolist(), found.activity_id.tolist(), strict=True))


def near_requests(world):
    ids = Request.objects.values_list("pk", flat=True)
    near = {pk: load_activities(world, near=load_requests(world, ids=[pk])) for pk in ids}
    return {(pk, other) for pk, found in near.items() for other in found.columns.id.tolist()}


def near_activities(world):
    ids = Activity.objects.values_list("pk", flat=True)
    near = {pk: load_requests(world, near=load_activities(world, ids=[pk])) for pk in ids}
    return {(other, pk) for pk, found in near.items() for other in found.columns.id.tolist()}


@pytest.mark.parametrize("seed", range(6))
def test_no_eligible_pair_is_left_out(seed):
    countries.make(random.Random(seed), COUNT)
    world = read_all()
    everything = [
        load_requests(world, ids=Request.objects.values_list("pk", flat=True)),
        load_activities(world, ids=Activity.objects.values_list("pk", flat=True)),
    ]
    pairs = pairs_of(*everything, world)
    assert pairs == pairs_of(load_requests(world), load_activities(world), world)
    by_request, by_activity = near_requests(world), near_activities(world)
    assert len(pairs) > 15
    assert pairs <= by_request
    assert pairs <= by_activity
    # ... and they do narrow.
    assert max(len(by_request), len(by_activity)) < COUNT * COUNT / 20


def test_a_shard_is_a_province_and_each_request_is_in_one():
    countries.make(random.Random(7), COUNT)
    world = read_all()
    of_shard = {shard: load_requests(world, province=shard).columns.id.tolist() for shard in SHARDS}
    together = [pk for ids in of_shard.values() for pk in ids]
    assert sorted(together) == load_requests(world).columns.id.tolist()
    assert {shard for shard, ids in of_shard.items() if ids} == {"", "NL-DR", "NL-NB", "NL-ZE"}
    zeeland = Request.objects.filter(pk__in=of_shard["NL-ZE"]).values_list("school__municipality__parent__code")
    assert set(zeeland) == {("NL-ZE",)}


def test_covering_is_the_inverse_of_spelling_out():
    countries.make(random.Random(3), COUNT)
    world = read_all()
    for town in Region.objects.filter(type=Region.Type.MUNICIPALITY):
        covering = set(world.covering(town.pk))
        for area in Area.objects.all():
            municipalities, everywhere = world.expand(area.codes)
            assert (everywhere or town.pk in municipalities) == (area.pk in covering)


# ------------------------------------------------------- what changes meanwhile


@pytest.fixture
def towns():
    return [RegionFactory(parent=Region.objects.get(code=code)) for code in ("NL-ZE", "NL-NB")]


@pytest.fixture
def network(towns):
    network = RegionFactory(type=Region.Type.NETWORK, parent=None)
    network.municipalities.set(towns[:1])
    ActivityFactory(regions=[network.code])
    for town in towns:
        RequestFactory(school=SchoolFactory(municipality=town))
    return network


def pairs_now():
    world = read_all()
    return len(pairs_of(load_requests(world), load_activities(world), world))


def test_a_changed_network_is_followed_without_a_new_row(network, towns):
    assert pairs_now() == 1
    network.municipalities.add(towns[1])
    assert pairs_now() == 2
    network.municipalities.clear()
    assert pairs_now() == 0


def test_a_change_that_is_rolled_back_is_forgotten(network, towns):
    assert pairs_now() == 1
    with transaction.atomic():
        network.municipalities.add(towns[1])
        ActivityFactory(regions=[towns[0].code])
        assert pairs_now() == 3
        transaction.set_rollback(True)
    assert pairs_now() == 1
    ActivityFactory(regions=[towns[1].code])
    assert pairs_now() == 2
