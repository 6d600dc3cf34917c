"""The second half of a full rematch: what all shards found against what is stored.

Items that were matched by themselves since they were found are left alone, and those that meet them are matched again
when the run is over: all that single items touch during a run stays marked (`sides.write_edges`).
"""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from matching import Best, fingerprints, weigh
from matching.arrays import Bools, Ints, distinct
from techfinder.celery import wake
from techfinder.matches.actions.arriving import arrive, arrive_last, quiet_of
from techfinder.matches.models import Rematch, RematchShard
from techfinder.matches.pairs.findings import Findings, changed, put_together
from techfinder.matches.pairs.lists import Edges, K
from techfinder.matches.pairs.locks import alone, beside_others
from techfinder.matches.pairs.shards import check_run, hold
from techfinder.matches.pairs.sides import ACTIVITIES, REQUESTS, Side, mark, mark_stale, read_edges, write_edges
from techfinder.matches.pairs.spelling import Speller
from techfinder.matches.pairs.stored import (
    OPEN,
    SETTLED,
    Known,
    Stored,
    Wanted,
    close,
    difference,
    read_known,
    same,
    store,
)
from techfinder.matches.rows import Offered, World, load_activities, load_requests
from techfinder.matches.rows.binary import read_columns

# Single items wait while a part is stored: a second or two.
REQUESTS_PER_PART = 2048
State = RematchShard.State


def store_shard(shard: RematchShard) -> None:
    """Store the pairs of the shard's requests, part by part."""
    findings = read_findings(shard.rematch)
    own = Findings.from_bytes(shard.best).request_id
    offered = load_activities(World(today=shard.rematch.today))
    for start in range(0, len(own), REQUESTS_PER_PART):
        _store_part(shard, findings, own[start : start + REQUESTS_PER_PART], offered)
    with transaction.atomic():
        hold(shard, state=State.STORED, lease_until=None)


# Of the run that this process stored for last: each of its shards needs the same. By its start too, since a database
# that was put back counts its runs from an earlier number.
_kept: tuple[tuple[int, dt.datetime], Findings] | None = None


def read_findings(run: Rematch) -> Findings:
    """What all shards of a run found, put together; kept until the next run, as it does not change any more."""
    global _kept
    key = run.pk, run.started_at
    if _kept is None or _kept[0] != key:
        _kept = key, _put_together(run)
    return _kept[1]


def _put_together(run: Rematch) -> Findings:
    rows = run.shards.order_by("province").values_list("best", flat=True)
    return put_together([Findings.from_bytes(each) for each in rows])


@transaction.atomic
def _store_part(shard: RematchShard, findings: Findings, ids: Ints, offered: Offered) -> None:
    beside_others(shard.province)
    check_run(shard)
    part = _Part(shard, findings, ids, offered)
    stored = part.store()
    hold(
        shard,
        created=F("created") + stored.created,
        updated=F("updated") + stored.updated,
        reopened=F("reopened") + stored.reopened,
        closed=F("closed") + stored.closed,
    )
    arrive(stored, silent=quiet_of(stored.arrived), rest_later=True)


def read_versions(side: Side, ids: Ints | None = None) -> tuple[Ints, Ints]:
    """The ids, rising, and versions of the live rows, of all or of these."""
    where = "live" if ids is None else f"live AND {side.key} = ANY(%(ids)s::bigint[])"
    params = {} if ids is None else {"ids": ids.tolist()}
    found = read_columns({"id": (side.key, "i8"), "version": ("version", "i4")}, side.table, where, params)
    order = np.argsort(found["id"])
    return found["id"][order], found["version"][order].astype(np.int64)


class _Part:
    """Some requests of a shard: what was found and what is stored of them, and which items changed in between."""

    def __init__(self, shard: RematchShard, findings: Findings, ids: Ints, offered: Offered) -> None:
        self.world = World(today=shard.rematch.today)
        self.terms = self.world.terms()
        self.offered = offered
        self.requests = load_requests(self.world, ids=ids.tolist()).columns
        among = np.isin(findings.request_id, ids)
        then = findings.request_id[among], findings.request_version[among]
        self.newer_requests = changed(*read_versions(REQUESTS, ids), *then)
        self.newer_activities = np.union1d(
            changed(*read_versions(ACTIVITIES), findings.activity_id, findings.activity_version),
            changed(offered.columns.id, offered.version, findings.activity_id, findings.activity_version),
        )
        self.whole = np.setdiff1d(ids, self.newer_requests)
        self.version = then[1][np.isin(then[0], self.whole)]
        self.best: Best = findings.best.take(np.isin(findings.best.request_id, ids))
        self.known = read_known("request_id = ANY(%(ids)s::bigint[])", {"ids": ids.tolist()})

    def store(self) -> Stored:
        """Write what differs, the edges of the requests, and who is to be matched again."""
        alone_best, alone_known = self._newer(self.best), self._newer(self.known)
        wanted = self._wanted(self.best.take(~alone_best))
        known = self.known.take(~alone_known)
        refused = wanted.take(difference(wanted, known).refused)
        stored = store(wanted, known, Speller(self.requests, self.offered.columns, self.terms, self.world))
        self._write_edges()
        mark(REQUESTS, self.whole, self.version)
        opened = self.known.take(alone_known & (self.known.state == OPEN))
        for side in (REQUESTS, ACTIVITIES):
            pairs = (self.best.take(alone_best), opened, refused)
            mark_stale(side, distinct(np.concatenate([getattr(each, side.key) for each in pairs])).tolist())
        return stored

    def _newer(self, pairs: Best | Known) -> Bools:
        """Pairs with an item that was matched by itself since it was found."""
        return np.isin(pairs.request_id, self.newer_requests) | np.isin(pairs.activity_id, self.newer_activities)

    def _wanted(self, best: Best) -> Wanted:
        """The pairs to be stored, with those on which somebody acted."""
        acted = self.known.take(self.known.acted & (self.known.state != SETTLED))
        pairs = acted.take(~same(acted, self.best) & ~self._newer(acted))
        columns = self.requests, self.offered.columns
        more = weigh(*columns, self.terms, pairs.request_id, pairs.activity_id)
        prints = np.concatenate([best.fingerprint, fingerprints(*columns, self.terms, *more[:2])])
        request_id, activity_id, score = (
            np.concatenate([own, acted_on])
            for own, acted_on in zip((best.request_id, best.activity_id, best.score), more, strict=True)
        )
        return Wanted(request_id, activity_id, score, prints)

    def _write_edges(self) -> None:
        best = self.best.take(self.best.rank == K)
        write_differing(REQUESTS, self.whole, best.request_id, best.score, best.activity_id)


