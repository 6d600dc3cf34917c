"""The index of a process is as the tables are: whoever wrote, whatever was rolled back, whenever the day turns."""

import datetime as dt
import threading
import time

import psycopg
import pytest
import time_machine
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from techfinder import following
from techfinder.activities import search
from techfinder.activities.models import Activity, ActivityChange
from techfinder.activities.search import Criteria, Place, kept
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Kind, Theme
from tests.factories.activities import ActivityFactory, SessionFactory

WATER = Criteria(themes=("water",))


def found(criteria=WATER, **how):
    return search.find(criteria, **how).ids.tolist()


@pytest.mark.parametrize("count", [1, 3])
def test_one_query_when_nothing_changed(db, django_assert_num_queries, count):
    ActivityFactory.create_batch(count, themes=["water"])
    now = search.now()
    with transaction.atomic():
        pass
    # What this transaction itself wrote is read each time: it may be rolled back.
    with django_assert_num_queries(0):
        assert now.count(WATER) == count
        now.result(WATER, 0, 20)
        now.counts([WATER, Criteria(text="molen"), Criteria(sort="title")])


@pytest.mark.django_db(transaction=True)
def test_one_query_for_a_page(django_assert_num_queries):
    ActivityFactory.create_batch(3, themes=["water"])
    search.now()
    for ask in (
        lambda: search.find(WATER),
        lambda: search.find_all(WATER, after=0),
        lambda: search.facets(WATER),
        lambda: search.result(Criteria(text="molen"), 0, 20),
        lambda: search.counts([WATER, Criteria()]),
        lambda: search.points(WATER, most=5),
        lambda: search.suggest("windmoln"),
    ):
        with django_assert_num_queries(1):
            ask()


def test_what_is_rolled_back_is_forgotten(db):
    activity = ActivityFactory(themes=["energie"])
    assert found() == []
    with transaction.atomic():
        Activity.objects.filter(pk=activity.pk).update(themes=["water"])
        ActivityFactory(themes=["water"])
        assert len(found()) == 2
        transaction.set_rollback(True)
    assert found() == []
    assert found(Criteria()) == [activity.pk]


@pytest.mark.django_db(transaction=True)
def test_what_another_process_commits_is_seen_within_a_second():
    activity, other = ActivityFactory(themes=["energie"]), ActivityFactory(themes=["energie"])
    assert found() == []
    with psycopg.connect(settings.LOCAL.database_url(connection.settings_dict["NAME"])) as elsewhere:
        elsewhere.execute("UPDATE activities_activity SET themes = '{water}' WHERE id = %s", [activity.pk])
        # What came after it is read before it commits.
        Activity.objects.filter(pk=other.pk).update(title="Veranderd")
        assert found() == []
        elsewhere.commit()
        committed = time.monotonic()
        assert found() == [activity.pk]
        assert time.monotonic() - committed < 1
    assert found(Criteria(text="veranderd")) == [other.pk]


@pytest.mark.django_db(transaction=True)
def test_threads_see_only_what_is_committed():
    """One changes and rolls back while another searches."""
    activity = ActivityFactory(themes=["energie"])
    search.now()
    seen, stop, faults = [], threading.Event(), []

    def look():
        try:
            while not stop.is_set():
                seen.append(tuple(found()))
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=look)
    thread.start()
    for _ in range(30):
        with transaction.atomic():
            Activity.objects.filter(pk=activity.pk).update(themes=["water"])
            assert found() == [activity.pk]
            transaction.set_rollback(True)
        assert found() == []
    stop.set()
    thread.join(30)
    assert faults == []
    assert set(seen) == {()}


@pytest.mark.django_db(transaction=True)
def test_a_shortened_log_loses_nothing(monkeypatch, wait_until):
    first, second = ActivityFactory(themes=["energie"]), ActivityFactory(themes=["energie"])
    assert found() == []
    Activity.objects.filter(pk=first.pk).update(themes=["water"])
    monkeypatch.setattr(kept, "MOST_CHANGES", 0)

    def shortened():
        # A transaction that is open anywhere on the server holds it up.
        kept.prune_changes()
        return not ActivityChange.objects.exclude(activity_id=following.PRUNED).exists()

    wait_until(shortened, timeout=60)
    assert found() == [first.pk]
    Activity.objects.filter(pk=second.pk).update(themes=["water"])
    assert found() == [second.pk, first.pk]


def test_a_short_log_is_left_as_it_is(db):
    ActivityFactory()
    before = ActivityChange.objects.count()
    kept.prune_changes()
    assert ActivityChange.objects.count() == before > 0


def test_the_day_turns_at_midnight(db):
    tonight = timezone.localdate() + dt.timedelta(days=3)
    activity = ActivityFactory(months=[])
    SessionFactory(activity=activity, date=tonight, seats=10)
    month = Criteria(months=(tonight.month,))
    late = dt.datetime.combine(tonight, dt.time(23, 59), tzinfo=timezone.get_current_timezone())
    for moment, wanted in ((late, [activity.pk]), (late + dt.timedelta(minutes=2), [])):
        with time_machine.travel(moment, tick=False):
            assert found(month) == found(Criteria(room=True)) == wanted
            assert found(Criteria(date_from=tonight)) == wanted
            assert search.facets(Criteria()).counts["month"][str(tonight.month)] == len(wanted)


