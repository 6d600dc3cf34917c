"""What requests narrowly miss: for one request on demand, and kept for every open one that has few matches.

Kept rows are counted by a task of its own, outside the lock of matching; what is to be counted is found in rows, so
that a lost wake-up costs a minute, and a second worker that comes to the same rows finds them done.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Count, Q
from django.utils import timezone

from matching import ActivityColumns, NearMiss, RequestColumns, RequestRow, Terms, match_all, near_misses
from techfinder.celery import wake
from techfinder.matches.models import Lack, Match, Missed
from techfinder.matches.rows import DELIVERIES, World, load_activities, request_rows
from techfinder.requests.models import Request

FEW = 3
LOCK = 0x7EC4F5  # the advisory lock of counting; that of matching is another
REQUESTS_PER_CHUNK = 200
# A run that takes longer leaves the rest to the next one.
SECONDS_PER_RUN = 50
WOKEN = "near-misses-woken"


# ------------------------------------------------------------------ one request


@dataclass(frozen=True, eq=False)
class Near:
    """One request among all public activities: what only one rule each keeps from it."""

    row: RequestRow
    activities: ActivityColumns
    terms: Terms
    world: World
    misses: list[NearMiss]

    def would_fit(self, changes: Sequence[dict[str, Any]]) -> list[list[int]]:
        """Per change of the engine's row the ids of the activities that then fit and do not now, best first.

        All changes are tried in one run, by all ten rules: what is promised is what the next matching finds.
        """
        variants = [replace(self.row, id=at, **change) for at, change in enumerate([{}, *changes])]
        excluded = [(at, activity_id) for at in range(len(variants)) for _id, activity_id in self.terms.excluded]
        pairs = match_all(RequestColumns.from_rows(variants), self.activities, replace(self.terms, excluded=excluded))
        found: list[list[int]] = [[] for _variant in variants]
        for at, activity_id in zip(pairs.request_id.tolist(), pairs.activity_id.tolist(), strict=True):
            found[at].append(activity_id)
        now = set(found[0])
        return [[each for each in fits if each not in now] for fits in found[1:]]


def near(request_id: int, *, today: dt.date | None = None) -> Near:
    """What this request narrowly misses on this day, counted anew and without the lock of matching."""
    world = World(today=today)
    row = request_rows(Request.objects.filter(pk=request_id), world)[0]
    activities = load_activities(world, kept=True).columns
    terms = _terms(world, [request_id])
    return Near(row, activities, terms, world, near_misses(row, activities, terms))


def _terms(world: World, request_ids: Iterable[int]) -> Terms:
    return world.terms(Match.objects.filter(request__in=request_ids).settled_pairs())


# ----------------------------------------------------------------------- kept


def wake_counting() -> None:
    """After commit, have a worker count; many at once wake it once."""
    if cache.add(WOKEN, 1, timeout=60):
        wake("matches.near_misses")


def count_near_misses(*, today: dt.date | None = None, seconds: float = SECONDS_PER_RUN) -> int:
    """Keep the near misses of every open request with fewer than three matches before it, and of no other.

    Returns how many requests were counted. Each chunk is a transaction; whatever does not fit into `seconds` is found
    by the next run.
    """
    cache.delete(WOKEN)
    today = today or timezone.localdate()
    until = time.monotonic() + seconds
    _drop_what_has_enough()
    ids = list(_due(today))
    if not ids:
        return 0
    world = World(today=today)
    activities = load_activities(world, kept=True).columns
    counted = 0
    for start in range(0, len(ids), REQUESTS_PER_CHUNK):
        if time.monotonic() > until:
            break
        counted += _count_chunk(ids[start : start + REQUESTS_PER_CHUNK], world, activities)
    return counted


def _due(today: dt.date, ids: Sequence[int] | None = None) -> dict[int, tuple[int, int]]:
    """The requests with few matches that are not counted as they are now: their version and number of matches.

    With `ids` only of these.
    """
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"few": FEW, "today": today, "ids": None if ids is None else list(ids)})
        return {pk: (version, matches) for pk, version, matches in cursor.fetchall()}


# A list that is full, and all of it put before people, is long enough: only the others are counted. Another day is
# counted anew, since days change what fits.
DUE = """
    WITH perhaps AS MATERIALIZED (
        SELECT request_id FROM matches_askedrow WHERE live AND edge_score IS NULL
        UNION SELECT request_id FROM matches_match WHERE state = 'open' AND placed_at IS NULL
    )
    SELECT request.id, request.version, few.matches
    FROM perhaps JOIN requests_request AS request ON request.id = perhaps.request_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS matches FROM (
            SELECT FROM matches_match AS match
            WHERE match.request_id = request.id AND match.state = 'open' AND match.placed_at IS NOT NULL LIMIT %(few)s
        ) AS placed
    ) AS few
    LEFT JOIN matches_lack AS lack ON lack.request_id = request.id
    WHERE request.status = 'open' AND request.version = request.matched_version AND few.matches < %(few)s
        AND (lack.version, lack.day, lack.matches) IS DISTINCT FROM (request.version, %(today)s::date, few.matches)
        AND (%(ids)s::bigint[] IS NULL OR request.id = ANY(%(ids)s::bigint[]))
    ORDER BY request.id
