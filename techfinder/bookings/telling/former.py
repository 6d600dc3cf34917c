"""Who is no longer the contact hears so once: without links, for these are the new contact's."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.machine import other
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.show.words import name_of
from techfinder.bookings.telling.people import Recipient, mail_to
from techfinder.mail.compose import absolute
from techfinder.mail.models import OutgoingMail


def tell_former(booking: Booking, event: BookingEvent, side: str, former: Recipient | None) -> OutgoingMail | None:
    """`former` is the contact that a side had before (`people.contact_of`); None, or who is it still, is not mailed."""
    _name, email, _phone = booking.contact(side)
    if former is None or former.email.lower() == email.lower():
        return None
    return mail_to(
        former,
        "booking_taken_over",
        key=f"booking:{booking.pk}:{event.version}:booking_taken_over:{side}",
        context=what_was_hers(booking, side),
        thread=booking.thread,
    )


def what_was_hers(booking: Booking, side: str) -> dict[str, Any]:
    """What it was about and who has it now; the way on is the public page."""
    return {
        "title": booking.activity.title,
        "mine": name_of(booking, side),
        "other": name_of(booking, other(side)),
        "taker": booking.contact(side)[0],
        "button_url": absolute(booking.activity.get_absolute_url()),
    }
