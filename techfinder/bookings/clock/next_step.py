"""The next step of a booking: set by the actions, and found again whenever the clock looks.

The plan is made anew each time, so that a provider who went away, or a rule that was changed, moves what was not done
yet.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.utils import timezone

from techfinder.bookings.clock.plan import (
    ANSWERING,
    CLOSING,
    DAYS,
    ELSEWHERE_AGAIN_DAYS,
    PATIENT,
    Plan,
    Planned,
    Stored,
    due_on,
    expiry,
    has_come,
    to_come,
)
from techfinder.bookings.clock.terms import Terms
from techfinder.bookings.machine import Next
from techfinder.bookings.models import Booking
from techfinder.taxonomy.workdays import at

# What `schedule` writes, for who saves some fields only.
FIELDS = ("turn_since", "due_on", "next_step", "next_step_at")


def schedule(booking: Booking, *, now: dt.datetime) -> None:
    """Set `turn_since`, `due_on`, `next_step` and `next_step_at` of a live booking as its state asks; save nothing.

    Called by each action once the new state, turn and date are set. Who takes the turn has the full time; a step that
    leaves turn and date as they are (somebody takes over, another telephone) leaves the clock as it runs.
    """
    was = Stored.of(booking)
    if not booking.turn:
        booking.turn_since = None
    elif was is None or was.turn != booking.turn or booking.turn_since is None:
        booking.turn_since = now
    terms = Terms.of(booking)
    booking.due_on = due_on(booking, terms)
    write_next(booking, to_come(booking, terms, was, now))


def reschedule(booking: Booking, terms: Terms, *, now: dt.datetime) -> bool:
    """Set what is next by the rules and days of today; save nothing. Whether it is another than was stored."""
    before = booking.due_on, booking.next_step, booking.next_step_at
    booking.due_on = due_on(booking, terms)
    write_next(booking, to_come(booking, terms, Stored.now(booking), now))
    return before != (booking.due_on, booking.next_step, booking.next_step_at)


def overdue(booking: Booking, terms: Terms, *, now: dt.datetime) -> Next | None:
    """What is to be done now: the last of what is overdue; None when that is nothing.

    On a day that is no working day of who must answer nobody is reminded, and no time for an answer runs out.
    """
    coming = to_come(booking, terms, Stored.now(booking), now)
    if not terms.answering.holds(timezone.localdate(now)) and not has_come(booking, terms, now):
        coming = [each for each in coming if each.step not in PATIENT]
    lasts = _lasts(coming, now)
    return min(lasts, key=_in_order).step if lasts else None


def go_on(booking: Booking, terms: Terms, *, done: Next, now: dt.datetime, is_last: bool = False) -> None:
    """Set what is next after the clock did `done`; save nothing. `is_last`: of the questions what came of it."""
    was = Stored.now(booking)
    coming = [each for each in to_come(booking, terms, was, now) if not _is_done(each.step, done)]
    lasts = _lasts(coming, now)
    coming = [each for each in coming if each.at > now or each in lasts]
    day = timezone.localdate(now)
    if done == Next.ESCALATE:
        coming.append(expiry(booking, terms, at(terms.answering.after(day, terms.rule.expire), CLOSING)))
    elif done == Next.ELSEWHERE:
        again = at(terms.school.after(day, ELSEWHERE_AGAIN_DAYS))
        coming.append(Planned(again, Next.EXPIRE if is_last else Next.ELSEWHERE))
    write_next(booking, coming)


def write_next(booking: Booking, coming: Iterable[Planned]) -> None:
    booking.next_step_at, booking.next_step = min(coming, key=_in_order)


def _in_order(planned: Planned) -> tuple[dt.datetime, bool]:
    """Of what comes at the same moment an answer before the day."""
    return planned.at, planned.step in DAYS


def _lasts(plan: Plan, now: dt.datetime) -> Plan:
    """The last that is overdue of each row of the plan."""
    rows = ([each for each in plan if each.step in order and each.at <= now] for order in (ANSWERING, DAYS))
    return [max(row) for row in rows if row]


def _is_done(step: Next, done: Next) -> bool:
    """Whether a step comes before what was done, or is that."""
    order = ANSWERING if done in ANSWERING else DAYS
    return step in order and order.index(step) <= order.index(done)
