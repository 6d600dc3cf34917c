"""Requests and activities as two sides of one thing: what is matched anew (`mine`) meets the other side (`theirs`)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from django.db.models import F, OuterRef, Q, QuerySet, Subquery

from matching import ActivityColumns, RequestColumns, Terms, best_pairs, weigh
from matching.arrays import Ints, among, distinct
from techfinder.activities.models import Activity
from techfinder.matches.models import AskedRow, Match, OfferedRow
from techfinder.matches.pairs.lists import Edges, K, Rows
from techfinder.matches.rows import (
    CHANGES,
    Asked,
    Offered,
    World,
    load_activities,
    load_requests,
    match_schools_again,
    refresh_activities,
    refresh_requests,
)
from techfinder.matches.rows.binary import read_columns
from techfinder.matches.rows.compiled import Compiled
from techfinder.prepared import cursor_for
from techfinder.requests.models import Request

NONE = np.empty(0, dtype=np.int64)
UNMATCHED = Q(version__gt=F("matched_version"))


@dataclass(frozen=True)
class Side:
    """The names and functions of one side; `key` is its column in a match, `table` where its narrow rows are."""

    key: str
    table: str
    items: type[Request] | type[Activity]
    rows: type[AskedRow] | type[OfferedRow]
    refresh: Callable[..., int]
    load: Callable[..., Any]
    waiting: Callable[[], QuerySet[Any]]

    @property
    def is_requests(self) -> bool:
        return self.items is Request

    def end_quiet(self, ids: Collection[int]) -> None:
        """It is the import that tells nobody, not the row: what comes to it later is told as ever."""
        with connection.cursor() as cursor:
            cursor.execute(END_QUIET.format(table=self.items._meta.db_table), [list(ids)])


def mark(side: Side, ids: Ints, version: Ints) -> None:
    """The version that was read is done; one that was written meanwhile stays for the sweeper."""
    with cursor_for(len(ids)) as cursor:
        cursor.execute(MARK.format(table=side.items._meta.db_table), [ids.tolist(), version.tolist()])


END_QUIET = "UPDATE {table} SET quiet = false WHERE id = ANY(%s) AND quiet"
MARK = """
    UPDATE {table} AS item SET matched_version = made.version
    FROM unnest(%s::bigint[], %s::int[]) AS made (id, version)
    WHERE item.id = made.id AND item.matched_version < made.version
"""


def waiting_requests() -> QuerySet[Request]:
    """What nobody confirmed is not there yet; confirming it wakes the worker again."""
    return Request.objects.exclude(status=Request.Status.UNCONFIRMED).filter(UNMATCHED)


def waiting_activities() -> QuerySet[Activity]:
    """A draft that was never public waits for nothing. What is no longer public does, also without a match: until its
    row says so, each new request meets it."""
    # Looked up for each, as few wait: the planner takes a third of all for waiting, and would make a table in memory of
    # all open matches (100 ms) for an EXISTS, or start processes for a set.
    with_matches = Match.objects.open().filter(activity=OuterRef("pk"))
    public = Activity.objects.public().filter(pk=OuterRef("pk"))
    met = OfferedRow.objects.filter(activity=OuterRef("pk"), live=True)
    first = {f"found{n}": Subquery(rows.values("pk")[:1]) for n, rows in enumerate((with_matches, public, met))}
    there = Q(found0__isnull=False) | Q(found1__isnull=False) | Q(found2__isnull=False)
    return Activity.objects.filter(UNMATCHED).alias(**first).filter(there)


REQUESTS = Side("request_id", "matches_askedrow", Request, AskedRow, refresh_requests, load_requests, waiting_requests)
ACTIVITIES = Side(
    "activity_id", "matches_offeredrow", Activity, OfferedRow, refresh_activities, load_activities, waiting_activities
)


# So many are matched together in one transaction.
MOST = 500
_FIRST = {
    side.key: Compiled(lambda _ids, side=side: side.waiting().order_by("pk").values("pk", "quiet")[:MOST])  # type: ignore[misc]
    for side in (REQUESTS, ACTIVITIES)
}


def first_waiting(side: Side) -> dict[int, bool]:
    """What waits on a side, by id rising, and whether an import brought it that tells nobody; of many the first."""
    return {row["pk"]: row["quiet"] for row in _FIRST[side.key].rows()}


def other(side: Side) -> Side:
    return ACTIVITIES if side.is_requests else REQUESTS


@dataclass(frozen=True, eq=False)
class Table:
    """Both sides of a matching, loaded: the engine's columns by request and activity, and the rows of mine, theirs."""

    mine: Asked | Offered
    theirs: Asked | Offered
    requests: RequestColumns
    activities: ActivityColumns

    @classmethod
    def of(cls, side: Side, mine: Any, theirs: Any) -> Table:
        asked, offered = (mine, theirs) if side.is_requests else (theirs, mine)
        return cls(mine, theirs, asked.columns, offered.columns)


def rows_of(side: Side, request_id: Ints, activity_id: Ints, score: Ints) -> Rows:
    """Pairs as this side sees them."""
    return Rows(request_id, activity_id, score) if side.is_requests else Rows(activity_id, request_id, score)


