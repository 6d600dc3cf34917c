"""Seats of a day: what a booking or a proposal holds. No seat is ever given twice: the day is locked first."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from techfinder.activities.actions import lock_sessions, take_seats
from techfinder.activities.models import Activity, Session
from techfinder.bookings.actions.errors import NoDateError, NoSeatError
from techfinder.bookings.machine import AFTER, State
from techfinder.bookings.models import Booking
from techfinder.celery import wake

# The day has been: who sat there sat there.
KEEPS = AFTER


@dataclass(frozen=True)
class Day:
    """When something takes place; of an activity with seats, on which of its days."""

    date: dt.date
    start: dt.time | None = None
    end: dt.time | None = None
    session: Session | None = None


def day_of(
    activity: Activity,
    *,
    session_id: int | None = None,
    date: dt.date | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
) -> Day | None:
    """The day that is meant, today or later; None when none is given. A day with seats brings its own times.

    NoDateError when it has passed, is not one of the activity, or ends before it begins.
    """
    session = activity.sessions.filter(pk=session_id).first() if session_id else None
    if session_id and session is None:
        raise NoDateError(f"{session_id} is no day of {activity.pk}")
    if session:
        date, start, end = session.date, start or session.start, end or session.end
    if date is None:
        return None
    if date < timezone.localdate() or (start and end and end <= start):
        raise NoDateError(f"{date} {start} {end}")
    return Day(date, start, end, session)


def move(seats: Mapping[int, int]) -> None:
    """Take (above zero) and give back (below) seats of days, by session id. NoSeatError when one has too few."""
    moved = {pk: count for pk, count in seats.items() if count}
    if not moved:
        return
    days = lock_sessions(session_ids=moved, public=False)
    if any(count > 0 and (pk not in days or days[pk].free < count) for pk, count in moved.items()):
        raise NoSeatError(str(moved))
    take_seats(seats={pk: count for pk, count in moved.items() if pk in days})
    for pk, count in moved.items():
        if count < 0:
            wake("bookings.promote_next", pk)


def give_back(session_id: int | None, held: int) -> None:
    """Give back what was held of a day; nothing when the day is no more."""
    if session_id:
        move({session_id: -held})


def release(booking: Booking) -> None:
    """Give back what the booking holds."""
    held, booking.seats_held = booking.seats_held, 0
    give_back(booking.session_id, held)


def move_to(booking: Booking, session: Session | None, *, held_there: int = 0) -> None:
    """Hold seats of this day, of which so many are held for it already, instead of those it holds. NoSeatError."""
    wanted: Counter[int] = Counter()
    if booking.session_id:
        wanted[booking.session_id] -= booking.seats_held
    if session:
        wanted[session.pk] += booking.pupils - held_there
    move(wanted)
    booking.seats_held = booking.pupils if session else 0


@transaction.atomic
def is_free(session: Session, pupils: int) -> bool:
    """Whether so many may have a seat of this day now, nobody in its queue who fits being passed over.

    The day is held until the caller's transaction ends; False when its activity is not public any more.
    """
    held = lock_sessions(session_ids=[session.pk]).get(session.pk)
    if held is None or held.free < pupils:
        return False
    queue = Booking.objects.filter(state=State.QUEUED, session=session)
    return not queue.filter(Q(pupils__lte=held.free)).exists()
