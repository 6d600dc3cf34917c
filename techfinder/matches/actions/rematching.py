"""Matching of everything, or of all that changed."""

from __future__ import annotations

import datetime as dt
import gc
import math
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.models import F, Q, QuerySet

from matching import ActivityColumns, RequestColumns, Terms, describe, iter_all
from techfinder.activities.models import Activity
from techfinder.matches import telling
from techfinder.matches.actions.matching import end_quiet, lock, mark, settled
from techfinder.matches.columns import World, activity_rows, request_rows
from techfinder.matches.models import Match
from techfinder.matches.pairs import STORED_PER_REQUEST, Stored, found, rerank, store
from techfinder.matches.placing import place
from techfinder.requests.models import Request

REQUESTS_PER_CHUNK = 500

Progress = Callable[[int], None]


def rematch(
    *,
    today: dt.date | None = None,
    everything: bool = False,
    progress: Progress | None = None,
    seconds: float = math.inf,
) -> Stored:
    """Match all requests, or with `everything=False` what changed since it was matched, by runs over many.

    What is to be done is rows (`matched_version`), and each chunk is a transaction: whatever is cut off, or does not
    fit into `seconds`, the sweeper goes on with.
    """
    until = time.monotonic() + seconds
    total = Stored(arrived=[])
    _list_what_is_to_be_matched(everything=everything)
    for ids in _chunks(list(waiting_requests().values_list("pk", flat=True))):
        if time.monotonic() > until:
            break
        with _collector_at_rest():
            total.add(_rematch_chunk(ids, today=today))
        if progress:
            progress(len(ids))
    else:
        end_quiet(Activity.objects.exclude(unmatched()))
    return total


@contextmanager
def _collector_at_rest() -> Iterator[None]:
    """Without looking for cycles among a chunk's millions of small lists, which took two thirds of a rematch."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def unmatched() -> Q:
    return Q(version__gt=F("matched_version"))


def waiting_requests() -> QuerySet[Request]:
    return Request.objects.exclude(status=Request.Status.UNCONFIRMED).filter(unmatched()).order_by("pk")


@transaction.atomic
def _list_what_is_to_be_matched(*, everything: bool) -> None:
    """One changed activity concerns every request that is open, or has open matches to close."""
    changed = list(Activity.objects.filter(unmatched()).values_list("pk", "version"))
    if everything or changed:
        current = Q(status=Request.Status.OPEN) | Q(pk__in=Match.objects.open().values("request_id"))
        Request.objects.exclude(status=Request.Status.UNCONFIRMED).filter(current).update(matched_version=0)
    _mark_many(Activity.objects.all(), changed)


def _mark_many(rows: QuerySet[Request] | QuerySet[Activity], versions: Collection[tuple[int, int]]) -> None:
    by_version: dict[int, list[int]] = defaultdict(list)
    for pk, version in versions:
        by_version[version].append(pk)
    for version, ids in by_version.items():
        mark(rows.filter(pk__in=ids), version)


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + REQUESTS_PER_CHUNK] for start in range(0, len(ids), REQUESTS_PER_CHUNK)]


@transaction.atomic
def _rematch_chunk(ids: list[int], *, today: dt.date | None) -> Stored:
    lock()
    # Another worker may have been here while this one waited for the lock.
    versions = list(waiting_requests().filter(pk__in=ids).values_list("pk", "version"))
    if not versions:
        return Stored()
    ids = [pk for pk, _version in versions]
    world = World(today=today)
    activities = ActivityColumns.from_rows(activity_rows(Activity.objects.public(), world))
    requests = RequestColumns.from_rows(request_rows(Request.objects.filter(pk__in=ids), world))
    terms = Terms(today=world.today, excluded=settled(Q(request_id__in=ids)))
    pairs = [
        pair
        for part in iter_all(requests, activities, terms, top=STORED_PER_REQUEST)
        for pair in describe(requests, activities, terms, part)
    ]
    stored = store(found(pairs, world), scope=Match.objects.filter(request_id__in=ids))
    rerank(ids)
    _mark_many(Request.objects.all(), versions)
    telling.note(_not_quiet(place(match_ids=stored.arrived or [])))
    end_quiet(Request.objects.filter(pk__in=ids))
    return stored


def _not_quiet(match_ids: Collection[int]) -> list[int]:
    """Without the pairs of which a side came in by an import that tells nobody."""
    rows = Match.objects.filter(pk__in=match_ids, request__quiet=False, activity__quiet=False)
    return list(rows.values_list("pk", flat=True))
