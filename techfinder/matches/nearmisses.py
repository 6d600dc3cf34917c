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
from django.db.models import Count, F, Q, QuerySet
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
    settled = Match.objects.filter(request__in=request_ids, state__in=Match.SETTLED)
    excluded = list(settled.order_by().values_list("request_id", "activity_id"))
    return world.terms(excluded)


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
    ids = list(_due(today).order_by("pk").values_list("pk", flat=True))
    world = World(today=today)
    activities = load_activities(world, kept=True).columns if ids else None
    counted = 0
    for start in range(0, len(ids), REQUESTS_PER_CHUNK):
        if activities is None or time.monotonic() > until:
            break
        counted += _count_chunk(ids[start : start + REQUESTS_PER_CHUNK], world, activities)
    return counted


def scarce_requests() -> QuerySet[Request]:
    """Open requests that are matched, with fewer than three matches put before them: how many as `placed`."""
    placed = Count("matches", filter=Q(matches__state=Match.State.OPEN, matches__placed_at__isnull=False))
    matched = Request.objects.open().filter(matched_version=F("version"))
    return matched.annotate(placed=placed).filter(placed__lt=FEW)


def _due(today: dt.date) -> QuerySet[Request]:
    """Those that are not counted as they are now, or not today: days change what fits."""
    as_it_is = Q(lack__version=F("version"), lack__day=today, lack__matches=F("placed"))
    return scarce_requests().filter(Q(lack=None) | ~as_it_is)


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
    due = {request.pk: request for request in _due(world.today).filter(pk__in=ids)}
    rows = request_rows(Request.objects.filter(pk__in=due), world)
    terms = _terms(world, due)
    Missed.objects.filter(request__in=due).delete()
    misses = [(row.id, miss) for row in rows for miss in near_misses(row, activities, terms)]
    Missed.objects.bulk_create(missed for pk, miss in misses for missed in _missed(pk, miss, world))
    Lack.objects.bulk_create(
        [
            Lack(request=request, version=request.version, day=world.today, matches=request.placed)  # type: ignore[attr-defined]
            for request in due.values()
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
