"""Matching of one item. The pairs, who is to be told and the instant mails are one transaction.

One advisory lock holds all matching: a run reads both sides after it has the lock, so that the later of two runs
sees what the earlier wrote, and a pair is never left as an older version had it.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from matching import ActivityColumns, RequestColumns, Terms
from matching import match_activity as engine_match_activity
from matching import match_request as engine_match_request
from techfinder.activities.models import Activity
from techfinder.matches import telling
from techfinder.matches.columns import (
    World,
    activities_worth_a_look,
    activity_rows,
    request_rows,
    requests_worth_a_look,
)
from techfinder.matches.models import Match
from techfinder.matches.pairs import Stored, found, rerank, store
from techfinder.matches.placing import place
from techfinder.requests.models import Request

LOCK = 0x7EC4F1  # the advisory lock of matching


def lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@transaction.atomic
def match_request(*, request_id: int, today: dt.date | None = None) -> Stored:
    """Match one request against all activities, and tell both sides what is new."""
    lock()
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
    mark(Request.objects.filter(pk=request_id), request.version)
    telling.note(newly_placed(stored, quiet=request.quiet))
    if not request.quiet:
        telling.note_nothing([request_id])
    end_quiet(Request.objects.filter(pk=request_id))
    return stored


@transaction.atomic
def match_activity(*, activity_id: int, today: dt.date | None = None) -> Stored:
    """Match one activity against all requests, and tell both sides what is new."""
    lock()
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
    mark(Activity.objects.filter(pk=activity_id), activity.version)
    telling.note(newly_placed(stored, quiet=activity.quiet))
    end_quiet(Activity.objects.filter(pk=activity_id))
    return stored


def newly_placed(stored: Stored, *, quiet: bool) -> set[int]:
    """Put what arrived before people as far as there is place. Returns whom to tell of: not of what came in quietly."""
    placed = set(place(match_ids=stored.arrived or []))
    return placed.difference(stored.arrived or []) if quiet else placed


def settled(scope: Q) -> list[tuple[int, int]]:
    """The pairs that a person put aside: rule `pair`."""
    rows = Match.objects.filter(scope, state__in=Match.SETTLED)
    return list(rows.values_list("request_id", "activity_id"))


def mark(rows: QuerySet[Request] | QuerySet[Activity], version: int) -> None:
    """The version that was read is done; one that was written meanwhile stays for the sweeper."""
    rows.filter(matched_version__lt=version).update(matched_version=version)


def end_quiet(rows: QuerySet[Request] | QuerySet[Activity]) -> None:
    """It is the import that tells nobody, not the row: what comes to it after its first matching is told as ever."""
    rows.filter(quiet=True).update(quiet=False)
