"""What waits to be matched and nobody was woken for, and what comes with time."""

from __future__ import annotations

import datetime as dt
import logging
import math
import time
from collections.abc import Callable, Collection, Iterable
from functools import partial

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from techfinder.mail.models import Heartbeat
from techfinder.matches.actions.answers import release_places
from techfinder.matches.actions.matching import match_items
from techfinder.matches.actions.rematching import Progress, end_run, run_rematch, start_rematch, wake_shards
from techfinder.matches.actions.standstill import Notice
from techfinder.matches.actions.weighing import wake_previews
from techfinder.matches.models import Rematch, RematchCause
from techfinder.matches.pairs.locks import alone
from techfinder.matches.pairs.sides import ACTIVITIES, MOST, REQUESTS, Side, mark_stale
from techfinder.matches.pairs.stored import Stored
from techfinder.matches.telling.notifications import tell_waiting
from techfinder.requests.actions import close_past

Pick = Callable[[Side, Collection[int]], list[int]]

logger = logging.getLogger(__name__)

# From here on one run over everything is cheaper than matching what waits.
FLOOD = 5000
NIGHTLY = "rematch"
# A sweep that takes longer leaves the rest to the next one.
SECONDS_PER_SWEEP = 60


def rematch(
    *,
    today: dt.date | None = None,
    everything: bool = False,
    progress: Progress | None = None,
    seconds: float = math.inf,
    workers: bool = False,
    notice: Notice | None = None,
) -> Stored:
    """Match everything, or with `everything=False` what waits.

    What does not fit into `seconds` the sweeper goes on with. `notice` is told why nothing happens. RematchFailedError
    when a run over everything was given up.
    """
    until = time.monotonic() + seconds
    total = Stored()
    if everything or _is_flood():
        day = today or timezone.localdate()
        total.add(run_rematch(today=day, progress=progress, seconds=seconds, workers=workers, notice=notice))
    total.add(match_what_waits(today=today, until=until)[0])
    return total


def _is_flood() -> bool:
    """Whether so much waits that it is for a run over everything; after one that failed it is not."""
    last = Rematch.objects.first()
    if last and last.state == Rematch.State.FAILED:
        return False
    return any(side.waiting()[FLOOD : FLOOD + 1].exists() for side in (REQUESTS, ACTIVITIES))


def sweep(*, today: dt.date | None = None) -> int:
    """Find what was committed and not yet matched or told, close what is past, once a day match everything anew.

    Places that fell free with time are given too. Returns how many items were matched.
    """
    today = today or timezone.localdate()
    close_past()
    wake_previews()
    fill_places()
    _start_for_causes(today)
    is_flood = _is_flood()
    if _take_the_night(today) or is_flood:
        start_rematch(today=today)
    for run in Rematch.objects.filter(state=Rematch.State.RUNNING):
        if not end_run(run):
            wake_shards(run)
    until = time.monotonic() + SECONDS_PER_SWEEP
    matched = 0 if is_flood else match_what_waits(today=today, until=until)[1]
    release_places()
    tell_waiting()
    return matched


@transaction.atomic
def fill_places() -> int:
    """A pair that a person put aside has left a place in two lists: both items are to be matched again."""
    alone()
    with connection.cursor() as cursor:
        cursor.execute(PLACES_LEFT)
        pairs = cursor.fetchall()
    for side, ids in zip((REQUESTS, ACTIVITIES), zip(*pairs, strict=True), strict=False):
        mark_stale(side, set(ids))
    return len(pairs)


PLACES_LEFT = """
    UPDATE matches_match SET place_filled = true
    WHERE state IN ('declined', 'withdrawn', 'hidden') AND NOT place_filled
    RETURNING request_id, activity_id
"""


# ------------------------------------------------------------ what waits


def match_stale() -> int:
    """Match what lost a pair and does not know its next best. Returns how many items were matched."""
    until = time.monotonic() + SECONDS_PER_SWEEP
    return _match(((REQUESTS, _stale), (ACTIVITIES, _stale)), today=None, until=until)[1]


def match_what_waits(*, today: dt.date | None, until: float) -> tuple[Stored, int]:
    """Match what has a newer version, then what lost a pair, some together; what changed, and how many were matched."""
    picks = (REQUESTS, _newer), (ACTIVITIES, _newer), (REQUESTS, _stale), (ACTIVITIES, _stale)
    return _match(picks, today=today, until=until)


def _match(picks: Iterable[tuple[Side, Pick]], *, today: dt.date | None, until: float) -> tuple[Stored, int]:
    total, count = Stored(), 0
    for side, pick in picks:
        failed: set[int] = set()
        while time.monotonic() < until and (ids := pick(side, failed)):
            stored, done = _match_some(side, ids, today, failed)
            total.add(stored)
            count += done
    return total, count


def _newer(side: Side, failed: Collection[int]) -> list[int]:
    return _some(side.waiting().exclude(pk__in=failed))


def _stale(side: Side, failed: Collection[int]) -> list[int]:
    """While a full rematch is going these wait for its end: they would only be marked again."""
    if Rematch.objects.filter(state=Rematch.State.RUNNING).exists():
        return []
    return _some(side.rows._default_manager.filter(stale=True).exclude(pk__in=failed))


def _some(items: QuerySet) -> list[int]:  # type: ignore[type-arg]  # of either side, or of its rows
    return list(items.order_by("pk").values_list("pk", flat=True)[:MOST])


def _match_some(side: Side, ids: list[int], today: dt.date | None, failed: set[int]) -> tuple[Stored, int]:
    """Together; when that fails one by one, so that one that cannot be matched keeps no other from it."""
    match = partial(match_items, side, today=today)
    try:
        return match(ids), len(ids)
    except Exception:
        if len(ids) == 1:
            logger.exception("cannot match %s %s", side.items._meta.label, ids[0])
            failed.update(ids)
            return Stored(), 0
    total, count = Stored(), 0
    for pk in ids:
        stored, done = _match_some(side, [pk], today, failed)
        total.add(stored)
        count += done
    return total, count


# ------------------------------------------------------------- a full rematch


@transaction.atomic
def _start_for_causes(today: dt.date) -> None:
    """Match everything anew for what changed beneath many items.

    A run that is going may have read what was before: the causes wait for its end, and then one run answers them all.
    """
    causes = list(RematchCause.objects.values_list("pk", flat=True))
    if causes and not Rematch.objects.filter(state=Rematch.State.RUNNING).exists():
        start_rematch(today=today)
        RematchCause.objects.filter(pk__in=causes).delete()


# ---------------------------------------------------------------- the night


def _take_the_night(today: dt.date) -> bool:
    """Days pass: lead times and windows change what fits although nobody wrote anything. True once a day.

    Marked before the work, so that a night that fails does not come back every minute.
    """
    last = Heartbeat.objects.filter(name=NIGHTLY).first()
    due = last is None or timezone.localdate(last.at) < today
    if due:
        Heartbeat.objects.update_or_create(name=NIGHTLY, defaults={"at": timezone.now()})
    return due
