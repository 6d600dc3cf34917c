"""When the clock does what with a booking: working days of the school's region."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from techfinder.bookings.machine import SETTLED, WAITING, Next, State
from techfinder.bookings.models import Booking

FIRST_REMINDER, ANSWER = 3, 10


def schedule(booking: Booking, *, now: dt.datetime) -> None:
    """Set `due_on`, `next_step` and `next_step_at` of a live booking as its state asks; save nothing.

    Called by each action once the new state, turn and date are set.
    """
    if booking.state in WAITING:
        booking.due_on = timezone.localdate(now) + dt.timedelta(days=ANSWER)
        booking.next_step, booking.next_step_at = Next.REMIND_FIRST, now + dt.timedelta(days=FIRST_REMINDER)
    elif booking.state in SETTLED:
        booking.due_on = None
        booking.next_step, booking.next_step_at = Next.WEEK_BEFORE, now
    elif booking.state == State.QUEUED:
        booking.next_step, booking.next_step_at = Next.QUEUE, now + dt.timedelta(days=1)
