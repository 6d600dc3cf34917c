"""Who becomes the contact without having asked for it hears so."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.machine import PARTIES, Side, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.notes import note
from techfinder.bookings.telling.registry import teller


@teller(Step.TAKE_OVER)
def tell_new_contact(booking: Booking, event: BookingEvent) -> None:
    """Of the side of which the contact changed; nobody when she took it over herself."""
    for side in PARTIES:
        changed = event.changed.get(f"{side}_name")
        contact = getattr(booking, f"{side}_contact")
        if changed and (contact is None or contact.pk != event.actor_id):
            _tell(booking, event, side, was=changed[0])


def _tell(booking: Booking, event: BookingEvent, side: Side, *, was: str) -> None:
    note(booking, event, side, "booking_contact_new", lambda _side: whose_turn(booking, side, was=was))


def whose_turn(booking: Booking, side: str, *, was: str) -> dict[str, Any]:
    """Who was it before, and whether the new contact is waited for."""
    return {"was": was, "is_turn": booking.turn == side}
