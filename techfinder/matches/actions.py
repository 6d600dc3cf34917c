"""Every write of matches. The pairs, who is to be told and the instant mails are one transaction.

One advisory lock holds all matching: a run reads both sides after it has the lock, so that the later of two runs
sees what the earlier wrote, and a pair is never left as an older version had it.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matching import ActivityColumns, RequestColumns, Terms, describe, iter_all
from matching import match_activity as engine_match_activity
from matching import match_request as engine_match_request
from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.mail.models import Heartbeat
from techfinder.matches import telling
from techfinder.matches.columns import (
    World,
    activities_worth_a_look,
    activity_rows,
    request_rows,
    requests_worth_a_look,
)
from techfinder.matches.models import Match
from techfinder.matches.pairs import STORED_PER_REQUEST, Stored, found, rerank, store
from techfinder.requests.actions import close_past
from techfinder.requests.models import Request

LOCK = 0x7EC4F1  # the advisory lock of matching
REQUESTS_PER_CHUNK = 500
# From here on one run over everything is cheaper than one run each.
MANY = 100
NIGHTLY = "rematch"
# A sweep that takes longer leaves the rest to the next one.
SECONDS_PER_SWEEP = 60

Progress = Callable[[int], None]


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


# ------------------------------------------------------------------ one item


@transaction.atomic
def match_request(*, request_id: int, today: dt.date | None = None) -> Stored:
    """Match one request against all activities, and tell both sides what is new."""
    _lock()
    request = Request.objects.select_related("school").filter(pk=request_id).first()
    # What nobody confirmed is not there yet; confirming wakes this again.
    if request is None or request.status == Request.Status.UNCONFIRMED:
        return Stored()
    world = World(today=today)
    rows = request_rows(Request.objects.filter(pk=request_id), world)
    activities = activity_rows(activities_worth_a_look(request, world), world)
    terms = Terms(today=world.today, excluded=settled(Q(request_id=request_id)))
    pairs = engine_match_request(rows[0], ActivityColumns.from_rows(activities), terms)
    stored = store(found(pairs, world), scope=Match.objects.filter(request_id=request_id))
    rerank([request_id])
    _mark(Request.objects.filter(pk=request_id), request.version)
    if not request.quiet:
        telling.tell(match_ids=stored.arrived or [])
        telling.tell_of_nothing(request_id=request_id)
    _end_quiet(Request.objects.filter(pk=request_id))
    return stored


@transaction.atomic
def match_activity(*, activity_id: int, today: dt.date | None = None) -> Stored:
    """Match one activity against all requests, and tell both sides what is new."""
    _lock()
    activity = Activity.objects.filter(pk=activity_id).first()
    if activity is None:
        return Stored()
    world = World(today=today)
    rows = activity_rows(Activity.objects.filter(pk=activity_id), world)
    requests = request_rows(requests_worth_a_look(activity, world), world)
    terms = Terms(today=world.today, excluded=settled(Q(activity_id=activity_id)))
    pairs = engine_match_activity(rows[0], RequestColumns.from_rows(requests), terms)
    scope = Match.objects.filter(activity_id=activity_id)
    touched = {pair.request_id for pair in pairs} | set(scope.open().values_list("request_id", flat=True))
    stored = store(found(pairs, world), scope=scope)
    rerank(touched)
    _mark(Activity.objects.filter(pk=activity_id), activity.version)
    if not activity.quiet:
        telling.tell(match_ids=stored.arrived or [])
    _end_quiet(Activity.objects.filter(pk=activity_id))
    return stored


def settled(scope: Q) -> list[tuple[int, int]]:
    """The pairs that a person put aside: rule `pair`."""
    rows = Match.objects.filter(scope, state__in=Match.SETTLED)
    return list(rows.values_list("request_id", "activity_id"))


def _mark(rows: QuerySet[Request] | QuerySet[Activity], version: int) -> None:
    """The version that was read is done; one that was written meanwhile stays for the sweeper."""
    rows.filter(matched_version__lt=version).update(matched_version=version)


def _end_quiet(rows: QuerySet[Request] | QuerySet[Activity]) -> None:
    """It is the import that tells nobody, not the row: what comes to it after its first matching is told as ever."""
    rows.filter(quiet=True).update(quiet=False)


# ---------------------------------------------------------------- everything


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
    for ids in _chunks(list(_waiting_requests().values_list("pk", flat=True))):
        if time.monotonic() > until:
            break
        with _collector_at_rest():
            total.add(_rematch_chunk(ids, today=today))
        if progress:
            progress(len(ids))
    else:
        _end_quiet(Activity.objects.exclude(_unmatched()))
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


def _unmatched() -> Q:
    return Q(version__gt=F("matched_version"))


def _waiting_requests() -> QuerySet[Request]:
    return Request.objects.exclude(status=Request.Status.UNCONFIRMED).filter(_unmatched()).order_by("pk")


@transaction.atomic
def _list_what_is_to_be_matched(*, everything: bool) -> None:
    """One changed activity concerns every request that is open, or has open matches to close."""
    changed = list(Activity.objects.filter(_unmatched()).values_list("pk", "version"))
    if everything or changed:
        current = Q(status=Request.Status.OPEN) | Q(pk__in=Match.objects.open().values("request_id"))
        Request.objects.exclude(status=Request.Status.UNCONFIRMED).filter(current).update(matched_version=0)
    _mark_many(Activity.objects.all(), changed)


def _mark_many(rows: QuerySet[Request] | QuerySet[Activity], versions: Collection[tuple[int, int]]) -> None:
    by_version: dict[int, list[int]] = defaultdict(list)
    for pk, version in versions:
        by_version[version].append(pk)
    for version, ids in by_version.items():
        _mark(rows.filter(pk__in=ids), version)


def _chunks(ids: list[int]) -> list[list[int]]:
    return [ids[start : start + REQUESTS_PER_CHUNK] for start in range(0, len(ids), REQUESTS_PER_CHUNK)]


@transaction.atomic
def _rematch_chunk(ids: list[int], *, today: dt.date | None) -> Stored:
    _lock()
    # Another worker may have been here while this one waited for the lock.
    versions = list(_waiting_requests().filter(pk__in=ids).values_list("pk", "version"))
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
    telling.tell(match_ids=_not_quiet(stored.arrived or []))
    _end_quiet(Request.objects.filter(pk__in=ids))
    return stored


def _not_quiet(match_ids: Collection[int]) -> list[int]:
    """Without the pairs of which a side came in by an import that tells nobody."""
    rows = Match.objects.filter(pk__in=match_ids, request__quiet=False, activity__quiet=False)
    return list(rows.values_list("pk", flat=True))


# -------------------------------------------------------------------- sweeper


def sweep(*, today: dt.date | None = None) -> int:
    """Find what was committed and not yet matched, close what is past, once a day match everything anew.

    Returns how many items were matched.
    """
    today = today or timezone.localdate()
    close_past()
    request_ids = list(_waiting_requests().values_list("pk", flat=True)[: MANY + 1])
    activity_ids = _activities_to_match()
    if _night_has_passed(today) or len(request_ids) + len(activity_ids) > MANY:
        rematch(today=today, everything=_take_the_night(today), seconds=SECONDS_PER_SWEEP)
    else:
        _match_each(request_ids, activity_ids, today)
    return len(request_ids) + len(activity_ids)


def _activities_to_match() -> list[int]:
    """A draft that was never public waits for nothing."""
    with_matches = Match.objects.open().values("activity_id")
    due = Activity.objects.filter(_unmatched()).filter(
        Q(pk__in=with_matches) | Q(pk__in=Activity.objects.public().values("pk"))
    )
    return list(due.order_by("pk").values_list("pk", flat=True)[: MANY + 1])


def _match_each(request_ids: Collection[int], activity_ids: Collection[int], today: dt.date) -> None:
    for request_id in request_ids:
        match_request(request_id=request_id, today=today)
    for activity_id in activity_ids:
        match_activity(activity_id=activity_id, today=today)


def _night_has_passed(today: dt.date) -> bool:
    """Days pass: lead times and windows change what fits although nobody wrote anything."""
    last = Heartbeat.objects.filter(name=NIGHTLY).first()
    return last is None or timezone.localdate(last.at) < today


def _take_the_night(today: dt.date) -> bool:
    """Marked before the work, so that a night that fails does not come back every minute."""
    due = _night_has_passed(today)
    if due:
        Heartbeat.objects.update_or_create(name=NIGHTLY, defaults={"at": timezone.now()})
    return due


# --------------------------------------------------------------------- people


@transaction.atomic
def decline(*, match_id: int) -> bool:
    """The school says that this does not suit: the pair never comes back. False when it was settled already."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state in Match.SETTLED:
        return False
    match.state = Match.State.DECLINED
    match.save(update_fields=["state"])
    rerank([match.request_id])
    return True


@transaction.atomic
def ask(*, match_id: int) -> bool:
    """The school asks for this activity: its provider is mailed, once, and can answer the school directly."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state != Match.State.OPEN or match.asked_at:
        return False
    match.asked_at = timezone.now()
    match.save(update_fields=["asked_at"])
    telling.tell_of_asking(match_id=match_id)
    return True


@transaction.atomic
def offer(*, match_id: int, user_id: int) -> bool:
    """Somebody of the provider offers itself: the school is mailed, once, and can answer directly."""
    match = Match.objects.select_for_update().get(pk=match_id)
    if match.state != Match.State.OPEN or match.offered_at:
        return False
    match.offered_at = timezone.now()
    match.save(update_fields=["offered_at"])
    telling.tell_of_offering(match_id=match_id, user_id=user_id)
    return True


def wake_sweeper() -> None:
    """Look now instead of within a minute (after an import)."""
    wake("matches.sweep")
