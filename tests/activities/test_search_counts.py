"""What is found and counted equals a loop over the tables, for any filters, also after any changes."""

import datetime as dt
import random
from dataclasses import replace

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from techfinder.activities import search
from techfinder.activities.models import Activity, Session
from techfinder.activities.search import Criteria, Place, Search, kept
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region
from tests.activities import plain_search
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.matches import countries

TODAY = timezone.localdate()
REGIONS = ["NL", "NL-ZE", "NL-NB", "LD-ZUIDWEST", "NL-DR", "nergens"]
LEVELS = [*countries.LEVELS, "po-1", "vo-vmbo-tl", "onzin"]
days = st.none() | st.integers(-40, 200).map(lambda later: TODAY + dt.timedelta(days=later))


def some(values):
    return st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)


places = st.builds(
    Place,
    name=st.just("Ergens"),
    municipality=st.just("GM0000"),
    covering=some(REGIONS).map(frozenset),
    lat=st.sampled_from([51.45, 51.6, 52.2]),
    lon=st.sampled_from([3.57, 3.9, 5.5]),
)
searches = st.builds(
    Criteria,
    place=st.none() | places,
    radius=st.sampled_from([None, None, -1, 0, 5, 25, 100, 10**9]),
    regions=some(REGIONS),
    levels=some(LEVELS),
    themes=some(countries.THEMES),
    kinds=some(countries.KINDS),
    delivery=some(countries.DELIVERIES),
    audience=some(countries.AUDIENCES),
    months=some(list(range(1, 13))),
    date_from=days,
    date_until=days,
    group=st.sampled_from([None, None, 0, 1, 12, 24, 25, 31, 10**12]),
    free=st.booleans(),
    room=st.booleans(),
    provider=st.sampled_from(["", "", "", "onbekend"]),
)
# Most filters empty: else hardly anything is ever found.
FIELDS = [name for name in Criteria.__dataclass_fields__ if name not in ("text", "sort")]
searches = st.builds(
    lambda full, keep: replace(Criteria(), **{name: getattr(full, name) for name in keep}),
    searches,
    st.lists(st.sampled_from(FIELDS), max_size=4),
)


@pytest.fixture
def country(db):
    countries.make(random.Random(11), 60)


def assert_equal(found, activities, criteria, options, today=TODAY):
    ids = plain_search.ids(activities, criteria, today)
    hits, facets = found.result(criteria, 0, 500)
    assert set(hits.ids.tolist()) == ids
    assert (hits.total, len(hits.ids)) == (len(ids), len(ids))
    for facet, counts in plain_search.counts(activities, criteria, today, options).items():
        assert {value: facets.counts[facet][value] for value in counts} == counts, facet


def test_any_filters_find_and_count_what_a_loop_finds(country):
    activities, options, found = plain_search.public(), plain_search.values(), search.now()

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(criteria=searches, later=st.sampled_from([0, 0, 1, 30]))
    def check(criteria, later):
        today = TODAY + dt.timedelta(days=later)
        assert_equal(Search(found.index, today), activities, criteria, options, today)

    check()


def test_every_value_is_counted_also_when_nothing_has_it(country):
    counts = search.facets(Criteria(themes=("water",), free=True)).counts
    for facet, (_, choices) in plain_search.values().items():
        assert set(choices) <= set(counts[facet])
    assert set(counts) == set(plain_search.values())


def change_something(chance):
    activity = Activity.objects.order_by("?").first()
    provider, region = Provider.objects.order_by("?").first(), Region.objects.filter(type="municipality").first()
    chance.choice(
        [
            activity.delete,
            lambda: ActivityFactory(**countries.activity_fields(chance, [provider], ["NL", "NL-ZE", region.code])),
            lambda: SessionFactory(activity=activity, date=TODAY + dt.timedelta(days=chance.randint(0, 90))),
            lambda: Session.objects.filter(activity=activity).update(taken=0, seats=chance.randint(1, 60)),
            lambda: Session.objects.filter(activity=activity).delete(),
            lambda: Activity.objects.filter(pk=activity.pk).update(themes=["water"], cost=0, months=[5]),
            lambda: Activity.objects.filter(pk=activity.pk).update(levels=["po-1", "mbo-2"], kind="nieuw"),
            lambda: Activity.objects.filter(pk=activity.pk).update(status=chance.choice(["paused", "published"])),
            lambda: Provider.objects.filter(pk=provider.pk).update(paused=chance.random() < 0.3),
            lambda: Provider.objects.filter(pk=provider.pk).update(lat=51.0 + chance.random(), lon=5.0),
            lambda: Region.objects.filter(pk=region.pk).update(lat=51.0 + chance.random()),
            lambda: Region.objects.filter(pk=region.pk).update(parent=Region.objects.get(code="NL-DR")),
            lambda: Region.objects.get(type="network").municipalities.set(
                Region.objects.filter(type="municipality").order_by("?")[: chance.randint(0, 2)]
            ),
        ]
    )()


@pytest.mark.parametrize("seed", range(3))
def test_after_any_changes_it_is_as_built_anew(country, seed, monkeypatch):
    # So small a country would be read as a whole each time; and in one transaction all changes are read each time.
    monkeypatch.setattr(kept, "MANY", 0.01)
    monkeypatch.setattr(kept, "SMALL", 30)
    monkeypatch.setattr(kept, "MOST_SEGMENTS", 3)
    chance, options = random.Random(seed), plain_search.values()
    somewhere = Place(name="", municipality="", covering=frozenset({"NL-ZE"}), lat=51.5, lon=3.8)
    wanted = [Criteria(place=somewhere, radius=40), Criteria(regions=("NL-ZE", "GM9999")), Criteria(room=True, group=9)]
    search.now()
    sizes = set()
    for _ in range(25):
        for _ in range(chance.randint(1, 3)):
            change_something(chance)
        now = search.now()
        sizes.add(len(now.index.segments))
        assert_equal(now, plain_search.public(), chance.choice(wanted), options)
        anew = Search(kept.build(), now.today)
        for criteria in (Criteria(), Criteria(sort="title"), Criteria(sort="soonest"), Criteria(text="windmolen")):
            ours, theirs = now.find(criteria, limit=500), anew.find(criteria, limit=500)
            assert ours.total == theirs.total
            if not criteria.text:
                assert ours.ids.tolist() == theirs.ids.tolist()
    assert {2, 3} <= sizes
