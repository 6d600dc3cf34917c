"""A mail of the question phase: one layout, filled in by three short texts of each."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.people import Recipient, queue
from techfinder.mail.compose import parts_of
from techfinder.mail.models import OutgoingMail

PARTS = ("lead", "next", "button")


def note(
    booking: Booking,
    event: BookingEvent,
    side: str,
    template: str,
    context: Callable[[Side], dict[str, Any]] | None = None,
    *,
    once: str = "",
) -> list[OutgoingMail]:
    """Mail one party; the folder of the template has subject, lead, next and button.

    `context` is called with the party, in the language of each reader.
    """

    def whole(_recipient: Recipient) -> dict[str, Any]:
        return {"parts": parts_of(template, PARTS), **(context(Side(side)) if context else {})}

    return queue(booking, event, side, template, whole, once=once)


def answer_links(booking: Booking, side: str) -> dict[str, str]:
    """Yes as the button, and the other answers under it."""
    party = Side(side)
    return {
        "button_url": link(booking, party, Purpose.ACCEPT),
        "propose_url": link(booking, party, Purpose.PROPOSE),
        "decline_url": link(booking, party, Purpose.DECLINE),
        "elsewhere_url": link(booking, party, Purpose.ELSEWHERE),
    }
