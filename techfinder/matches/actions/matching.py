"""Matching of one item, or of some. The pairs, and who is to be told of them, are one transaction.

One advisory lock holds all matching: a run reads both sides after it has the lock, so that the later of two runs
sees what the earlier wrote, and a pair is never left as an older version had it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import transaction

from techfinder.celery import wake
from techfinder.matches.actions.arriving import arrive
from techfinder.matches.models import Match
from techfinder.matches.pairs.locks import alone, alone_for_few, plan_for_many
from techfinder.matches.pairs.sides import ACTIVITIES, REQUESTS, Side, first_waiting, load, mark, mark_served, other
from techfinder.matches.pairs.stored import Stored
from techfinder.matches.pairs.work import Work
from techfinder.matches.rows import World
from techfinder.matches.telling.notifications import note_nothing
from techfinder.requests.models import Request

# From here on waiting items are matched together.
MANY = 20
# What waits on the other side is read as it is now, as long as it is no flood.
FRESH = 200


def match_request(*, request_id: int, today: dt.date | None = None) -> Stored:
    """Match one request against all activities, and tell both sides what is new."""
    return match_items(REQUESTS, [request_id], today=today)


def match_activity(*, activity_id: int, today: dt.date | None = None) -> Stored:
    """Match one activity against all requests, and tell both sides what is new."""
    return match_items(ACTIVITIES, [activity_id], today=today)


def match_waiting_request(*, request_id: int) -> Stored:
    """Match a request that may have been matched meanwhile; of many that wait, some together."""
    return _match_waiting(REQUESTS, request_id)


def match_waiting_activity(*, activity_id: int) -> Stored:
    """Match an activity that may have been matched meanwhile; of many that wait, some together."""
    return _match_waiting(ACTIVITIES, activity_id)


@transaction.atomic
def _match_waiting(side: Side, item_id: int) -> Stored:
    alone_for_few()
    waiting = first_waiting(side)
    if len(waiting) > MANY:
        plan_for_many()
        return _match(side, waiting, None)
    if item_id in waiting:
        return _match(side, {item_id: waiting[item_id]}, None)
    return _match(side, _confirmed(side, [item_id]), None) if is_stale(side, item_id) else Stored()


def is_stale(side: Side, item_id: int) -> bool:
    """Whether the next best of an item is not known."""
    return side.rows._default_manager.filter(pk=item_id, stale=True).exists()


@transaction.atomic
def match_items(side: Side, ids: Collection[int], *, today: dt.date | None = None) -> Stored:
    """Match these items anew against the whole other side, as both are now."""
    (alone if len(ids) > MANY else alone_for_few)()
    return _match(side, _confirmed(side, ids), today)


def _match(side: Side, there: dict[int, bool], today: dt.date | None) -> Stored:
    """`match_items`, for who holds the lock of matching. `there`: by id rising, whether it is told to nobody."""
    if not there:
        return Stored()
    world = World(today=today)
    side.refresh(list(there), world)
    across = other(side)
    across.refresh(list(first_waiting(across))[:FRESH], world)
    table = load(side, list(there), world)
    work = Work(side, table, world)
    stored = work.store()
    if work.unsure:
        wake("matches.match_stale")
    mark(side, table.mine.columns.id, table.mine.version)
    quiet = [pk for pk, is_quiet in there.items() if is_quiet]
    if quiet:
        side.end_quiet(quiet)
    placed = arrive(stored, silent=_of(side, quiet, stored.arrived))
    if side.is_requests:
        mark_served(table.mine, world)
        # What arrived is of the one request that is matched: with a match before it there is nothing to ask.
        if len(there) > 1 or set(placed).isdisjoint(stored.arrived):
            note_nothing(set(there) - set(quiet))
    return stored


def _confirmed(side: Side, ids: Collection[int]) -> dict[int, bool]:
    """Which of these are there to be matched, rising, and whether an import brought them that tells nobody."""
    rows = side.items._default_manager.filter(pk__in=ids)
    if side.is_requests:
        rows = rows.exclude(status=Request.Status.UNCONFIRMED)
    return dict(rows.order_by("pk").values_list("pk", "quiet"))


def _of(side: Side, item_ids: Collection[int], match_ids: Collection[int]) -> set[int]:
    """Those of the matches that are of these items."""
    if not (match_ids and item_ids):
        return set()
    rows = Match.objects.filter(pk__in=match_ids, **{f"{side.key}__in": item_ids})
    return set(rows.values_list("pk", flat=True))
