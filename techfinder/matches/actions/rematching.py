"""Matching of everything in shards: the requests of one province each, taken by any number of workers.

A shard is found, and when all are, stored; what was found waits in its row. A shard is held by a lease that is renewed
while it is worked on, and each claim raises `attempts`: who was taken for dead and is not finds that it is no longer
its shard, and writes nothing. Everything may be done twice; the second time there is nothing left to write.

What cannot be done is tried a few times, and then the run has failed: it must not hold up what comes after it.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils import timezone

from techfinder.celery import wake
from techfinder.matches.actions.finding import find_shard
from techfinder.matches.actions.standstill import Notice, Standstill
from techfinder.matches.actions.storing import close_run, fail_run, store_shard
from techfinder.matches.fairness.weights import current_weight_set
from techfinder.matches.models import Rematch, RematchShard
from techfinder.matches.pairs.shards import LEASE, LostShardError, OvertakenError, RematchFailedError
from techfinder.matches.pairs.stored import Stored
from techfinder.matches.rows import SHARDS

Progress = Callable[[int], None]
State = RematchShard.State

logger = logging.getLogger(__name__)

# So often a shard is taken, for both halves together, until its run is given up.
MOST_CLAIMS = 5
# How often one who waits for others looks whether they are done.
LOOK = 0.3


# ------------------------------------------------------------ starting


@transaction.atomic
def start_rematch(*, today: dt.date | None = None, workers: bool = True) -> Rematch:
    """The full rematch that is going, or a new one; one under weights that are no longer in force is overtaken.

    With `workers` they are woken for its shards.
    """
    going = Rematch.objects.select_for_update().filter(state=Rematch.State.RUNNING).first()
    weights = current_weight_set()
    if going and going.weights_id != (weights.pk if weights else None):
        _overtake(going)
        going = None
    run = going or _create(today or timezone.localdate(), weights)
    if workers:
        wake_shards(run)
    return run


def _overtake(run: Rematch) -> None:
    run.state, run.finished_at = Rematch.State.OVERTAKEN, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    run.shards.update(best=None)


def _create(today: dt.date, weights: Any) -> Rematch:
    try:
        with transaction.atomic():
            run = Rematch.objects.create(today=today, weights=weights)
            RematchShard.objects.bulk_create(RematchShard(rematch=run, province=code) for code in SHARDS)
            return run
    except IntegrityError:  # somebody started one in this moment
        return Rematch.objects.get(state=Rematch.State.RUNNING)


def wake_shards(run: Rematch) -> int:
    """Wake workers for the shards that nobody works on; returns how many."""
    ids = list(_claimable().filter(rematch=run).values_list("pk", flat=True))
    for shard_id in ids:
        wake("matches.rematch_shard", shard_id)
    return len(ids)


# ------------------------------------------------------------- one shard


def _claimable() -> QuerySet[RematchShard]:
    """Shards of the run that is going with something to do now, on which nobody works."""
    waiting = RematchShard.objects.filter(rematch=OuterRef("rematch"), state=State.WAITING)
    return RematchShard.objects.filter(
        Q(lease_until=None) | Q(lease_until__lt=timezone.now()),
        Q(state=State.WAITING) | (Q(state=State.FOUND) & ~Exists(waiting)),
        rematch__state=Rematch.State.RUNNING,
    )


def _claim(shard_id: int) -> RematchShard | None:
    """Hold the shard until the lease runs out, if it is free."""
    with transaction.atomic():
        free = _claimable().filter(pk=shard_id).select_for_update(skip_locked=True, of=("self",)).first()
        if free is None:
            return None
        free.attempts, free.lease_until = free.attempts + 1, timezone.now() + LEASE
        free.save(update_fields=["attempts", "lease_until"])
        return free


def rematch_shard(*, shard_id: int, progress: Progress | None = None, workers: bool = True) -> bool:
    """Do what is to be done for a shard now: find its pairs, or store them. False when there is nothing to do.

    With `workers` they are woken for what comes next.
    """
    shard = _claim(shard_id)
    if shard is None:
        return False
    try:
        _do(shard, progress)
    except LostShardError:
        return False
    except OvertakenError:
        start_rematch(workers=workers)
    except Exception:
        logger.exception("%s cannot be matched (attempt %s)", shard, shard.attempts)
        _give_back(shard)
    else:
        _go_on(shard.rematch, workers)
    return True


def _do(shard: RematchShard, progress: Progress | None) -> None:
    if shard.attempts > MOST_CLAIMS:  # whoever had it was killed each time
        logger.error("%s was taken %s times and never finished", shard, shard.attempts - 1)
        fail_run(shard.rematch_id)
    elif shard.state == State.WAITING:
        find_shard(shard, progress=progress)
    else:
        store_shard(shard)


def _give_back(shard: RematchShard) -> None:
    """For another attempt, or none: then the run has failed."""
    if shard.attempts >= MOST_CLAIMS:
        fail_run(shard.rematch_id)
    else:
        RematchShard.objects.filter(pk=shard.pk, attempts=shard.attempts).update(lease_until=None)


def _go_on(run: Rematch, workers: bool) -> None:
    """Close the run when all is stored; else wake workers once all is found."""
    left = set(run.shards.exclude(state=State.STORED).values_list("state", flat=True))
    if not left:
        end_run(run)
    elif workers and left == {State.FOUND}:
        wake_shards(run)


def end_run(run: Rematch) -> bool:
    """Close the run when all is stored, or give it up when that cannot be done. False when it was not to be closed."""
    try:
        return close_run(run.pk)
    except Exception:
        logger.exception("the full rematch %s cannot be closed", run)
        fail_run(run.pk)
        return True


# ------------------------------------------------------------- the whole


def run_rematch(
    *,
    today: dt.date,
    progress: Progress | None = None,
    seconds: float,
    workers: bool = False,
    notice: Notice | None = None,
) -> Stored:
    """Match everything for the day, in this process or by `workers`; what already goes on is joined, and reported.

    A run for another day is finished first. `notice` is told, once each, why nothing happens for some seconds.
    RematchFailedError when the run was given up.
    """
    until = time.monotonic() + seconds
    while True:
        run = start_rematch(today=today, workers=workers)
        standstill = Standstill(run, notice)
        while _is_going(run) and time.monotonic() < until:
            if workers or not _next_shard(run, progress):
                standstill.look()
                time.sleep(LOOK)
        if run.today == today and run.state == Rematch.State.FAILED:
            raise RematchFailedError(f"The full rematch for {today} failed: the log says why.")
        if (run.today == today and run.state != Rematch.State.OVERTAKEN) or time.monotonic() >= until:
            return report(run)


def _is_going(run: Rematch) -> bool:
    run.refresh_from_db()
    return run.state == Rematch.State.RUNNING


def _next_shard(run: Rematch, progress: Progress | None) -> bool:
    """Do a step of the run; False when all that is left is in other hands."""
    for shard_id in _claimable().filter(rematch=run).values_list("pk", flat=True):
        if rematch_shard(shard_id=shard_id, progress=progress, workers=False):
            return True
    return end_run(run)


def report(run: Rematch) -> Stored:
    """What a run changed up to now."""
    names = ("created", "updated", "reopened", "closed")
    sums = run.shards.aggregate(**{name: Sum(name) for name in names})
    created, updated, reopened, closed = (int(sums[name] or 0) for name in names)
    return Stored(created, updated, reopened, closed)
