"""Bookings whose day is settled, and their mails as a calendar reads them."""

import datetime as dt

import icalendar

from techfinder.mail.models import OutgoingMail
from tests.factories.bookings import Parties, booking_in

TEN, TWELVE = dt.time(10), dt.time(12)


def agreed(parties=None, *, start=TEN, end=TWELVE, **details):
    """Parties and a booking that both agreed on, through the actions: so the mails are there."""
    parties = parties or Parties()
    return parties, booking_in("agreed", parties=parties, start=start, end=end, **details)


def mails(template, side_email=None):
    """The mails of a kind, oldest first."""
    found = OutgoingMail.objects.filter(kind=template).order_by("pk")
    return list(found.filter(to=side_email) if side_email else found)


def events(text):
    return icalendar.Calendar.from_ical(text).walk("VEVENT")


def event_of(mail):
    (event,) = events(mail.calendar)
    return event
