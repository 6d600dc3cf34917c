"""How a side goes on with a place that it is told of: the page of its booking, and the day in the own calendar."""

from __future__ import annotations

from collections.abc import Sequence

from techfinder.bookings.day.calendars import Entry, invitation
from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking
from techfinder.bookings.telling.people import named_contact
from techfinder.campaigns.models import Award
from techfinder.mail.compose import absolute
from techfinder.mail.message import CalendarEvent

# What is read of awards with their bookings.
BOOKED = ("booking__school_contact", "booking__provider_contact")


def booking_url(award: Award, side: Side, reader: str) -> str:
    """The address for a mail to `reader`: the contact of the side goes on without signing in, a colleague signs in."""
    booking = _booking_of(award)
    if _is_contact(booking, side, reader):
        return link(booking, side, Purpose.PAGE)
    return absolute(booking.get_absolute_url())


def calendar_of(awards: Sequence[Award], side: Side, reader: str) -> CalendarEvent | None:
    """The day for the calendar of the contact of a side, who is mailed each change of it.

    A mail takes one; of more places the page of each booking has its own.
    """
    if len(awards) != 1:
        return None
    booking = _booking_of(awards[0])
    if not _is_contact(booking, side, reader):
        return None
    return invitation(Entry(booking, side, booking.created_at), email=reader, name=booking.contact(side)[0])


def _booking_of(award: Award) -> Booking:
    """Of a place that somebody is told of, with what was read of its sides."""
    assert award.booking is not None
    award.booking.request, award.booking.activity = award.request, award.activity
    return award.booking


def _is_contact(booking: Booking, side: Side, address: str) -> bool:
    contact = named_contact(booking, side)
    return contact is not None and address.lower() == contact.email.lower()
