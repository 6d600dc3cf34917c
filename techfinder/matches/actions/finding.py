"""The first half of a full rematch: the best pairs of a shard's requests, put by until all shards are found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

from django.db import transaction
from django.utils import timezone

from matching import Best, RequestColumns, best_pairs, combine
from techfinder.matches.models import Match, Rematch, RematchShard
from techfinder.matches.pairs.findings import Findings
from techfinder.matches.pairs.lists import K
from techfinder.matches.pairs.locks import alone
from techfinder.matches.pairs.shards import check_run, hold
from techfinder.matches.rows import (
    Asked,
    Offered,
    World,
    load_activities,
    load_requests,
    refresh_activities,
    refresh_requests,
)

# After so many requests the lease is renewed.
REQUESTS_PER_PART = 8192
Progress = Callable[[int], None]


def find_shard(shard: RematchShard, *, progress: Progress | None = None) -> None:
    """Find the best pairs of the shard's requests, and put them by."""
    run = shard.rematch
    _prepare(shard)
    hold(shard)
    world = World(today=run.today)
    asked, offered = load_requests(world, province=shard.province), load_activities(world)
    terms = world.terms(Match.objects.settled_pairs())
    parts = []
    for requests in _parts(asked.columns):
        parts.append(best_pairs(requests, offered.columns, terms, best=K))
        hold(shard)
        if progress:
            progress(len(requests))
    _put_by(shard, combine(parts, best=K), asked, offered)


def _prepare(shard: RematchShard) -> None:
    """Once per run: make all rows as the items are now, also where no version says that they changed."""
    with transaction.atomic():
        alone()
        check_run(shard)
        run = Rematch.objects.get(pk=shard.rematch_id)
        if run.prepared_at:
            return
        _refresh(World(today=run.today))
        run.prepared_at = timezone.now()
        run.save(update_fields=["prepared_at"])


@transaction.atomic
def refresh_rows(*, today: dt.date | None = None) -> None:
    """Make the engine's rows of all items as the items are now, and match nothing."""
    alone()
    _refresh(World(today=today))


def _refresh(world: World) -> None:
    refresh_activities(None, world)
    refresh_requests(None, world)


def _parts(requests: RequestColumns) -> Iterator[RequestColumns]:
    for start in range(0, len(requests), REQUESTS_PER_PART):
        yield requests.take(slice(start, start + REQUESTS_PER_PART))


def _put_by(shard: RematchShard, best: Best, asked: Asked, offered: Offered) -> None:
    findings = Findings(best, asked.columns.id, asked.version, offered.columns.id, offered.version)
    with transaction.atomic():
        check_run(shard)
        hold(shard, state=RematchShard.State.FOUND, best=findings.to_bytes(), lease_until=None)
