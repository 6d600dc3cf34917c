"""How long the main job takes, with the same pairs proven beside it. `make bench`; figures in docs/performance.md."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from django.db import connection

from matching import ActivityColumns, RequestColumns, Terms, match_all
from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.columns import World, activities_worth_a_look, activity_rows, request_rows
from techfinder.matches.models import Match
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from tests.benchmarks import country
from tests.engine import reference

pytestmark = pytest.mark.django_db(transaction=True)

SIZE = 5000
SAMPLE = 40
ONE_BY_ONE = 100


@contextmanager
def clock(what: str, took: dict[str, float]) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    took[what] = time.perf_counter() - wall
    print(f"  {what:<58} {took[what]:8.3f} s, of which this process {time.process_time() - processor:7.3f} s")


def ratio(what: str, slow: float, fast: float) -> None:
    print(f"  {what:<58} {slow / fast:8.1f} x")


def p50_p95(what: str, durations: list[float]) -> None:
    middle, high = statistics.median(durations), statistics.quantiles(durations, n=20)[-1]
    print(f"  {what:<58} p50 {middle * 1000:.0f} ms, p95 {high * 1000:.0f} ms")


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def test_the_country(tmp_path):
    took: dict[str, float] = {}
    table = country.school_table(tmp_path)
    print()
    with clock("import_schools, first time", took):
        country.import_schools(table)
    with clock("import_schools, unchanged", took):
        country.import_schools(table)
    assert School.objects.count() == 6107
    assert took["import_schools, first time"] < 30
    country.make(SIZE, SIZE)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    pairs = engine_against_the_others(took)
    the_whole_way(took)
    assert Match.objects.open().count() <= len(pairs)
    one_request_at_a_time()


def engine_against_the_others(took: dict[str, float]) -> set[tuple[int, int]]:
    """The same pairs from the engine, from nested loops, and none that the narrowing query left out."""
    world = World()
    with clock("rows out of the database", took):
        offers = activity_rows(Activity.objects.public(), world)
        asks = request_rows(Request.objects.all(), world)
    terms = Terms(today=world.today)
    with clock("rows to columns", took):
        columns = RequestColumns.from_rows(asks), ActivityColumns.from_rows(offers)
    with clock(f"engine: all pairs of {SIZE} x {SIZE}", took):
        found = match_all(*columns, terms)
    pairs = set(zip(np.asarray(found.request_id).tolist(), np.asarray(found.activity_id).tolist(), strict=True))
    print(f"  {len(pairs)} pairs")

    sample = asks[:: SIZE // SAMPLE]
    with clock(f"nested loops: {len(sample)} x {SIZE}", took):
        slow = {(ask.id, offer.id) for ask in sample for offer in offers if reference.eligible(ask, offer, world.today)}
    ids = {ask.id for ask in sample}
    assert slow == {pair for pair in pairs if pair[0] in ids}

    requests = Request.objects.filter(pk__in=ids).select_related("school")
    with clock(f"PostgreSQL, arrays with GIN: {len(sample)} requests", took):
        near = {
            (ask.pk, pk) for ask in requests for pk in activities_worth_a_look(ask, world).values_list("pk", flat=True)
        }
    assert slow <= near
    share = len(sample) / SIZE
    engine = took[f"engine: all pairs of {SIZE} x {SIZE}"]
    ratio("nested loops / engine, per request", took[f"nested loops: {len(sample)} x {SIZE}"] / share, engine)
    ratio(
        "PostgreSQL (narrowing only) / engine, per request",
        took[f"PostgreSQL, arrays with GIN: {len(sample)} requests"] / share,
        engine,
    )
    print(f"  the narrowing query leaves {len(near) / max(1, len(slow)):.1f} candidates per pair that fits")
    return pairs


def the_whole_way(took: dict[str, float]) -> None:
    with clock("rematch --all, nothing stored yet", took):
        stored = actions.rematch(everything=True)
    with clock("rematch --all, nothing changed", took):
        again = actions.rematch(everything=True)
    print(f"  {stored.created} matches stored")
    assert (again.created, again.updated, again.reopened, again.closed) == (0, 0, 0, 0)
    ratio(
        "first rematch / engine",
        took["rematch --all, nothing stored yet"],
        took[f"engine: all pairs of {SIZE} x {SIZE}"],
    )


def one_request_at_a_time() -> None:
    """What the worker does after somebody posts."""
    ids = list(Request.objects.order_by("pk").values_list("pk", flat=True)[:: SIZE // ONE_BY_ONE])
    p50_p95("one request, matches known", [seconds(lambda pk=pk: actions.match_request(request_id=pk)) for pk in ids])
    Match.objects.filter(request__in=ids).delete()
    p50_p95("one request, matches new", [seconds(lambda pk=pk: actions.match_request(request_id=pk)) for pk in ids])
