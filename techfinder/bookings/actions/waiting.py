"""The waiting list: who comes on it and leaves it, the human who looks, and what the school hears of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.bookings.actions.tasks import finish_tasks
from techfinder.bookings.models import Task, Waiting
from techfinder.bookings.queries.rules import Rules
from techfinder.bookings.queries.waiting import fits_of, place_of, waiting_now, with_place, without_place
from techfinder.bookings.telling import to_waiting
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.workdays import Workdays

PER_CHUNK = 500
# What is told after a human looked comes at most once in so many days.
QUIET = dt.timedelta(days=14)
MOST_TOLD = 200


def sweep_waiting(*, now: dt.datetime | None = None) -> dict[str, int]:
    """Bring the waiting list up to date and ask for a look at what is due; again it changes nothing.

    Returns how many were `added`, `ended`, `due` and `told`. Each chunk is a transaction.
    """
    now = now or timezone.now()
    added = _in_chunks(_missing(), lambda ids: _add(ids, now))
    ended = _in_chunks(_past(), lambda ids: _end(ids, now))
    due = _in_chunks(_due(timezone.localdate(now)), _ask_to_look)
    return {"added": added, "ended": ended, "due": due, "told": _tell_moved(now)}


def _in_chunks(found: QuerySet[Any], act: Callable[[Sequence[int]], int]) -> int:
    ids = list(found.order_by("pk").values_list("pk", flat=True))
    return sum(act(ids[start : start + PER_CHUNK]) for start in range(0, len(ids), PER_CHUNK))


@transaction.atomic
def renew_waiting(*, request_id: int, now: dt.datetime | None = None) -> bool:
    """Put one request on the list, or take it off, as its bookings are now. Returns whether it waits."""
    now = now or timezone.now()
    _add([request_id], now)
    _end([request_id], now)
    return waiting_now().filter(request=request_id).exists()


# -------------------------------------------------------------------- on and off


def _missing() -> QuerySet[Request]:
    on_it = Waiting.objects.filter(request=OuterRef("pk"), ended_at=None)
    return without_place().filter(~Exists(on_it))


@transaction.atomic
def _add(request_ids: Sequence[int], now: dt.datetime) -> int:
    """Put these on the list that belong there. Who was on it before keeps its place."""
    found = _missing().filter(pk__in=request_ids).select_related("school")
    been = set(Waiting.objects.filter(request__in=request_ids).values_list("request_id", flat=True))
    rules, today = Rules(), timezone.localdate(now)
    rows = [
        Waiting(
            request=each,
            since=each.confirmed_at or each.created_at,
            look_on=look_day(each, today if each.pk in been else _posted(each), rules),
        )
        for each in found
    ]
    Waiting.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["request"], update_fields=["look_on", "ended_at"]
    )
    return len(rows)


def _posted(request: Request) -> dt.date:
    return timezone.localdate(request.confirmed_at or request.created_at)


def look_day(request: Request, start: dt.date, rules: Rules) -> dt.date:
    """The day on which a human looks: so many working days of the school after `start`, by the rule of its region."""
    school = request.school
    return Workdays(school.holiday_region).after(start, rules.of(school.municipality_id).look)


def _past() -> QuerySet[Waiting]:
    gone = ~Q(request__status=Request.Status.OPEN) | Exists(with_place(OuterRef("request")))
    return Waiting.objects.filter(gone, ended_at=None)


@transaction.atomic
def _end(ids: Sequence[int], now: dt.datetime) -> int:
    """Take those off the list that have a place or are no longer asked; nobody needs to look any more."""
    past = list(_past().filter(pk__in=ids).select_for_update(of=("self",)).values_list("pk", "request_id"))
    Waiting.objects.filter(pk__in=[pk for pk, _request in past]).update(ended_at=now)
    open_ones = Task.objects.filter(kind=Task.Kind.WAITING, booking=None, done_at=None)
    open_ones.filter(request__in=[request for _pk, request in past]).update(done_at=now)
    return len(past)


# ------------------------------------------------------------------------ looking


def _due(today: dt.date) -> QuerySet[Waiting]:
    asked = Task.objects.filter(kind=Task.Kind.WAITING, request=OuterRef("request"), booking=None, done_at=None)
    return waiting_now().filter(~Exists(asked), look_on__lte=today)


@transaction.atomic
def _ask_to_look(ids: Sequence[int]) -> int:
    """Give the coordinators a task for each; of two runs at once the first one counts."""
    found = waiting_now().filter(pk__in=ids).select_related("request__school__municipality", "handed_to")
    tasks = [
        Task(
            kind=Task.Kind.WAITING,
            request=each.request,
            region=each.handed_to or each.request.school.municipality,
        )
        for each in found
    ]
    Task.objects.bulk_create(tasks, ignore_conflicts=True)
    return len(tasks)


@transaction.atomic
def look_at(
    *, waiting_id: int, by: User, seen: dt.datetime | None, words: str = "", now: dt.datetime | None = None
) -> Waiting | None:
    """A human looked: the school is told, with the words, and the next look is planned.

    `seen`: when somebody looked last, as the person saw it. None when the request waits no more, or a colleague looked
    meanwhile: then nothing is done.
    """
    now = now or timezone.now()
    waiting = _hold(waiting_id)
    if waiting is None or waiting.looked_at != seen:
        return None
    waiting.looked_at, waiting.looked_by, waiting.note = now, by, words[:500]
    waiting.look_on = look_day(waiting.request, timezone.localdate(now), Rules())
    _keep_told(waiting, now)
    finish_tasks(about=waiting.request, kinds=[Task.Kind.WAITING], by=by, words=words)
    to_waiting.tell_looked(waiting)
    return waiting


def _hold(waiting_id: int) -> Waiting | None:
    rows = waiting_now().select_for_update(of=("self",)).select_related(
        "request__school__municipality__parent", "request__contact", "looked_by"
    )  # fmt: skip
    return rows.filter(pk=waiting_id).first()


def _keep_told(waiting: Waiting, now: dt.datetime) -> None:
    """What the school is told now, so that it is told again only what is different."""
    waiting.told_at = now
    waiting.told_place = place_of(waiting).number
    waiting.told_fits = fits_of([waiting.request_id]).get(waiting.request_id, 0)
    waiting.save()


def _tell_moved(now: dt.datetime) -> int:
    """Mail those whose place or fits got better since a human looked, each at most once in `QUIET`."""
    due = waiting_now().filter(told_at__lte=now - QUIET).order_by("told_at", "pk")
    ids = due.values_list("pk", flat=True)[:MOST_TOLD]
    return sum(_tell_if_moved(pk, now) for pk in ids)


@transaction.atomic
def _tell_if_moved(waiting_id: int, now: dt.datetime) -> bool:
    waiting = _hold(waiting_id)
    if waiting is None or waiting.told_at is None or waiting.told_at > now - QUIET:
        return False
    place, fits = waiting.told_place, waiting.told_fits
    _keep_told(waiting, now)
    closer, more = _better(place, waiting.told_place), _better(waiting.told_fits, fits)
    if closer or more:
        to_waiting.tell_moved(waiting, closer=closer)
    return closer or more


def _better(more: int | None, less: int | None) -> bool:
    return more is not None and less is not None and less < more


@transaction.atomic
def hand_over(*, waiting_id: int, by: User, region: Region | None, words: str = "") -> bool:
    """Give a request to the coordinators of another region, who are mailed; None takes it back.

    False when it waits no more, or is theirs already.
    """
    waiting = _hold(waiting_id)
    if waiting is None or waiting.handed_to_id == (region.pk if region else None):
        return False
    waiting.handed_to = region
    waiting.save(update_fields=["handed_to"])
    to_region = region or waiting.request.school.municipality
    Task.objects.filter(request=waiting.request_id, booking=None, done_at=None).update(region=to_region)
    if region:
        to_waiting.tell_handed_over(waiting, by=by, words=words)
    return True