def test_names_of_providers_and_terms_are_searched(db):
    activity = ActivityFactory(provider__name="Sloewind", themes=["nieuw"], kind="gastles")
    assert found(Criteria(text="sloewind")) == [activity.pk]
    Provider.objects.update(name="Deltakracht")
    assert (found(Criteria(text="sloewind")), found(Criteria(text="deltakracht"))) == ([], [activity.pk])
    Theme.objects.create(code="nieuw", name="Kwantumrekenen")
    assert found(Criteria(text="kwantumrekenen")) == [activity.pk]
    Kind.objects.create(code="vlog", name="Vlog")
    assert search.facets(Criteria()).counts["kind"]["vlog"] == 0


def test_alerts_ask_for_what_arrived_since(db):
    old, new, newest = (ActivityFactory(arrival=arrival) for arrival in (5, 6, 7))
    ActivityFactory(arrival=None)
    ActivityFactory(arrival=-9)
    assert set(search.find_all(Criteria(), after=5).ids.tolist()) == {new.pk, newest.pk}
    assert search.find_all(Criteria(), after=0).total == 3
    hits = search.find_all(Criteria(), after=0, most=1)
    assert (hits.total, len(hits.ids)) == (3, 1)
    assert old.pk in search.find_all(Criteria()).ids


def test_the_place_in_the_order_of_arrival_is_given_once(db):
    activity = ActivityFactory(arrival=None)
    before = Activity.objects.get(pk=activity.pk)
    Activity.objects.filter(pk=activity.pk).update(arrival=8)
    before.save()
    assert Activity.objects.get(pk=activity.pk).arrival == 8


def test_order(db):
    day = timezone.now() - dt.timedelta(days=9)
    b, a, c = (ActivityFactory(title=title, published_at=day) for title in ("beton", "Aardgas", "Één"))
    SessionFactory(activity=c, date=timezone.localdate() + dt.timedelta(days=5))
    SessionFactory(activity=b, date=timezone.localdate() + dt.timedelta(days=90))
    Activity.objects.filter(pk=a.pk).update(available_from=timezone.localdate() + dt.timedelta(days=30))
    d = ActivityFactory(title="Dijk over beton", available_until=timezone.localdate() - dt.timedelta(days=1))
    assert found(Criteria(sort="title")) == [a.pk, b.pk, d.pk, c.pk]
    assert found(Criteria(sort="newest")) == found(Criteria()) == [d.pk, c.pk, a.pk, b.pk]
    assert found(Criteria(sort="soonest")) == [c.pk, a.pk, b.pk, d.pk]
    assert found(Criteria(text="beton")) == [b.pk, d.pk]
    assert found(Criteria(text="beton", sort="newest")) == [d.pk, b.pk]
    assert found(Criteria(sort="title"), start=1, limit=2) == [b.pk, d.pk]


SOMEWHERE = Place(name="", municipality="GM0000", covering=frozenset(), lat=52.0, lon=5.0)


@pytest.mark.parametrize(
    "criteria",
    [
        Criteria(place=SOMEWHERE, radius=-1),
        Criteria(place=SOMEWHERE, radius=10**9),
        Criteria(place=SOMEWHERE, radius=10**400, group=10**400, room=True),
        Criteria(group=-5),
        Criteria(text="molen " * 2000),
        Criteria(text="%' OR 1=1 --\x00\\"),
        Criteria(text="!"),
        Criteria(text="?" * 10_000),
        Criteria(levels=("nergens",), themes=("x",), kinds=("y",), delivery=("z",), audience=("a",), regions=("r",)),
        Criteria(themes=tuple(f"t{n}" for n in range(500))),
        Criteria(months=(0, 13, -1, 99)),
        Criteria(date_from=dt.date.max, date_until=dt.date.min),
        Criteria(date_from=dt.date.min, date_until=dt.date.max),
        Criteria(sort="nonsense"),
        Criteria(sort="near"),
        Criteria(provider="x" * 10_000),
    ],
)
def test_odd_wishes_are_answered_at_once(db, criteria):
    ActivityFactory()
    search.now()
    began = time.monotonic()
    for start, limit in ((0, 20), (10**9, 20), (-5, -5), (0, 10**12)):
        hits, facets = search.result(criteria, start, limit)
        assert len(hits.ids) == len(hits.distances) <= hits.total
        assert "theme" in facets.counts
    assert time.monotonic() - began < 2


def test_without_any_activity(db):
    hits, facets = search.result(Criteria(text="molen", place=SOMEWHERE, sort="near"), 0, 20)
    assert (hits.total, hits.ids.tolist(), facets.counts["theme"]["water"]) == (0, [], 0)
    assert search.suggest("molen") is None


@pytest.mark.django_db(transaction=True)
def test_a_first_look_beside_an_open_transaction_reads_nothing_twice(django_assert_num_queries):
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT pg_current_xact_id()")
        ActivityFactory()
        fresh = kept.Kept()
        fresh.now()
        with django_assert_num_queries(1):
            fresh.now()
    finally:
        other.close()
