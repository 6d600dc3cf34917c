"""The rows that a process keeps in memory are those of the tables, whoever wrote them and whatever was rolled back."""

import random
import sys
from threading import Event, Thread

import numpy as np
import psycopg
import pytest
from django.conf import settings
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from techfinder.activities.models import Activity, Session
from techfinder.matches.models import AskedRow, OfferedRow, RowChange
from techfinder.matches.models.rows import PRUNED
from techfinder.matches.rows import (
    CHANGES,
    World,
    asked,
    found,
    kept,
    masks,
    offered,
    refresh_activities,
    refresh_requests,
)
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.requests import RequestFactory
from tests.matches import countries

KEPT = [
    (asked.KEPT, asked._read_table, "item.live"),
    (offered.KEPT, offered._read_table, "item.live"),
    (offered.KEPT_SESSIONS, offered._read_sessions, "true"),
    (found.KEPT, found._read_table, "item.found"),
]


def assert_as_in_the_tables():
    for known, read, where in KEPT:
        assert_same(known.select(lambda rows: rows["live"]), read(where, {}))


def assert_same(ours, theirs):
    ours, theirs = masks.by_id(ours), masks.by_id(theirs)
    for name, column in theirs.items():
        np.testing.assert_array_equal(ours[name], column, err_msg=name)


def refresh():
    refresh_requests(None, World())
    refresh_activities(None, World())


@pytest.fixture
def country(db):
    countries.make(random.Random(5), 40)
    refresh()


def change_something(chance):
    request, activity = Request.objects.order_by("?").first(), Activity.objects.order_by("?").first()
    chance.choice(
        [
            lambda: School.objects.filter(pk=request.school_id).update(pupils=chance.randint(1, 900)),
            lambda: School.objects.filter(pk=request.school_id).update(neighbours=chance.randint(1, 30), lat=51.9),
            lambda: Request.objects.filter(pk=request.pk).update(group_size=chance.randint(1, 40), version=90),
            lambda: Request.objects.filter(pk=request.pk).update(status="withdrawn", version=91),
            lambda: Request.objects.filter(pk=request.pk).update(status="fulfilled", version=91),
            lambda: Request.objects.filter(pk=request.pk).update(status="open", version=91),
            lambda: request.delete(),
            lambda: activity.delete(),
            lambda: RequestFactory(contact=None, school=request.school),
            lambda: SessionFactory(activity=ActivityFactory(provider=activity.provider)),
            lambda: Session.objects.filter(activity=activity).update(seats=99),
            lambda: Session.objects.filter(activity=activity).delete(),
            lambda: OfferedRow.objects.filter(pk=activity.pk).update(edge_score=chance.randint(0, 999), edge_id=1),
            lambda: AskedRow.objects.filter(pk__gte=request.pk).update(edge_score=chance.randint(0, 999), edge_id=1),
        ]
    )()


@pytest.mark.parametrize("seed", range(3))
def test_whatever_changes_shows(country, seed):
    chance = random.Random(seed)
    for _ in range(25):
        change_something(chance)
        if chance.random() < 0.5:
            refresh()
        if chance.random() < 0.5:
            assert_as_in_the_tables()
    assert_as_in_the_tables()


def test_what_is_rolled_back_is_forgotten(country):
    assert_as_in_the_tables()
    chance = random.Random(8)
    for _ in range(4):
        with transaction.atomic():
            for _ in range(8):
                change_something(chance)
            refresh()
            assert_as_in_the_tables()
            transaction.set_rollback(True)
        assert_as_in_the_tables()


