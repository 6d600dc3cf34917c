"""Where an activity can be is decided as the engine decides it: rule `place`."""

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import RULES, ActivityColumns, RequestColumns, RequestRow, Terms
from matching.block import Run
from techfinder.activities import search
from techfinder.activities.atlas import atlas
from techfinder.activities.models import Activity
from techfinder.activities.search import Criteria, Place
from techfinder.matches.rows import World, activity_rows, masks
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory
from tests.matches import countries


@pytest.fixture
def country(db):
    countries.make(random.Random(21), 120)


def request_from(town, place, radius, delivery, today):
    return RequestRow(
        id=1,
        municipality=town.pk,
        lat=place.lat,
        lon=place.lon,
        delivery=masks.mask_of(masks.DELIVERIES, delivery),
        levels=1,
        audience=1,
        group_size=1,
        date_from=today,
        date_until=today,
        max_travel_km=radius,
    )


def test_the_engine_says_the_same(country):
    now = search.now()
    rows = activity_rows(Activity.objects.public(), World())
    offered = ActivityColumns.from_rows(rows)
    towns = list(Region.objects.filter(type=Region.Type.MUNICIPALITY))
    known = atlas()

    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        town=st.sampled_from(towns),
        point=st.tuples(st.sampled_from([51.45, 51.5, 51.9]), st.sampled_from([3.57, 3.7, 5.5])),
        radius=st.sampled_from([None, 0, 5, 20, 90]) | st.integers(0, 300),
        delivery=st.lists(st.sampled_from(countries.DELIVERIES), unique=True).map(tuple),
    )
    def check(town, point, radius, delivery):
        covering = known.regions[town.code].covering
        place = Place(name=town.name, municipality=town.code, covering=covering, lat=point[0], lon=point[1])
        asked = RequestColumns.from_rows([request_from(town, place, radius, delivery, now.today)])
        block = Run(asked, offered, Terms(today=now.today)).all_pairs()
        expected = set(offered.id[RULES["place"](block)].tolist())
        found = now.find(Criteria(place=place, radius=radius, delivery=delivery), limit=500)
        assert set(found.ids.tolist()) == expected

    check()


def test_a_distance_at_the_limit_is_within_it(db):
    provider = ProviderFactory(lat=51.5, lon=3.7)
    activity = ActivityFactory(provider=provider, delivery=["at_provider"], max_travel_km=None)
    for degrees in (0.1, 0.17, 0.3):
        place = Place(name="", municipality="", covering=frozenset(), lat=51.5 + degrees, lon=3.7)
        far = float(search.now().ask(Criteria(place=place)).distance_km[0])
        for radius, wanted in ((int(far), 0), (int(far) + 1, 1)):
            found = search.find(Criteria(place=place, radius=radius))
            assert (found.total, found.ids.tolist()) == (wanted, [activity.pk] * wanted)


def test_a_place_or_provider_without_a_point_is_at_its_municipality(db):
    town = RegionFactory(lat=51.5, lon=3.6)
    ActivityFactory(provider=ProviderFactory(municipality=town, lat=None, lon=None))
    place = Place(name=town.name, municipality=town.code, covering=frozenset({town.code}))
    assert search.find(Criteria(place=place)).distances.tolist() == pytest.approx([0], abs=0.001)
    Region.objects.filter(pk=town.pk).update(lat=52.0)
    here = Place(name="", municipality="", covering=frozenset(), lat=52.0, lon=3.6)
    assert search.find(Criteria(place=here)).distances.tolist() == pytest.approx([0], abs=0.001)


def test_nearest_first_and_what_needs_no_way_last(db):
    far = ActivityFactory(provider=ProviderFactory(lat=52.5, lon=5.0))
    near = ActivityFactory(provider=ProviderFactory(lat=51.6, lon=3.7))
    online = ActivityFactory(provider=ProviderFactory(lat=51.5, lon=3.6), delivery=["online"])
    nowhere = ActivityFactory(provider=ProviderFactory(lat=None, lon=None, municipality=None))
    place = Place(name="", municipality="", covering=frozenset(), lat=51.5, lon=3.6)
    hits = search.find(Criteria(place=place, sort="near"))
    assert hits.ids.tolist() == [near.pk, far.pk, online.pk, nowhere.pk]
    assert hits.distances[0] == pytest.approx(13.1, abs=0.1)
    assert [each == each for each in hits.distances.tolist()] == [True, True, False, False]
    ids, lats, _ = search.points(Criteria(place=place, sort="near"), most=2)
    assert (ids.tolist(), lats.tolist()) == ([near.pk, far.pk], [51.6, 52.5])
    # Travels no farther than this, so that the place has it online only: it is nowhere on the map.
    both = ActivityFactory(provider=far.provider, delivery=["at_school", "online"], max_travel_km=5)
    assert both.pk in search.find(Criteria(place=place)).ids
    assert both.pk not in search.points(Criteria(place=place), most=9)[0]
    assert both.pk in search.points(Criteria(), most=9)[0]
    Provider.objects.filter(activities=far).update(lat=51.5, lon=3.6)
    assert search.find(Criteria(place=place, sort="near")).ids.tolist()[0] == far.pk
