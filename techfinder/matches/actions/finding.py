"""The first half of a full rematch: the best pairs of a shard's requests, put by until all shards are found."""

from __future__ import annotations

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
    parts = []
    for requests in _parts(asked.columns):
        parts.append(best_pairs(requests, offered.columns, world.terms(_settled(shard)), best=K))
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
        world = World(today=run.today)
        refresh_activities(None, world)
        refresh_requests(None, world)
        run.prepared_at = timezone.now()
        run.save(update_fields=["prepared_at"])


def _parts(requests: RequestColumns) -> Iterator[RequestColumns]:
    for start in range(0, len(requests), REQUESTS_PER_PART):
        yield requests.take(slice(start, start + REQUESTS_PER_PART))


def _settled(shard: RematchShard) -> list[tuple[int, int]]:
    """The pairs that a person put aside: rule `pair`."""
    rows = Match.objects.filter(state__in=Match.SETTLED)
    return list(rows.values_list("request_id", "activity_id"))


def _put_by(shard: RematchShard, best: Best, asked: Asked, offered: Offered) -> None:
    findings = Findings(best, asked.columns.id, asked.version, offered.columns.id, offered.version)
    with transaction.atomic():
        check_run(shard)
        hold(shard, state=RematchShard.State.FOUND, best=findings.to_bytes(), lease_until=None)