def load(side: Side, ids: Sequence[int], world: World) -> Table:
    """These items, and of the other side what is worth a look for one, or all for many."""
    with CHANGES.looked():
        mine = side.load(world, ids=ids)
        near = mine if len(mine) == 1 else None
        return Table.of(side, mine, other(side).load(world, near=near))


def find(table: Table, terms: Terms) -> tuple[Ints, Ints, Ints]:
    """Request, activity and score of what is eligible; for many items a superset of what their lists can take."""
    if len(table.mine) == 1:
        return weigh(table.requests, table.activities, terms)
    best = best_pairs(table.requests, table.activities, terms, best=K)
    return best.request_id, best.activity_id, best.score


# -------------------------------------------------------------------- edges


def read_edges(side: Side, ids: Ints) -> Edges:
    """The edges of these items, by id; those that have no row are left out."""
    fields = {
        "id": (side.key, "i8"),
        "full": ("edge_id IS NOT NULL", "?"),
        "score": ("coalesce(edge_score, 0)::int4", "i4"),
        "other": ("coalesce(edge_id, 0)", "i8"),
    }
    found = read_columns(fields, side.table, f"{side.key} = ANY(%(ids)s::bigint[])", {"ids": ids.tolist()})
    order = np.argsort(found["id"])
    return Edges(
        found["id"][order], found["full"][order], found["score"][order].astype(np.int64), found["other"][order]
    )


def loaded_edges(rows: Asked | Offered) -> Edges:
    return Edges(rows.columns.id, rows.has_edge, rows.edge_score.astype(np.int64), rows.edge_id)


def write_edges(side: Side, edges: Edges, *, stale: Ints = NONE, done: Ints = NONE, lasting: bool = False) -> None:
    """Write these edges where they differ, mark `stale` items, and the `done` ones as being no longer.

    While a full rematch is going, what is matched meets lists that are half of one world and half of another: all that
    is touched stays marked, to be matched again when it is over. Only the run itself writes what is `lasting`.
    """
    write_all_edges([Outdated(side, edges, stale=stale, done=done)], lasting=lasting)


@dataclass(frozen=True, eq=False)
class Outdated:
    """Edges of one side that are to be written, as `write_edges` says."""

    side: Side
    edges: Edges
    stale: Ints = field(default_factory=lambda: NONE)
    done: Ints = field(default_factory=lambda: NONE)

    @property
    def key(self) -> str:
        return self.side.key

    def params(self) -> dict[str, Any]:
        edges, full = self.edges, self.edges.full.tolist()
        values = {
            "ids": edges.id.tolist(),
            "score": [score if has else None for score, has in zip(edges.score.tolist(), full, strict=True)],
            "other": [pk if has else None for pk, has in zip(edges.other.tolist(), full, strict=True)],
            "stale": among(edges.id, self.stale).tolist(),
            "done": among(edges.id, self.done).tolist(),
        }
        return {f"{self.key}_{name}": value for name, value in values.items()}


def write_all_edges(parts: Sequence[Outdated], *, lasting: bool = False) -> None:
    """`write_edges` of both sides, in one statement."""
    parts = [part for part in parts if len(part.edges.id)]
    if not parts:
        return
    params: dict[str, Any] = {"lasting": lasting}
    for part in parts:
        params |= part.params()
    updates = "".join(EDGES.format(table=part.side.table, key=part.key) for part in parts)
    with cursor_for(max(len(part.edges.id) for part in parts)) as cursor:
        cursor.execute(f"{GOING}{updates} SELECT", params)


GOING = """
    WITH going AS (
        SELECT NOT %(lasting)s AND EXISTS (SELECT FROM matches_rematch WHERE state = 'running') AS going
    )
"""
EDGES = """
    , {table}_written AS (
        UPDATE {table} AS item SET edge_score = new.score, edge_id = new.other, stale = new.stale
        FROM (
            SELECT item.{key} AS id, made.score, made.other,
                made.stale OR going OR (item.stale AND NOT made.done) AS stale
            FROM unnest(%({key}_ids)s::bigint[], %({key}_score)s::smallint[], %({key}_other)s::bigint[],
                %({key}_stale)s::bool[], %({key}_done)s::bool[]) AS made (id, score, other, stale, done)
            JOIN {table} AS item ON item.{key} = made.id, going
        ) AS new
        WHERE item.{key} = new.id
            AND (item.edge_score, item.edge_id, item.stale) IS DISTINCT FROM (new.score, new.other, new.stale)
    )
"""


def mark_stale(side: Side, ids: Collection[int]) -> None:
    """Of these the next best is not known: they are to be matched again."""
    with connection.cursor() as cursor:
        cursor.execute(STALE.format(table=side.table, key=side.key), [list(ids)])


STALE = "UPDATE {table} SET stale = true WHERE {key} = ANY(%s) AND NOT stale"


def mark_served(asked: Asked | Offered, world: World) -> None:
    """A school that is served by one of these requests counts for less in all its others."""
    closed = ~asked.columns.live & np.isin(asked.table["school"], world.served)
    match_schools_again(distinct(asked.table["school"][closed]).tolist())
