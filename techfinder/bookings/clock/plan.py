"""All that is still to come of a booking, by its state, its day and since when an answer is awaited.

Two rows of (when, what): of the answer that is awaited, and of the day that is settled. Only the next one is stored.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import NamedTuple

from django.utils import timezone

from techfinder.bookings.clock.terms import DAYS, Terms
from techfinder.bookings.machine import SETTLED, WAITING, Next, State
from techfinder.bookings.models import Booking
from techfinder.taxonomy.workdays import Workdays, at

# An answer may come until the end of the working day that was named.
CLOSING = dt.time(17)
NINE = dt.time(9)
WEEK, DAY = 7, 1
# A reminder that falls in a holiday comes on the last working day before it, if that is not longer before the day.
LONGEST_BEFORE = {WEEK: 21, DAY: 5}
# Days after the day itself.
ASK_AFTER, ASK_AGAIN, SETTLE = 1, 6, 15
ELSEWHERE_DAYS, ELSEWHERE_AGAIN_DAYS = 10, 5

# In the order in which they come; of what is overdue only the last is done.
ANSWERING = (Next.QUEUE, Next.REMIND_FIRST, Next.REMIND_SECOND, Next.ESCALATE, Next.ELSEWHERE, Next.EXPIRE)
PATIENT = ANSWERING[1:]


class Planned(NamedTuple):
    at: dt.datetime
    step: Next


Plan = list[Planned]


class Stored(NamedTuple):
    """A booking before the step that is being taken."""

    state: str
    turn: str
    elsewhere_at: dt.datetime | None
    date: dt.date | None
    next_step: str
    next_step_at: dt.datetime | None

    @classmethod
    def of(cls, booking: Booking) -> Stored | None:
        """As it is stored."""
        row = Booking.objects.filter(pk=booking.pk).values_list(*cls._fields).first() if booking.pk else None
        return cls(*row) if row else None

    @classmethod
    def now(cls, booking: Booking) -> Stored:
        return cls(*(getattr(booking, name) for name in cls._fields))

    def awaits_the_same(self, booking: Booking) -> bool:
        same = (self.turn, self.elsewhere_at) == (booking.turn, booking.elsewhere_at)
        return same and (self.state in SETTLED) == (booking.state in SETTLED) and self.state != State.QUEUED

    def is_of_the_same_day(self, booking: Booking) -> bool:
        return self.state in SETTLED and self.date == booking.date

    def undone(self, plan: Plan, order: Sequence[Next]) -> Plan:
        """Of one row of the plan what was not done: what is stored as next, and all after that."""
        if self.next_step in order:
            first = order.index(Next(self.next_step))
            return [each for each in plan if order.index(each.step) >= first]
        stored = self.next_step_at
        return [each for each in plan if not stored or each.at > stored or (each.at == stored and order is DAYS)]


def to_come(booking: Booking, terms: Terms, was: Stored | None, now: dt.datetime) -> Plan:
    """What was not done yet of the plan, overdue or not; never nothing."""
    days = _days(booking, terms, now)
    if was is not None and was.is_of_the_same_day(booking):
        coming = [each for each in was.undone(days, DAYS) if not _was_mailed(each.step, terms)]
    else:
        coming = _after(days, now)
    if booking.turn or booking.state == State.QUEUED:
        stored = was if was and was.awaits_the_same(booking) else None
        answering = _answering(booking, terms, stored)
        coming += stored.undone(answering, ANSWERING) if stored else _after(answering, now)
    return coming


def _was_mailed(step: Next, terms: Terms) -> bool:
    return terms.reminded is not None and DAYS.index(step) <= DAYS.index(terms.reminded)


def _after(plan: Plan, now: dt.datetime) -> Plan:
    """What is still to come; of a plan that is past altogether its end."""
    return [each for each in plan if each.at > now] or plan[-1:]


def due_on(booking: Booking, terms: Terms) -> dt.date | None:
    """Until which day an answer may come: never the day that was asked for, or later."""
    if not booking.turn or _elsewhere(booking):
        return None
    start = timezone.localdate(_since(booking))
    due = terms.answering.after(start, terms.rule.answer)
    day = _day_at_stake(booking, terms)
    return due if day is None or due < day else max(start, terms.school.until(day - dt.timedelta(days=1)))


def _answering(booking: Booking, terms: Terms, stored: Stored | None) -> Plan:
    if booking.state == State.QUEUED:
        return [Planned(_day_of_queue(booking), Next.QUEUE)]
    if since := _elsewhere(booking):
        return [_asking_of_elsewhere(booking, terms, since, stored)]
    if stored and stored.next_step == Next.EXPIRE and stored.next_step_at and booking.state in WAITING:
        return [expiry(booking, terms, stored.next_step_at)]
    return _reminders(booking, terms)


def _reminders(booking: Booking, terms: Terms) -> Plan:
    """Two reminders, then help for a question; a change of what is settled only lapses, for what was settled stands."""
    start = timezone.localdate(_since(booking))
    end = at(due_on(booking, terms) or start, CLOSING)
    reminders = (
        Planned(at(terms.answering.after(start, terms.rule.first_reminder)), Next.REMIND_FIRST),
        Planned(at(terms.answering.after(start, terms.rule.second_reminder)), Next.REMIND_SECOND),
    )
    plan = [each for each in reminders if each.at < end]
    if booking.state in SETTLED:
        return [*plan, expiry(booking, terms, end)]
    day = _day_at_stake(booking, terms)
    if end > _since(booking):
        plan.append(Planned(end, Next.ESCALATE))
    return [*plan, Planned(at(day), Next.EXPIRE)] if day else plan


def expiry(booking: Booking, terms: Terms, moment: dt.datetime) -> Planned:
    """It expires then, or when the day that was asked for has come."""
    day = _day_at_stake(booking, terms)
    return Planned(min(moment, at(day)) if day else moment, Next.EXPIRE)


def _asking_of_elsewhere(booking: Booking, terms: Terms, since: dt.datetime, stored: Stored | None) -> Planned:
    if stored and stored.next_step in (Next.ELSEWHERE, Next.EXPIRE) and stored.next_step_at:
        return Planned(stored.next_step_at, Next(stored.next_step))
    return Planned(at(terms.school.after(timezone.localdate(since), ELSEWHERE_DAYS)), Next.ELSEWHERE)


def _elsewhere(booking: Booking) -> dt.datetime | None:
    """Since when the answer that is awaited was given another way, as somebody said."""
    said = booking.elsewhere_at
    return said if said and said >= _since(booking) and booking.state in WAITING else None


def _since(booking: Booking) -> dt.datetime:
    return booking.turn_since or booking.created_at


def _day_at_stake(booking: Booking, terms: Terms) -> dt.date | None:
    """On which day an answer is of no use any more."""
    if booking.state in SETTLED and terms.proposed and booking.date:
        return min(terms.proposed, booking.date)
    return terms.proposed or booking.date


def has_come(booking: Booking, terms: Terms, now: dt.datetime) -> bool:
    day = _day_at_stake(booking, terms)
    return day is not None and not _elsewhere(booking) and at(day) <= now


def _day_of_queue(booking: Booking) -> dt.datetime:
    """In a queue for a day that is no more nobody has to wait."""
    day = booking.date or (booking.session and booking.session.date)
    return at(day) if day else at(timezone.localdate(booking.created_at))


def _days(booking: Booking, terms: Terms, now: dt.datetime) -> Plan:
    if booking.state not in SETTLED or booking.date is None:
        return []
    after = {step: booking.date + dt.timedelta(days=days) for step, days in _AFTERWARDS.items()}
    return [
        *_before(booking.date, terms.school, timezone.localdate(now)),
        Planned(at(after[Next.ASK_AFTER], NINE), Next.ASK_AFTER),
        Planned(at(terms.school.after(after[Next.ASK_AGAIN] - dt.timedelta(days=1), 1), NINE), Next.ASK_AGAIN),
        Planned(at(after[Next.SETTLE], NINE), Next.SETTLE),
    ]


_AFTERWARDS = {Next.ASK_AFTER: ASK_AFTER, Next.ASK_AGAIN: ASK_AGAIN, Next.SETTLE: SETTLE}


def _before(date: dt.date, school: Workdays, today: dt.date) -> Plan:
    """Both reminders; one that would come together with the next is left out, and on the day itself both are."""
    if today >= date:
        return []
    week, day = (_working_day(date, days, school) for days in (WEEK, DAY))
    plan = [Planned(at(week), Next.WEEK_BEFORE)] if week < day else []
    return [*plan, Planned(at(day), Next.DAY_BEFORE)]


def _working_day(date: dt.date, days: int, school: Workdays) -> dt.date:
    exact = date - dt.timedelta(days=days)
    found = school.until(exact)
    return found if (date - found).days <= LONGEST_BEFORE[days] else exact
