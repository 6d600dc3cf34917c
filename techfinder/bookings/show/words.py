"""The state of a booking, its day and its people, in words."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.activities.models import Session
from techfinder.bookings.machine import AFTER, SETTLED, WAITING, Side, State
from techfinder.bookings.models import Booking, Proposal
from techfinder.taxonomy.templatetags.ui import clock_time, day, weekday

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
    asked = booking.request
    return _("Between %(first)s and %(last)s") % {"first": day(asked.date_from), "last": day(asked.date_until)}


def days_left(booking: Booking, today: dt.date | None = None) -> int:
    """Weekdays until the answer is due; below zero it is late."""
    today = today or timezone.localdate()
    if booking.due_on is None:
        return 0
    if booking.due_on < today:
        return -1
    days = ((booking.due_on - today).days - each for each in range((booking.due_on - today).days))
    return sum((today + dt.timedelta(days=each)).weekday() < 5 for each in days)


def contact_of(booking: Booking, side: str) -> list[tuple[str, str]]:
    """Whom to reach at a side: nothing before there is an agreement."""
    if booking.state not in KNOWN:
        return []
    name, email, phone = booking.contact(side)
    return [(_("Name"), name), (_("E-mail address"), email), (_("Telephone on the day"), phone)]


def waits_for(booking: Booking, side: str) -> bool:
    return booking.state in (*WAITING, *SETTLED) and booking.turn == side
