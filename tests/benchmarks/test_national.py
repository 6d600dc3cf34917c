"""The whole country matched, beside its peers on the same data in the same run. `make bench`; docs/performance.md.

BENCH_SCALE=0.1 makes a tenth of the country, to try the benchmark itself; the targets are those of the whole.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import numpy as np
import pytest
from django.db import connection

from matching import Best, Terms, best_pairs, match_all
from matching.columns import RequestColumns
from techfinder.matches import actions
from techfinder.matches.models import AskedRow, Match
from techfinder.matches.rows import (
    Asked,
    Offered,
    World,
    load_activities,
    load_requests,
    refresh_activities,
    refresh_requests,
    request_rows,
)
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from tests.benchmarks import country, peers
from tests.benchmarks.clock import Taken, clock, line, machine, ratio
from tests.benchmarks.engine_limit import limit_of

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
REQUESTS, ACTIVITIES = int(60_000 * SCALE), int(30_000 * SCALE)
GIN_SAMPLE, ORM_SAMPLE, JOIN_SHARE = 300, 3, 40


def test_the_country(tmp_path):
    print(f"\n{REQUESTS} requests x {ACTIVITIES} activities; {machine()}")
    import_the_register(tmp_path)
    with clock("(made the country)"):
        country.make(REQUESTS, ACTIVITIES)
    world, asked, offered = load()
    engine, pairs = the_engine(asked, offered, world)
    gin = the_others(engine, pairs, asked, offered, world)
    the_whole_way(gin)


def import_the_register(directory) -> None:
    table = country.school_table(directory)
    with clock("import_schools, first time") as first:
        country.import_schools(table)
    with clock("import_schools, unchanged"):
        country.import_schools(table)
    assert School.objects.count() == 6107
    assert first.wall < 30
    country.add_other_schools()


def load() -> tuple[World, Asked, Offered]:
    world = World()
    with clock("items to narrow rows, all new"):
        refresh_activities(None, world)
        refresh_requests(None, world)
    with clock("narrow rows to columns (COPY)"):
        asked, offered = load_requests(world), load_activities(world)
    assert (len(asked.columns), len(offered.columns)) == (REQUESTS, ACTIVITIES)
    return world, asked, offered


def the_engine(asked: Asked, offered: Offered, world: World) -> tuple[Taken, int]:
    terms = Terms(today=world.today, weights=world.weights)
    with clock("engine: all rules, scores, best 10 of both sides") as taken:
        best = best_pairs(asked.columns, offered.columns, terms)
    pairs = sum(len(part) for part in parts(asked.columns, offered, terms))
    line("eligible pairs", f"{pairs:,}; kept {len(best):,}; {pairs / taken.wall / 1e6:.1f} million pairs/s")
    limit_of(pairs, offered.columns).report(taken.wall)
    assert taken.peak < 1000
    check(best, asked, offered, terms)
    return taken, pairs


def parts(requests: RequestColumns, offered: Offered, terms: Terms) -> Iterator[np.ndarray]:
    """The eligible pairs by a tenth of the requests at a time."""
    for start in range(0, len(requests), max(1, len(requests) // 10)):
        part = requests.take(slice(start, start + max(1, len(requests) // 10)))
        yield match_all(part, offered.columns, terms).request_id


def check(best: Best, asked: Asked, offered: Offered, terms: Terms) -> None:
    """On a sample the best 10 of the engine's whole list are those kept."""
    sample = asked.columns.take(np.arange(0, len(asked.columns), 997))
    whole = match_all(sample, offered.columns, terms)  # not searched as the best are
    kept = best.take((best.rank <= 10) & np.isin(best.request_id, sample.id))
    assert whole.request_id[whole.rank <= 10].tolist() == kept.request_id.tolist()
    assert whole.activity_id[whole.rank <= 10].tolist() == kept.activity_id.tolist()


