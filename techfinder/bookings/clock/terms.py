"""What the clock goes by in one booking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from techfinder.bookings.machine import SETTLED, Next, Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent, ClockRule, Proposal
from techfinder.bookings.queries.rules import rule_of
from techfinder.taxonomy.workdays import Workdays

# Of a day that is settled, in the order in which they come: two reminders, and what follows it.
BEFORE = (Next.WEEK_BEFORE, Next.DAY_BEFORE)
DAYS = (*BEFORE, Next.ASK_AFTER, Next.ASK_AGAIN, Next.SETTLE)


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule of its region, the calendar of the school, that of who must answer, the day that is proposed now, and
    the last reminder of a settled day, where what is stored as next does not tell it."""

    rule: ClockRule
    school: Workdays
    answering: Workdays
    proposed: dt.date | None
    reminded: Next | None = None

    @classmethod
    def of(cls, booking: Booking, rule: ClockRule | None = None) -> Terms:
        school = booking.request.school
        days = Workdays(school.holiday_region)
        is_theirs = booking.turn == Side.PROVIDER
        theirs = Workdays(school.holiday_region, _away(booking)) if is_theirs else days
        return cls(rule or rule_of(school), days, theirs, _proposed(booking), _reminded(booking))

    def after(self, step: Next) -> Terms:
        """The same, once the clock did this."""
        return replace(self, reminded=step) if step in BEFORE else self


def _proposed(booking: Booking) -> dt.date | None:
    if not booking.turn or booking.state == State.ASKED or booking.pk is None:
        return None
    proposals = Proposal.objects.filter(booking=booking.pk, state=Proposal.State.OPEN)
    return next(iter(proposals.order_by().values_list("date", flat=True)), None)


def _reminded(booking: Booking) -> Next | None:
    """What is stored may be an answer that is overdue in a holiday: it waits, and the reminders of the day go on."""
    if booking.pk is None or booking.state not in SETTLED or booking.next_step in DAYS:
        return None
    settled = booking.events.filter(action__in=(Step.ACCEPT, Step.AWARD, Step.PROMOTE)).order_by("-pk").values("pk")
    told = booking.events.filter(action=Step.REMIND, changed__next_step__0__in=BEFORE, pk__gt=settled[:1])
    last = told.order_by("-pk").first()
    return done_by(last) if last else None


def done_by(event: BookingEvent) -> Next:
    """What the clock did in an event of its own: which reminder this was."""
    return Next(event.changed["next_step"][0])


def _away(booking: Booking) -> tuple[dt.date, dt.date] | None:
    provider = booking.activity.provider
    return (provider.away_from, provider.away_until) if provider.away_from and provider.away_until else None
