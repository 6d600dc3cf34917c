"""The mails of the clock while an answer is awaited, and when none comes."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.clock import done_by
from techfinder.bookings.machine import PARTIES, SETTLED, WAITING, Next, Side, State, Step, asked_of, other
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.queries.alternatives import alternatives
from techfinder.bookings.reasons import Expiry
from techfinder.bookings.telling.asking import proposal_of, question, ways_on
from techfinder.bookings.telling.notes import answer_links, note
from techfinder.bookings.telling.registry import teller


@teller(Step.REMIND)
def reminded(booking: Booking, event: BookingEvent) -> None:
    """Somebody is waited for: two reminders, and a question what came of an answer that was given elsewhere."""
    done = done_by(event)
    if done == Next.ELSEWHERE:
        _ask_of_elsewhere(booking, event)
    elif done in (Next.REMIND_FIRST, Next.REMIND_SECOND) and booking.turn:
        _remind(booking, event, is_last=done == Next.REMIND_SECOND)


def _remind(booking: Booking, event: BookingEvent, *, is_last: bool) -> None:
    def context(side: Side) -> dict[str, Any]:
        whole = question(booking, side) if booking.state == State.ASKED else proposal_of(booking, side)
        return {**whole, **what_waits(booking), "is_last": is_last}

    note(booking, event, booking.turn, "booking_reminder", context, once="last" if is_last else "first")


def what_waits(booking: Booking) -> dict[str, bool]:
    """What the answer is about: another day for what was agreed, a date for what was asked, or the question itself."""
    return {"is_change": booking.state in SETTLED, "is_date": booking.state == State.PROPOSED}


def _ask_of_elsewhere(booking: Booking, event: BookingEvent) -> None:
    """Both are asked what came of it; the one whose answer was awaited can give it at once."""
    for side in PARTIES:
        note(
            booking,
            event,
            side,
            "booking_elsewhere_asked",
            lambda side: what_came_of_it(booking, side),
        )


def what_came_of_it(booking: Booking, side: str) -> dict[str, str]:
    """Who is to answer can do it at once; that the two are in touch another way is known."""
    return {**answer_links(booking, side), "elsewhere_url": ""} if side == booking.turn else {}


@teller(Step.ESCALATE)
def escalated(booking: Booking, event: BookingEvent) -> None:
    """The asker hears that a human looks, and what else there is; the task is mailed by who opens it."""
    if booking.state in WAITING:
        asker = other(booking.turn)
        note(booking, event, asker, "booking_escalated", lambda side: {"others": alternatives(booking, side)})


@teller(Step.EXPIRE)
def expired(booking: Booking, event: BookingEvent) -> None:
    """An honest word to both: to who waited with what else there is, to who kept silent what that did."""
    if event.before == State.QUEUED:
        note(booking, event, Side.SCHOOL, "booking_no_place", lambda side: ways_on(booking, side))
    else:
        silent = _awaited(booking)
        for side in PARTIES:
            note(
                booking,
                event,
                side,
                "booking_expired",
                lambda side: (
                    how_it_expired(booking, is_silent=True)
                    if side == silent
                    else {**how_it_expired(booking, is_silent=False), **ways_on(booking, side)}
                ),
            )


def how_it_expired(booking: Booking, *, is_silent: bool) -> dict[str, Any]:
    """Who kept silent, and why it ended now; nothing else is offered to who kept silent."""
    return {
        "is_silent": is_silent,
        "was_elsewhere": booking.end_reason == Expiry.ELSEWHERE,
        "day_came": booking.end_reason == Expiry.DAY_CAME,
    }


def _awaited(booking: Booking) -> Side:
    """Whose answer was awaited until then."""
    last = booking.proposals.order_by("-pk").first()
    return other(last.by) if last is not None else asked_of(booking.asked_by)
