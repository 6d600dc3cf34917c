"""The mails about a day that is agreed: confirmation, what changed, cancellation, a week and a day before.

Each carries the event for the calendar of whom it is mailed to. An update is only sent of what still stands: after a
cancellation there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_date, parse_time
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.clock import done_by
from techfinder.bookings.day import LABELS, Line, calendars, lines, missing
from techfinder.bookings.day.calendars import CANCELLED, Entry
from techfinder.bookings.links import tokens
from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import PARTIES, SETTLED, Next, Side, Step, may, other
from techfinder.bookings.models import Booking, BookingEvent, Proposal
from techfinder.bookings.queries.alternatives import alternatives
from techfinder.bookings.reasons import reason_words
from techfinder.bookings.telling.people import Recipient, queue
from techfinder.bookings.telling.registry import teller
from techfinder.bookings.telling.words import day_and_time
from techfinder.mail.compose import absolute
from techfinder.mail.message import CalendarEvent
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import clock_time, weekday

REMINDERS = {Next.WEEK_BEFORE: "booking_week_before", Next.DAY_BEFORE: "booking_day_before"}
# What moves the event in a calendar: who made such a change needs it in the own calendar as well.
IN_CALENDAR = frozenset({"date", "start", "end", "place"})
Context = Mapping[str, Any]


# ---------------------------------------------------------------------------------------------------------------- steps


@teller(Step.ACCEPT, Step.PROMOTE)
def say_agreed(booking: Booking, event: BookingEvent) -> None:
    """The confirmation to both, with everything; of a day that was agreed before only what changed."""
    if booking.state not in SETTLED:
        return
    template = "booking_changed" if event.before in SETTLED else "booking_agreed"
    for side in PARTIES:
        _queue(booking, event, side, template)


@teller(Step.CHANGE)
def say_changed(booking: Booking, event: BookingEvent) -> None:
    """To the other side what changed; to who changed it only what moves the event in the own calendar."""
    if booking.state not in SETTLED or not changes(event):
        return
    moved = IN_CALENDAR & set(event.changed)
    for side in PARTIES:
        if side != event.side or moved:
            _queue(booking, event, side, "booking_changed")


@teller(Step.PROPOSE_CHANGE)
def say_proposed(booking: Booking, event: BookingEvent) -> None:
    """To the side whose answer is awaited: which other day, and the links to answer."""
    proposal = booking.proposals.filter(state=Proposal.State.OPEN).first()
    if proposal and booking.turn:
        side = Side(booking.turn)
        queue(booking, event, side, "booking_change_proposed", lambda _to: proposed(booking, side, proposal))


@teller(Step.REFUSE_CHANGE)
def say_refused(booking: Booking, event: BookingEvent) -> None:
    """To who proposed another day, and when no answer came to both: the day that was agreed stands."""
    proposal = booking.proposals.order_by("-pk").first()
    if booking.state not in SETTLED or proposal is None:
        return
    for side in PARTIES if event.side == Side.CLOCK else (Side(proposal.by),):
        _say_refused(booking, event, side, proposal)


def _say_refused(booking: Booking, event: BookingEvent, side: Side, proposal: Proposal) -> None:
    queue(booking, event, side, "booking_change_refused", lambda _to: refused(booking, event, proposal, side))


@teller(Step.CANCEL)
def say_cancelled(booking: Booking, event: BookingEvent) -> None:
    """To both at once; the side that did not cancel gets other ways."""
    for side in PARTIES:
        _queue(booking, event, side, "booking_cancelled")


@teller(Step.REMIND)
def say_soon(booking: Booking, event: BookingEvent) -> None:
    """A week and a day before, to both: all of it once more, and the question whether it goes on."""
    template = REMINDERS.get(done_by(event))
    if template is None or booking.state not in SETTLED:
        return
    for side in PARTIES:
        _queue(booking, event, side, template)


@teller(Step.TAKE_OVER)
def say_taken_over(booking: Booking, event: BookingEvent) -> None:
    """Who becomes the contact of a day that is agreed gets all of it, and the event for the calendar."""
    for side in PARTIES:
        if booking.state in SETTLED and (f"{side}_name" in event.changed or event.side == side):
            _queue(booking, event, side, "booking_agreed")


# ------------------------------------------------------------------------------------------------------------- contents


def _queue(booking: Booking, event: BookingEvent, side: Side, template: str) -> None:
    made = CONTENTS[template]

    def context(to: Recipient) -> Context:
        return {**made(booking, event, side), "calendar": _calendar(booking, event, side, to)}

    queue(booking, event, side, template, context)


def _calendar(booking: Booking, event: BookingEvent, side: Side, to: Recipient) -> CalendarEvent:
    write = calendars.cancellation if booking.state in CANCELLED else calendars.invitation
    return write(Entry(booking, side, event.at), email=to.email, name=to.name)


def agreed(booking: Booking, event: BookingEvent, side: Side) -> Context:
    """All there is to know, and how it comes into the own calendar by itself."""
    return {**_whole(booking, side), "feed_url": feed_url(booking, side)}


def _whole(booking: Booking, side: Side) -> Context:
    """All there is to know, what is missing of this side, and what can be done."""
    return {
        "lines": _told(booking, side),
        "missing": missing(booking, side),
        "sheet_url": sheet_url(booking, side),
        "move_url": link(booking, side, Purpose.PROPOSE),
        "cancel_url": link(booking, side, Purpose.CANCEL),
    }


def _told(booking: Booking, side: Side) -> list[Line]:
    """What is known, and in one line what the other side fills in; what this side must say is asked for apart."""
    found = lines(booking, side)
    known = [line for line in found if line.text]
    theirs = [line.label for line in found if line.by and line.by != side and not line.text]
    return [*known, Line(capfirst(", ".join(theirs).lower()), "", by=other(side))] if theirs else known


def soon(booking: Booking, event: BookingEvent, side: Side) -> Context:
    """The one thing to do is above all there is to know."""
    confirms = may(Step.CONFIRM, state=booking.state, turn=booking.turn, side=side) and not has_confirmed(booking, side)
    asked = {"confirm_url": link(booking, side, Purpose.CONFIRM), "button_url": ""} if confirms else {}
    return {
        **_whole(booking, side),
        "day": capfirst(weekday(booking.date)),
        "confirms": confirms,
        "other_confirmed": has_confirmed(booking, other(side)),
        **asked,
    }


def changed(booking: Booking, event: BookingEvent, side: Side) -> Context:
    """Only what changed, and what is missing now."""
    return {
        "by_me": event.side == side,
        "is_new_day": event.action == Step.ACCEPT,
        "changes": changes(event),
        "missing": missing(booking, side),
        "sheet_url": sheet_url(booking, side),
        "move_url": link(booking, side, Purpose.PROPOSE),
        "cancel_url": link(booking, side, Purpose.CANCEL),
    }


def cancelled(booking: Booking, event: BookingEvent, side: Side) -> Context:
    reason = reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason)
    return {
        "by_me": event.side == side,
        "day": weekday(booking.date),
        "reason": capfirst(reason),
        "reopened": Request.objects.open().filter(pk=booking.request_id).exists(),
        "others": alternatives(booking, side),
    }


CONTENTS = {
    "booking_agreed": agreed,
    "booking_changed": changed,
    "booking_cancelled": cancelled,
    "booking_week_before": soon,
    "booking_day_before": soon,
}


def proposed(booking: Booking, side: Side, proposal: Proposal) -> Context:
    return {
        "proposed": capfirst(day_and_time(proposal.date, proposal.start, proposal.end)),
        "button_url": link(booking, side, Purpose.ACCEPT),
        "refuse_url": link(booking, side, Purpose.DECLINE),
        "propose_url": link(booking, side, Purpose.PROPOSE),
    }


def refused(booking: Booking, event: BookingEvent, proposal: Proposal, side: Side) -> Context:
    return {
        "is_lapsed": event.side == Side.CLOCK,
        "proposed": day_and_time(proposal.date, proposal.start, proposal.end),
        "cancel_url": link(booking, side, Purpose.CANCEL),
        "propose_url": link(booking, side, Purpose.PROPOSE),
    }


def has_confirmed(booking: Booking, side: str) -> bool:
    """Whether a party said that the day goes on."""
    return getattr(booking, f"{side}_confirmed_at") is not None


def sheet_url(booking: Booking, side: Side) -> str:
    """Where a party fills in what is missing, without signing in."""
    return absolute(reverse("bookings:sheet_by_link", args=[tokens.token(booking, side, Purpose.CHANGE)]))


def feed_url(booking: Booking, side: Side) -> str:
    """Where a party asks for the address of its calendar."""
    return absolute(reverse("bookings:feed_by_link", args=[tokens.token(booking, side, Purpose.PAGE)]))


# -------------------------------------------------------------------------------------------------------- what changed


def changes(event: BookingEvent) -> list[tuple[str, str, str]]:
    """What a step changed: label, what it was and what it is now, in words; empty when it was or is nothing."""
    known = [(code, pair) for code, pair in event.changed.items() if code in LABELS]
    return [(str(LABELS[code]), *_words(code, pair)) for code, pair in known]


def _words(code: str, pair: Iterable[Any]) -> tuple[str, str]:
    was, now = (_word(code, value) for value in pair)
    return was, now


def _word(code: str, value: Any) -> str:
    if value in (None, ""):
        return ""
    if code == "date":
        date = parse_date(str(value))
        return day_and_time(date, None, None) if date else ""
    if code in ("start", "end"):
        return _("%(time)s o'clock") % {"time": clock_time(parse_time(str(value)))}
    return str(value)
