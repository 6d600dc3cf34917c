"""What a coordinator brings together by hand: one request and an activity, or neighbours in one visit or one bus."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from techfinder.activities.models import Activity
from techfinder.bookings.actions.asking import ask
from techfinder.bookings.actions.errors import CannotAskError, NoSeatError, Why
from techfinder.bookings.actions.tasks import finish_tasks
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import State
from techfinder.bookings.models import Booking, Series, Task
from techfinder.matches.models import Match
from techfinder.requests.models import Request


@transaction.atomic
def broker(
    *,
    request_id: int,
    activity_id: int,
    by: Actor,
    **details: Any,
) -> Booking:
    """Ask for a school, as its coordinator, for any public activity, also one that the rules would not match.

    `details` and what it raises are those of `ask`. Its waiting is over: nobody needs to look at it any more.
    """
    booking = ask(request_id=request_id, activity_id=activity_id, by=by, **details)
    told = gettext("Asked: %(activity)s") % {"activity": booking.activity.title}
    finish_tasks(about=booking.request, kinds=[Task.Kind.WAITING], by=by.user, words=told)
    return booking


@transaction.atomic
def merge(
    *,
    request_ids: Collection[int],
    activity_id: int,
    by: Actor,
    session_id: int | None = None,
    date: dt.date | None = None,
    words: str = "",
) -> Series:
    """Ask for neighbours together, on one day: a booking for each, seats for all of them or for none.

    NoSeatError when the day has too few; CannotAskError when one of them cannot be asked, or all are too many.
    """
    ids = sorted(set(request_ids))
    _hold(ids, activity_id)
    _check_size(ids, activity_id, session_id)
    series = Series.objects.create(kind=Series.Kind.TOGETHER)
    for request_id in ids:
        booking = broker(
            request_id=request_id,
            activity_id=activity_id,
            by=by,
            session_id=session_id,
            date=date,
            words=words,
            series_id=series.pk,
        )
        if booking.state == State.QUEUED:
            raise NoSeatError(str(session_id))
    return series


def _hold(request_ids: list[int], activity_id: int) -> None:
    """All matches, then all requests, before the first day is held: two who merge the same do not wait in a ring."""
    pairs = Match.objects.filter(request__in=request_ids, activity=activity_id)
    list(pairs.order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    requests = Request.objects.filter(pk__in=request_ids).order_by("pk")
    list(requests.select_for_update(of=("self",), no_key=True).values_list("pk"))


def _check_size(request_ids: list[int], activity_id: int, session_id: int | None) -> None:
    """Without seats the largest group holds for all together, unless it may be split."""
    activity = Activity.objects.filter(pk=activity_id).first()
    if activity is None or session_id or activity.splittable or activity.group_max is None:
        return
    if sum(Request.objects.filter(pk__in=request_ids).values_list("group_size", flat=True)) > activity.group_max:
        raise CannotAskError(Why.TOO_MANY)
