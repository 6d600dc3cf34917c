"""The state of a booking, its day and its people, in words."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.activities.models import Session
from techfinder.bookings.clock import Terms
from techfinder.bookings.machine import AFTER, SETTLED, Side, State
from techfinder.bookings.models import Booking, ClockRule, Proposal
from techfinder.taxonomy.templatetags.ui import clock_time, day, long_day, weekday

# The rule says how many days there are, not which.
_ANY_RULE = ClockRule()
# From here on both sides know how to reach each other.
KNOWN = (*SETTLED, *AFTER, State.CANCELLED_EARLY, State.CANCELLED_LATE)


def name_of(booking: Booking, side: str) -> str:
    """The organisation of a side: the school, the provider, else the word for it."""
    if side == Side.SCHOOL:
        return booking.request.school.name
    if side == Side.PROVIDER:
        return booking.activity.provider.name
    return str(Side(side).label)


def state_words(booking: Booking, side: str) -> str:
    """Where it stands, for the reader: whose answer is awaited, or how it ended and by whom."""
    if booking.turn and booking.turn == side:
        return _("Waits for your answer")
    if booking.turn:
        return _("Waits for an answer of %(name)s") % {"name": name_of(booking, booking.turn)}
    if booking.state == State.QUEUED:
        return _("No place yet: in the queue")
    if booking.ended_by in (Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR) and booking.state not in AFTER:
        return _("%(state)s by %(name)s") % {
            "state": capfirst(str(booking.get_state_display())),
            "name": _("you") if booking.ended_by == side else name_of(booking, booking.ended_by),
        }
    return capfirst(str(booking.get_state_display()))


def tone_of(booking: Booking, side: str) -> str:
    """The tone of its badge."""
    if booking.turn:
        return "warning" if booking.turn == side else "neutral"
    return "safe" if booking.state in (*SETTLED, State.HAPPENED) else "neutral"


def hours_words(of: Booking | Proposal | Session) -> str:
    """Write 10.00 tot 11.30 uur."""
    if of.start and of.end:
        return _("%(start)s to %(end)s") % {"start": clock_time(of.start), "end": clock_time(of.end)}
    return _("from %(start)s") % {"start": clock_time(of.start)} if of.start else ""


def day_words(date: dt.date) -> str:
    """Write vrijdag 18 juni, with the year when it is another one."""
    words = weekday(date)
    return words if date.year == timezone.localdate().year else f"{words} {date.year}"


def when_words(of: Booking | Proposal) -> str:
    """The day with its hours; empty without a day."""
    if of.date is None:
        return ""
    hours = hours_words(of)
    return f"{day_words(of.date)}, {hours}" if hours else day_words(of.date)


def wished_words(booking: Booking) -> str:
    """The day, else between which days the school asked it."""
    if booking.date:
        return when_words(booking)
    first, last = booking.request.date_from, booking.request.date_until
    write = day if first.year == last.year else long_day
    return _("Between %(first)s and %(last)s") % {"first": write(first), "last": write(last)}


def days_left(booking: Booking, today: dt.date | None = None) -> int:
    """Working days until the answer is due, as the clock counts them; below zero it is late by so many."""
    today = today or timezone.localdate()
    if booking.due_on is None:
        return 0
    days = Terms.of(booking, _ANY_RULE).answering
    if booking.due_on < today:
        return -max(1, days.between(booking.due_on, today))
    return days.between(today, booking.due_on)


def contact_of(booking: Booking, side: str) -> list[tuple[str, str]]:
    """Whom to reach at a side: nothing before there is an agreement."""
    if booking.state not in KNOWN:
        return []
    name, email, phone = booking.contact(side)
    return [(_("Name"), name), (_("E-mail address"), email), (_("Telephone on the day"), phone)]


def left_words(left: int) -> str:
    """Write nog 7 werkdagen; 1 werkdag te laat."""
    if left < 0:
        return ngettext("%(count)d working day too late", "%(count)d working days too late", -left) % {"count": -left}
    if left == 0:
        return _("Today is the last day")
    return ngettext("%(count)d working day left", "%(count)d working days left", left) % {"count": left}
