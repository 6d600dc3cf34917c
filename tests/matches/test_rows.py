"""What the engine reads: rows through the tables are what the rows of the database say."""

import datetime as dt
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields

import numpy as np
import pytest
from django.db import connection, transaction
from django.utils import timezone

from matching import ActivityColumns, RequestColumns
from techfinder.activities.models import Activity
from techfinder.matches.models import Area, AskedRow, Number, OfferedRow
from techfinder.matches.rows import (
    TooManyCodesError,
    World,
    activity_rows,
    in_codes,
    load_activities,
    load_requests,
    masks,
    refresh_activities,
    refresh_requests,
    request_rows,
    writing,
)
from techfinder.organisations.models import Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.requests import RequestFactory
from tests.matches import countries

pytestmark = pytest.mark.django_db


BY_MUNICIPALITY = {"regions", "municipalities"}
REGIONS = ["NL", "NL-ZE", "NL-NB", "nergens"]


def covered(columns, municipality):
    """Which rows cover the municipality: the columns may know more municipalities than their rows name."""
    at = np.flatnonzero(columns.municipalities == municipality)
    bit = at[0] if len(at) else (len(columns.regions) - 1) * 64
    return (columns.regions[bit // 64] >> np.uint64(bit % 64) & 1).tolist()


def assert_same(made, expected):
    if isinstance(expected, ActivityColumns):
        for municipality in [*Region.objects.values_list("pk", flat=True), 10**9]:
            assert covered(made, municipality) == covered(expected, municipality)
    for field in fields(expected):
        if field.name in BY_MUNICIPALITY:
            continue
        ours, theirs = getattr(made, field.name), getattr(expected, field.name)
        assert ours.dtype == theirs.dtype, field.name
        np.testing.assert_array_equal(ours, theirs, err_msg=field.name)


@pytest.mark.parametrize("seed", range(8))
def test_columns_through_the_tables_are_those_of_the_rows(db, seed):
    countries.make(random.Random(seed), 60)
    world = World()
    assert refresh_requests(None, world) == 60
    assert refresh_activities(None, world) == 60
    requests = Request.objects.filter(status=Request.Status.OPEN)
    activities = Activity.objects.public()
    assert_same(load_requests(world).columns, RequestColumns.from_rows(request_rows(requests, world)))
    assert_same(load_activities(world).columns, ActivityColumns.from_rows(activity_rows(activities, world)))
    assert_same(load_requests(world, kept=True).columns, load_requests(world).columns)
    assert_same(load_activities(world, kept=True).columns, load_activities(world).columns)


# ------------------------------------------------- what belongs to others


def version_of(item):
    item.refresh_from_db()
    return item.version


def test_a_school_that_lies_elsewhere_raises_the_version_of_its_open_requests(make_request, school):
    here, gone, elsewhere = make_request(), make_request(status=Request.Status.WITHDRAWN), RequestFactory()
    School.objects.filter(pk=school.pk).update(lat=school.lat, lon=school.lon, name="Een andere naam", pupils=80)
    assert version_of(here) == 1
    School.objects.filter(pk=school.pk).update(lat=52.0)
    assert (version_of(here), version_of(gone), version_of(elsewhere)) == (2, 1, 1)
    School.objects.filter(pk=school.pk).update(municipality=elsewhere.school.municipality)
    assert version_of(here) == 3


def test_the_point_of_a_town_counts_for_those_who_have_none(make_request, make_activity, school, provider, vlissingen):
    request, lesson, visit = make_request(), make_activity(), make_activity(venue_lat=51.5, venue_lon=3.7)
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.6)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (1, 1, 1)
    School.objects.filter(pk=school.pk).update(lat=None)
    Provider.objects.filter(pk=provider.pk).update(lon=None)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (2, 2, 2)
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.6, name="Vlissingen aan Zee")
    assert version_of(request) == 2
    Region.objects.filter(pk=vlissingen.pk).update(lat=51.7)
    assert (version_of(request), version_of(lesson), version_of(visit)) == (3, 3, 2)


# ------------------------------------------------------------- what is written


