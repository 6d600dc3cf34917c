"""What the clock goes by in one booking."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, ClockRule, Proposal
from techfinder.bookings.queries.rules import rule_of
from techfinder.taxonomy.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Terms:
    """The rule of its region, the calendar of the school, that of who must answer, and the day that is proposed now."""

    rule: ClockRule
    school: Workdays
    answering: Workdays
    proposed: dt.date | None

    @classmethod
    def of(cls, booking: Booking, rule: ClockRule | None = None) -> Terms:
        school = booking.request.school
        days = Workdays(school.holiday_region)
        is_theirs = booking.turn == Side.PROVIDER
        theirs = Workdays(school.holiday_region, _away(booking)) if is_theirs else days
        return cls(rule or rule_of(school), days, theirs, _proposed(booking))


def _proposed(booking: Booking) -> dt.date | None:
    if not booking.turn or booking.state == State.ASKED or booking.pk is None:
        return None
    proposals = Proposal.objects.filter(booking=booking.pk, state=Proposal.State.OPEN)
    return next(iter(proposals.order_by().values_list("date", flat=True)), None)


def _away(booking: Booking) -> tuple[dt.date, dt.date] | None:
    provider = booking.activity.provider
    return (provider.away_from, provider.away_until) if provider.away_from and provider.away_until else None
