"""Who becomes the contact without having asked for it hears so."""

from __future__ import annotations

from techfinder.bookings.machine import PARTIES, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.notes import note
from techfinder.bookings.telling.registry import teller


@teller(Step.TAKE_OVER)
def tell_new_contact(booking: Booking, event: BookingEvent) -> None:
    """Of the side of which the contact changed; nobody when she took it over herself."""
    for side in PARTIES:
        if f"{side}_name" not in event.changed:
            continue
        contact = getattr(booking, f"{side}_contact")
        if contact is None or contact.pk != event.actor_id:
            was = event.changed[f"{side}_name"][0]
            note(booking, event, side, "booking_contact_new", lambda _side, was=was: {"was": was})