def write_differing(side: Side, items: Ints, group: Ints, score: Ints, other: Ints) -> None:
    """Write the edges of these items where they are not those: (group, score, other) for those that have one."""
    before = read_edges(side, items)
    after = Edges(before.id, np.isin(before.id, group), np.zeros_like(before.score), np.zeros_like(before.other))
    at = np.searchsorted(before.id, group)
    there = np.isin(group, before.id)
    after.score[at[there]], after.other[at[there]] = score[there], other[there]
    write_edges(side, after.take(after.differ(before)), lasting=True)


# -------------------------------------------------------------- the end


@transaction.atomic
def close_run(rematch_id: int) -> bool:
    """When all shards are stored: the edges of activities, what is to be matched again, and the places of providers.

    Once per run.
    """
    alone()
    run = Rematch.objects.select_for_update().get(pk=rematch_id)
    if run.state != Rematch.State.RUNNING or run.shards.exclude(state=State.STORED).exists():
        return False
    findings = read_findings(run)
    activities, requests = _finish_activities(findings), _finish_requests(findings)
    _finish_closed(run)
    run.shards.update(best=None)
    run.state, run.finished_at = Rematch.State.DONE, timezone.now()
    run.save(update_fields=["state", "finished_at"])
    wake("matches.sweep")
    arrive_last()
    ACTIVITIES.end_quiet(activities)
    REQUESTS.end_quiet(requests)
    return True


@transaction.atomic
def fail_run(rematch_id: int) -> None:
    """Give up a run that is going, so that it holds up nothing; another one starts from the beginning."""
    alone()
    run = Rematch.objects.select_for_update().get(pk=rematch_id)
    if run.state != Rematch.State.RUNNING:
        return
    if not run.shards.filter(state=State.WAITING).exists():
        # Some pairs may be stored, and the edges of activities are written at the end only.
        mark_stale(ACTIVITIES, read_versions(ACTIVITIES)[0].tolist())
    run.shards.update(best=None, lease_until=None)
    run.state, run.finished_at = Rematch.State.FAILED, timezone.now()
    run.save(update_fields=["state", "finished_at"])


def _finish_closed(run: Rematch) -> None:
    """What is not open is no shard's: its matches close, and it is done with."""
    dead = read_known(f"state = 'open' AND request_id IN ({NOT_LIVE.format(side=REQUESTS)})", {})
    close(dead.id.tolist())
    run.shards.filter(province="").update(closed=F("closed") + len(dead))
    with connection.cursor() as cursor:
        for side in (REQUESTS, ACTIVITIES):
            cursor.execute(DONE.format(side=side, items=side.items._meta.db_table))


NOT_LIVE = "SELECT {side.key} FROM {side.table} WHERE NOT live"
DONE = """
    UPDATE {items} AS item SET matched_version = row.version FROM {side.table} AS row
    WHERE row.{side.key} = item.id AND NOT row.live AND item.matched_version < row.version
"""


def _finish_requests(findings: Findings) -> list[int]:
    """Mark those that changed since they were found; the ids of the others."""
    newer = changed(*read_versions(REQUESTS), findings.request_id, findings.request_version)
    mark_stale(REQUESTS, newer.tolist())
    return np.setdiff1d(findings.request_id, newer).tolist()


def _finish_activities(findings: Findings) -> list[int]:
    """Write the edges of those that are as they were found, and mark the others; the ids of the first."""
    newer = changed(*read_versions(ACTIVITIES), findings.activity_id, findings.activity_version)
    mark_stale(ACTIVITIES, newer.tolist())
    same_still = ~np.isin(findings.activity_id, newer)
    ids = findings.activity_id[same_still]
    best = findings.best.take(findings.best.place == K)
    write_differing(ACTIVITIES, ids, best.activity_id, best.score, best.request_id)
    mark(ACTIVITIES, ids, findings.activity_version[same_still])
    return ids.tolist()
