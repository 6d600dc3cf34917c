"""The mails with a message of the other side: from the desk, so that no address is shown; an answer goes back by it."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side, other
from techfinder.bookings.models import Booking, Message
from techfinder.bookings.queries.belonging import belongs
from techfinder.bookings.show.words import KNOWN, name_of
from techfinder.bookings.telling.hiding import without_contacts
from techfinder.bookings.telling.people import LANGUAGE, Recipient, queue, send


def readable(message: Message, booking: Booking) -> str:
    """The text as the other side reads it: addresses and telephone numbers once the two agree."""
    return message.text if booking.state in KNOWN else without_contacts(message.text)


def author(message: Message, booking: Booking) -> str:
    """Who wrote it: the first name before the two agree, and never an address."""
    name = "" if "@" in message.author_name else message.author_name
    return name if booking.state in KNOWN else name.partition(" ")[0]


def tell_message(message: Message) -> None:
    """Mail a message to the other side, in the caller's transaction."""
    booking, to = message.booking, other(message.side)
    queue(booking, None, to, "booking_message", lambda _recipient: of_message(message), once=f"m{message.pk}")


def of_message(message: Message) -> dict[str, Any]:
    """What the other side reads of it, in the active language."""
    booking = message.booking
    return {
        "author": author(message, booking),
        "organisation": name_of(booking, message.side),
        "text": readable(message, booking),
        "refused": message.refused_attachments,
        "button_url": link(booking, other(message.side), Purpose.MESSAGE),
    }


def tell_refused(message: Message, email: str) -> None:
    """Tell who sent attachments that only the words were passed on.

    Its links act for the side. So an address that is not known as one of the organisation gets none: its contact does.
    """
    booking, side = message.booking, Side(message.side)
    context = of_refusal(message)
    if belongs(booking, side, email):
        to = Recipient(None, email, message.author_name, LANGUAGE)
        send(booking, None, side, "booking_refused", context, to, once=f"m{message.pk}")
    else:
        queue(booking, None, side, "booking_refused", context, once=f"m{message.pk}")


def of_refusal(message: Message) -> dict[str, Any]:
    booking, side = message.booking, Side(message.side)
    return {
        "refused": message.refused_attachments,
        "other": name_of(booking, other(side)),
        "button_url": link(booking, side, Purpose.MESSAGE),
    }