def test_only_rows_that_differ_are_written_and_matching_keeps_its_part(make_request, make_activity):
    request, activity = make_request(), make_activity()
    world = World()
    assert (refresh_requests(None, world), refresh_activities(None, world)) == (1, 1)
    AskedRow.objects.update(edge_score=512, edge_id=activity.pk, stale=True)
    assert (refresh_requests(None, world), refresh_requests([request.pk], world)) == (0, 0)
    Request.objects.update(title="Andere woorden", updated_at=timezone.now())
    assert refresh_requests(None, world) == 0
    Request.objects.update(group_size=12)  # no version says so
    assert refresh_requests(None, world) == 1
    Request.objects.update(group_size=13, version=2)
    assert refresh_requests(None, world) == 1
    row = AskedRow.objects.get()
    assert (row.group_size, row.version, row.edge_score, row.edge_id, row.stale) == (13, 2, 512, activity.pk, True)
    (loaded,) = (load_requests(world, ids=[request.pk]),)
    assert (loaded.has_edge.tolist(), loaded.edge_score.tolist(), loaded.edge_id.tolist()) == (
        [True],
        [512],
        [activity.pk],
    )
    assert not load_activities(world, ids=[activity.pk]).has_edge.any()


def test_other_code_makes_the_rows_anew(make_activity, monkeypatch):
    make_activity()
    refresh_activities(None, World())
    monkeypatch.setattr(writing, "LAYOUT", writing.LAYOUT + 1)
    monkeypatch.setattr(masks, "LAYOUT", writing.LAYOUT)
    assert refresh_activities(None, World()) == 1
    assert refresh_activities(None, World()) == 0


def test_an_older_version_does_not_overwrite_a_newer_one(make_activity):
    activity = make_activity()
    OfferedRow.objects.all().delete()
    Activity.objects.update(version=5)
    refresh_activities(None, World())
    Activity.objects.update(version=4, cost=80)
    assert refresh_activities([activity.pk], World()) == 0
    assert OfferedRow.objects.get().version == 5


def test_rows_go_with_their_items(make_request, make_activity):
    request, activity = make_request(), make_activity()
    refresh_requests(None, World())
    refresh_activities(None, World())
    request.delete()
    activity.delete()
    assert not AskedRow.objects.exists()
    assert not OfferedRow.objects.exists()
    assert refresh_requests([request.pk], World()) == 0
    assert len(load_requests(World())) == len(load_activities(World())) == 0


def test_what_nobody_confirmed_gets_no_row(make_request):
    make_request(status=Request.Status.UNCONFIRMED)
    assert refresh_requests(None, World()) == 0


@pytest.mark.parametrize("seed", range(2))
def test_all_that_rows_are_made_of_is_looked_at(db, seed):
    """Every change that gives another row is found without a version that says so."""
    chance = random.Random(seed)
    countries.make(chance, 30)
    refresh_requests(None, World())
    refresh_activities(None, World())
    schools, providers = list(School.objects.all()), list(Provider.objects.all())
    for _ in range(3):
        for pk in Request.objects.values_list("pk", flat=True):
            Request.objects.filter(pk=pk).update(**countries.request_fields(chance, schools))
        for pk in Activity.objects.values_list("pk", flat=True):
            Activity.objects.filter(pk=pk).update(**countries.activity_fields(chance, providers, REGIONS))
        School.objects.update(lat=chance.choice([None, 52.3]))
        Provider.objects.update(paused=chance.random() < 0.5)
        Region.objects.update(lon=chance.choice([None, 5.1]))
        world = World()
        refresh_requests(None, world)
        refresh_activities(None, world)
        assert refresh_requests(list(Request.objects.values_list("pk", flat=True)), world) == 0
        assert refresh_activities(list(Activity.objects.values_list("pk", flat=True)), world) == 0


# --------------------------------------------------------------------- numbers


def test_a_code_keeps_its_number(make_activity):
    make_activity(themes=["water", "energie"], kind="leskist")
    refresh_activities(None, World())
    first = World().themes.of("water"), World().themes.of("energie")
    make_activity(themes=["bouw", "onbekend"])
    refresh_activities(None, World())
    world = World()
    assert (world.themes.of("water"), world.themes.of("energie")) == first
    assert [world.themes.code(number) for number in range(4)] == ["energie", "water", "bouw", "onbekend"]


def test_reading_an_item_gives_out_no_number(make_activity):
    make_activity(themes=["water"])
    world = World()
    (row,) = activity_rows(Activity.objects.all(), world)
    assert not Number.objects.exists()
    assert in_codes([("themes", tuple(row.themes)), ("kind", row.kind)], world) == [
        ["themes", ["water"]],
        ["kind", "gastles"],
    ]


