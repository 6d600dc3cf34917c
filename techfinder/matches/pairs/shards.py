"""The hold that a worker has on a shard of a full rematch."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from techfinder.matches.fairness.weights import current_weight_set
from techfinder.matches.models import Rematch, RematchShard

# Renewed at every part of the work; a worker that died is waited for so long.
LEASE = dt.timedelta(seconds=120)


class LostShardError(Exception):
    """Somebody else has the shard: ours ran out, or the run is over."""


class OvertakenError(Exception):
    """Other weights are in force than those of the run."""


class RematchFailedError(Exception):
    """The run was given up; the message says of which day it was."""


def hold(shard: RematchShard, **changes: Any) -> None:
    """Renew the lease, and write the changes, in the caller's transaction; LostShardError when it is not ours."""
    own = RematchShard.objects.filter(pk=shard.pk, attempts=shard.attempts, state=shard.state)
    if not own.update(**{"lease_until": timezone.now() + LEASE, **changes}):
        raise LostShardError


def check_run(shard: RematchShard) -> None:
    """Hold the run as it is until the transaction ends; OvertakenError or LostShardError when it is not going."""
    run = Rematch.objects.select_for_update(of=("self",), no_key=True).get(pk=shard.rematch_id)
    if run.state != Rematch.State.RUNNING:
        raise LostShardError
    weights = current_weight_set()
    if run.weights_id != (weights.pk if weights else None):
        raise OvertakenError