"""


@transaction.atomic
def _drop_what_has_enough() -> None:
    is_placed = Q(request__matches__state=Match.State.OPEN, request__matches__placed_at__isnull=False)
    placed = Count("request__matches", filter=is_placed)
    has_enough = Lack.objects.annotate(placed=placed).filter(placed__gte=FEW)
    closed = Lack.objects.exclude(request__status=Request.Status.OPEN)
    gone = [*has_enough.values_list("pk", flat=True), *closed.values_list("pk", flat=True)]
    Missed.objects.filter(request__in=gone).delete()
    Lack.objects.filter(pk__in=gone).delete()


@transaction.atomic
def _count_chunk(ids: Sequence[int], world: World, activities: ActivityColumns) -> int:
    _lock()
    # Another worker may have been here while this one waited for the lock.
    due = _due(world.today, ids)
    rows = request_rows(Request.objects.filter(pk__in=due), world)
    terms = _terms(world, due)
    Missed.objects.filter(request__in=due).delete()
    misses = [(row.id, miss) for row in rows for miss in near_misses(row, activities, terms)]
    Missed.objects.bulk_create(missed for pk, miss in misses for missed in _missed(pk, miss, world))
    Lack.objects.bulk_create(
        [
            Lack(request_id=pk, version=version, day=world.today, matches=placed)
            for pk, (version, placed) in due.items()
        ],
        update_conflicts=True,
        unique_fields=["request"],
        update_fields=["version", "day", "matches"],
    )
    return len(due)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def _missed(request_id: int, miss: NearMiss, world: World) -> list[Missed]:
    """One row per way in which the request could give way on this rule; one without a way when there is none."""
    if not miss.loosenings:
        return [Missed(request_id=request_id, rule=miss.rule, count=miss.count)]
    return [
        Missed(
            request_id=request_id,
            rule=miss.rule,
            count=miss.count,
            field=each.field,
            value=in_site_words(each.field, each.value, world),
            size=each.size,
            unit=each.unit,
            gained=each.gained,
        )
        for each in miss.loosenings
    ]


def in_site_words(field: str, value: Any, world: World) -> Any:
    """A value of the engine as the site and JSON keep it: codes in order, euros, days as they are written."""
    if field == "themes":
        return sorted(world.themes.code(number) for number in value)
    if field == "kinds":
        return sorted(world.kinds.in_mask(value))
    if field == "delivery":
        return [way.value for way, bit in DELIVERIES.items() if value & bit]
    if field == "max_cost":
        return value / 100
    return value.isoformat() if isinstance(value, dt.date) else value