def the_others(engine: Taken, pairs: int, asked: Asked, offered: Offered, world: World) -> float:
    """The same pairs from PostgreSQL, from a loop over the ORM and from DuckDB; seconds of the first for all."""
    terms = Terms(today=world.today)
    chosen = asked.columns.id[:: max(1, REQUESTS // GIN_SAMPLE)][:GIN_SAMPLE]
    requests = list(Request.objects.filter(pk__in=chosen.tolist()).select_related("school__municipality"))
    ours = pairs_of(asked.columns.take(np.isin(asked.columns.id, chosen)), offered, terms)

    peers.index_arrays()
    with clock(f"PostgreSQL, arrays with GIN: {len(requests)} requests") as postgres:
        assert peers.asked_of_postgres(requests, world.today) == ours
    peers.drop_indexes()
    gin = postgres.wall * REQUESTS / len(requests)
    line("  for all requests", f"{gin:9.0f} s")

    rows = request_rows(Request.objects.filter(pk__in=chosen[:ORM_SAMPLE].tolist()), world)
    with clock(f"the ORM in a loop: {len(rows)} requests") as orm:
        found = peers.asked_of_the_orm(rows, world)
    assert found == {pair for pair in ours if pair[0] in {row.id for row in rows}}
    loop = orm.wall * REQUESTS / len(rows)
    line("  for all requests", f"{loop:9.0f} s")

    join = one_join(asked, offered, world)
    line("engine against", f"{pairs:,} pairs in {engine.wall:.1f} s")
    assert ratio("  PostgreSQL, arrays with GIN", gin, engine.wall) >= 40 or SCALE < 1
    ratio("  the ORM in a loop", loop, engine.wall)
    ratio("  DuckDB, one join (two threads)", join, engine.wall)
    return gin


def pairs_of(requests: RequestColumns, offered: Offered, terms: Terms) -> set[tuple[int, int]]:
    found = match_all(requests, offered.columns, terms)
    return set(zip(found.request_id.tolist(), found.activity_id.tolist(), strict=True))


def one_join(asked: Asked, offered: Offered, world: World) -> float:
    """One request in so many, or the join holds more than the machine does; its seconds for all of them."""
    some = load_requests(world, ids=asked.columns.id[::JOIN_SHARE].tolist())
    peer = peers.DuckDB(some, offered, world)
    with clock(f"DuckDB, one join: {len(some.columns)} requests") as taken:
        request_id, activity_id = peer.pairs()
    ours = match_all(some.columns, offered.columns, Terms(today=world.today))
    order = np.lexsort((ours.activity_id, ours.request_id))
    assert np.array_equal(ours.request_id[order], request_id)
    assert np.array_equal(ours.activity_id[order], activity_id)
    return taken.wall * REQUESTS / len(some.columns)


def the_whole_way(gin: float) -> None:
    """Out of the database, matched, and back into it, with reasons."""
    with clock("rematch --all, nothing stored yet") as first:
        stored = actions.rematch(everything=True)
    line("matches stored", f"{stored.created:,}")
    assert stored.created == Match.objects.open().count()
    assert first.peak < 1000
    before = written()
    with clock("rematch --all, nothing changed") as again:
        stored = actions.rematch(everything=True)
    assert (stored.created, stored.updated, stored.reopened, stored.closed) == (0, 0, 0, 0)
    assert written() == before
    assert ratio("PostgreSQL with GIN / first full rematch, end to end", gin, first.wall) >= 10 or SCALE < 1
    ratio("PostgreSQL with GIN / unchanged full rematch", gin, again.wall)


def written() -> list[tuple[int, ...]]:
    """What a write to either table would change: the newest transaction that touched a row."""
    with connection.cursor() as cursor:
        found = []
        for table in (Match._meta.db_table, AskedRow._meta.db_table):
            cursor.execute(f"SELECT count(*), max(xmin::text::bigint) FROM {table}")
            found.append(cursor.fetchone())
    return found