def test_more_changes_than_are_worth_it_are_read_as_a_whole(country, monkeypatch):
    assert_as_in_the_tables()
    monkeypatch.setattr(kept, "SPARE", 0)
    OfferedRow.objects.update(edge_score=5, edge_id=7)
    RequestFactory(contact=None)
    refresh()
    assert_as_in_the_tables()


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_commits_late_is_seen():
    countries.make(random.Random(6), 15)
    refresh()
    assert_as_in_the_tables()
    with psycopg.connect(settings.LOCAL.database_url(connection.settings_dict["NAME"])) as late:
        late.execute("UPDATE matches_offeredrow SET edge_score = 1, edge_id = 1 WHERE live")
        # What came after it is read before it commits.
        AskedRow.objects.update(edge_score=2, edge_id=2)
        OfferedRow.objects.filter(live=False).update(edge_score=3, edge_id=3)
        assert_as_in_the_tables()
        assert not (offered.KEPT.select(lambda rows: rows["live"])["edge_score"] == 1).any()
        late.commit()
    assert_as_in_the_tables()
    assert (offered.KEPT.select(lambda rows: rows["live"])["edge_score"] == 1).all()


@pytest.mark.django_db(transaction=True)
def test_a_log_that_was_shortened_makes_a_process_read_all(monkeypatch, wait_until):
    countries.make(random.Random(6), 15)
    refresh()
    assert_as_in_the_tables()
    OfferedRow.objects.update(edge_score=3, edge_id=3)
    monkeypatch.setattr(kept, "MOST_CHANGES", 0)

    def shortened():
        # A transaction that is open anywhere on the server holds it up.
        kept.prune_changes()
        return not RowChange.objects.exclude(side=PRUNED).exists()

    wait_until(shortened, timeout=60)
    assert_as_in_the_tables()
    OfferedRow.objects.update(edge_score=4, edge_id=3)
    assert_as_in_the_tables()


def test_all_that_is_selected_together_takes_one_look_at_the_log(country):
    assert_as_in_the_tables()
    OfferedRow.objects.update(edge_score=5, edge_id=7)
    AskedRow.objects.update(edge_score=6, edge_id=8)
    with CaptureQueriesContext(connection) as queries, CHANGES.looked():
        assert (offered.KEPT.select(lambda rows: rows["live"])["edge_score"] == 5).all()
        assert (asked.KEPT.select(lambda rows: rows["live"])["edge_score"] == 6).all()
        found.KEPT.select(lambda rows: rows["live"])
    assert sum("matches_rowchange" in query["sql"] for query in queries) == 1
    # And what comes after it takes another.
    OfferedRow.objects.update(edge_score=9, edge_id=7)
    assert_as_in_the_tables()


def test_a_look_that_breaks_off_is_made_up_for(country, monkeypatch):
    assert_as_in_the_tables()
    OfferedRow.objects.update(edge_score=5, edge_id=7)
    with monkeypatch.context() as patch:
        patch.setattr(offered.KEPT, "_read", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            offered.KEPT.select(lambda rows: rows["live"])
    assert_as_in_the_tables()


def test_a_short_log_is_left_as_it_is(country):
    before = RowChange.objects.count()
    kept.prune_changes()
    assert RowChange.objects.count() == before


@pytest.mark.django_db(transaction=True)
def test_who_looks_and_who_asks_for_the_schools_served_do_not_wait_for_each_other(wait_until):
    """In Python 3.11 `functools.cached_property` has one lock for all objects: each held what the other waited for."""
    inside, beside, done = Event(), Event(), []

    def look():
        with CHANGES.looked():
            inside.set()
            assert beside.wait(10)
            done.append(len(World().served))
        connections.close_all()

    def ask():
        done.append(len(World().served))
        connections.close_all()

    looking, asking = (Thread(target=each, daemon=True) for each in (look, ask))
    looking.start()
    assert inside.wait(10)
    asking.start()
    wait_until(lambda: _is_in(asking, "looked"))
    beside.set()
    wait_until(lambda: len(done) == 2, message="they wait for each other")


def _is_in(thread, function):
    """Whether a thread is in a function of this name now."""
    frame = sys._current_frames().get(thread.ident)
    while frame and frame.f_code.co_name != function:
        frame = frame.f_back
    return frame is not None
