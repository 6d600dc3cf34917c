"""What the engine found against what is stored: new, changed, reopened and closed matches.

Callers hold the matching lock and own the transaction.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from matching import Pair
from techfinder.matches.columns import World, in_codes
from techfinder.matches.models import Match

BATCH = 1000
# A school reads the best; what lies beyond is found again when one of those falls away.
STORED_PER_REQUEST = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    request_id: int
    activity_id: int
    score: float
    rank: int | None
    reasons: list[list[Any]]
    shortfalls: list[list[Any]]


@dataclass(slots=True)
class Stored:
    """How many rows changed; `arrived` are the ids of matches that are new, or open again."""

    created: int = 0
    updated: int = 0
    reopened: int = 0
    closed: int = 0
    arrived: list[int] | None = None

    def add(self, other: Stored) -> None:
        self.created += other.created
        self.updated += other.updated
        self.reopened += other.reopened
        self.closed += other.closed
        self.arrived = [*(self.arrived or ()), *(other.arrived or ())]


def found(pairs: Iterable[Pair], world: World) -> list[Found]:
    """The engine's pairs in the words of the database."""
    return [
        Found(
            request_id=pair.request_id,
            activity_id=pair.activity_id,
            score=pair.score,
            rank=pair.rank,
            reasons=in_codes(pair.reasons, world),
            shortfalls=in_codes(pair.shortfalls, world),
        )
        for pair in pairs
    ]


def store(pairs: list[Found], *, scope: QuerySet[Match]) -> Stored:
    """Make the stored matches of `scope` those of `pairs`; settled ones are left as they are."""
    known = {(match.request_id, match.activity_id): match for match in scope.exclude(state__in=Match.SETTLED)}
    fresh, changed, reopened = [], [], []
    for pair in pairs:
        match = known.pop((pair.request_id, pair.activity_id), None)
        if match is None:
            if pair.rank is None or pair.rank <= STORED_PER_REQUEST:
                fresh.append(_new(pair))
        elif match.state == Match.State.CLOSED:
            reopened.append(_take_over(match, pair))
        elif _differs(match, pair):
            changed.append(_take_over(match, pair))
    gone = [match.pk for match in known.values() if match.state == Match.State.OPEN]
    _write(fresh, [*changed, *reopened], gone)
    arrived = [match.pk for match in (*fresh, *reopened)]
    return Stored(len(fresh), len(changed), len(reopened), len(gone), arrived)


def _new(pair: Found) -> Match:
    return Match(
        request_id=pair.request_id,
        activity_id=pair.activity_id,
        score=pair.score,
        rank=pair.rank or 0,
        reasons=pair.reasons,
        shortfalls=pair.shortfalls,
    )


def _differs(match: Match, pair: Found) -> bool:
    return (match.score, match.reasons, match.shortfalls) != (pair.score, pair.reasons, pair.shortfalls)


def _take_over(match: Match, pair: Found) -> Match:
    match.score, match.reasons, match.shortfalls = pair.score, pair.reasons, pair.shortfalls
    match.state, match.closed_at = Match.State.OPEN, None
    return match


def _write(fresh: list[Match], changed: list[Match], gone: list[int]) -> None:
    _insert(fresh)
    Match.objects.bulk_update(changed, ["score", "reasons", "shortfalls", "state", "closed_at"], batch_size=BATCH)
    Match.objects.filter(pk__in=gone).update(state=Match.State.CLOSED, closed_at=timezone.now())


def _insert(fresh: list[Match]) -> None:
    """New rows by COPY, which costs a third of `bulk_create` for the thousands of a rematch."""
    if not fresh:
        return
    fields = Match._meta.concrete_fields
    columns = ", ".join(field.column for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(NEW_IDS, [len(fresh)])
        for match, (pk,) in zip(fresh, cursor.fetchall(), strict=True):
            match.pk = pk
        with cursor.copy(f"COPY matches_match ({columns}) FROM STDIN") as copy:
            for match in fresh:
                copy.write_row([_plain(getattr(match, field.attname)) for field in fields])


def _plain(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, list) else value


def rerank(request_ids: Iterable[int]) -> None:
    """Number the open matches of each request anew: best score first, ties to the lower activity id."""
    ids = sorted(set(request_ids))
    if not ids:
        return
    with connection.cursor() as cursor:
        cursor.execute(RERANK, {"requests": ids, "open": Match.State.OPEN.value})


NEW_IDS = "SELECT nextval(pg_get_serial_sequence('matches_match', 'id')) FROM generate_series(1, %s)"
RERANK = """
    UPDATE matches_match AS match SET rank = ranked.rank
    FROM (
        SELECT id, row_number() OVER (PARTITION BY request_id ORDER BY score DESC, activity_id) AS rank
        FROM matches_match WHERE request_id = ANY(%(requests)s) AND state = %(open)s
    ) AS ranked
    WHERE match.id = ranked.id AND match.rank <> ranked.rank
"""