def test_two_words_of_themes(make_activity, make_request):
    Number.objects.bulk_create(
        Number(vocabulary=Number.Vocabulary.THEME, code=f"thema-{number}", number=number) for number in range(127)
    )
    make_activity(themes=["thema-3", "thema-63", "thema-64"])
    make_request(themes=["thema-126", "als laatste"])
    world = World()
    refresh_requests(None, world)
    refresh_activities(None, world)
    assert load_activities(world).columns.themes.tolist() == [[1 << 3 | 1 << 63], [1]]
    assert load_requests(world).columns.themes.tolist() == [[0], [1 << 62 | 1 << 63]]
    assert len(load_requests(world, near=load_activities(world))) == 0

    make_activity(themes=["een te veel"])
    with pytest.raises(TooManyCodesError, match=r"no room for een te veel: .* 128 codes of vocabulary 'theme'"):
        refresh_activities(None, World())


@pytest.mark.django_db(transaction=True)
def test_two_processes_that_number_at_once_do_not_give_a_number_twice():
    def give_out(codes):
        try:
            with transaction.atomic():
                World().themes.give_out(codes)
                World().areas_of([[code] for code in codes])
        finally:
            connection.close()

    lists = [[f"thema-{n + shift}" for n in range(12)] for shift in (0, 6, 3, 9)]
    with ThreadPoolExecutor() as pool:
        list(pool.map(give_out, [*lists, *(codes[::-1] for codes in lists)]))
    assert sorted(Number.objects.values_list("number", flat=True)) == list(range(21))
    assert Area.objects.count() == 21


# -------------------------------------------------------------------- schools


@pytest.mark.parametrize(
    ("sector", "pupils", "small"),
    [
        ("po", None, 0),
        ("po", 0, 1),
        ("po", 99, 1),
        ("po", 150, 0.5),
        ("so", 200, 0),
        ("vo", 250, 1),
        ("vo", 375, 0.5),
        ("vo", 900, 0),
        ("mbo", 3, 0),
    ],
)
def test_how_small_a_school_is(make_request, school, sector, pupils, small):
    School.objects.filter(pk=school.pk).update(sector=sector, pupils=pupils)
    make_request()
    refresh_requests(None, World())
    assert load_requests(World()).columns.small.tolist() == [small]


@pytest.mark.parametrize(("neighbours", "remote"), [(None, 0), (0, 1), (5, 0.75), (20, 0), (200, 0)])
def test_how_remote_a_school_is(make_request, school, neighbours, remote):
    School.objects.filter(pk=school.pk).update(neighbours=neighbours)
    make_request()
    refresh_requests(None, World())
    assert load_requests(World()).columns.remote.tolist() == [remote]


@pytest.mark.parametrize(
    ("levels", "special"), [(["vso"], True), (["po-7", "vo-pro-3"], True), (["so", "sbo"], False), (["vo-havo"], False)]
)
def test_what_is_special(make_request, levels, special):
    make_request(levels=levels)
    refresh_requests(None, World())
    assert load_requests(World()).columns.special.tolist() == [special]


@pytest.mark.parametrize(("days", "counted"), [(0, 0), (6, 0), (7, 7), (27, 21)])
def test_waiting_counts_in_whole_weeks(make_request, days, counted):
    make_request(confirmed_at=timezone.now() - dt.timedelta(days=days))
    refresh_requests(None, World())
    assert load_requests(World()).columns.waiting_days.tolist() == [counted]


@pytest.mark.parametrize(
    ("today", "first", "status", "reason", "served"),
    [
        ("2026-11-21", "2026-09-10", "fulfilled", "", True),
        ("2026-11-21", "2026-09-10", "withdrawn", "found_here", True),
        ("2026-11-21", "2026-09-10", "withdrawn", "no_time", False),
        ("2026-11-21", "2026-09-10", "open", "", False),
        ("2026-11-21", "2026-07-01", "fulfilled", "", False),
        ("2026-11-21", "2027-08-01", "fulfilled", "", False),
        ("2026-08-01", "2026-08-01", "fulfilled", "", True),
        ("2026-07-31", "2026-08-01", "fulfilled", "", False),
        ("2026-07-31", "2025-09-01", "fulfilled", "", True),
    ],
)
def test_which_schools_were_served_this_school_year(make_request, school, today, first, status, reason, served):
    day, other = dt.date.fromisoformat(first), RequestFactory()
    make_request(date_from=day, date_until=day + dt.timedelta(days=20), status=status, withdrawn_reason=reason)
    asking = make_request()
    world = World(today=dt.date.fromisoformat(today))
    refresh_requests(None, world)
    assert load_requests(world, ids=[asking.pk, other.pk]).columns.served.tolist() == [False, served]
