"""Bookings as events of a calendar (RFC 5545 and 5546).

One booking is one event for ever: its UID is that of the booking, and SEQUENCE is raised by each step that changes
when, where or whether. What comes by mail is a REQUEST, not a PUBLISH: only of that do calendars replace the event by
themselves when an update comes and take it out at a CANCEL. The receiver takes part already and need not answer the
desk, which is the organizer. The file to save and the feed answer nobody and are PUBLISHed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from email.utils import parseaddr
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext
from icalendar import Calendar, Component, Event, Timezone, vCalAddress, vDuration

from techfinder.activities.models import Activity
from techfinder.bookings.day.places import place, point
from techfinder.bookings.day.sheet import lines
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.mail.compose import absolute
from techfinder.mail.message import CalendarEvent, domain

ZONE = ZoneInfo("Europe/Amsterdam")
PRODUCT = "-//Techfinder//Bookings//NL"
CANCELLED = (State.CANCELLED_EARLY, State.CANCELLED_LATE)
# Nobody said until when, and the activity does not say how long: an hour in the calendar.
LONG = dt.timedelta(hours=1)
FETCH_AGAIN = dt.timedelta(hours=6)
_LENGTHS = {Activity.Unit.MINUTES: dt.timedelta(minutes=1), Activity.Unit.HOURS: dt.timedelta(hours=1)}

# By rule: what icalendar makes of a zone begins each summer time an hour late.
AMSTERDAM = """BEGIN:VTIMEZONE
TZID:Europe/Amsterdam
BEGIN:STANDARD
DTSTART:19961027T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
END:VTIMEZONE
"""


class Entry(NamedTuple):
    """A booking as one party has it in its calendar, and when it last changed."""

    booking: Booking
    side: Side
    changed_at: dt.datetime


def uid(booking: Booking) -> str:
    """The same in every mail, file and feed."""
    return f"booking-{booking.uuid}@{domain()}"


# -------------------------------------------------------------------------------------------------------------- by mail


def invitation(entry: Entry, *, email: str, name: str) -> CalendarEvent:
    """Put the booking into the calendar of whom is mailed, or replace what is there; in the active language."""
    return _to(entry, "REQUEST", email, name)


def cancellation(entry: Entry, *, email: str, name: str) -> CalendarEvent:
    """Take the booking out of the calendar of whom is mailed."""
    return _to(entry, "CANCEL", email, name)


def _to(entry: Entry, method: str, email: str, name: str) -> CalendarEvent:
    event = event_of(entry)
    event.add("organizer", _address(parseaddr(settings.DEFAULT_FROM_EMAIL)[1], "Techfinder"))
    attendee = _address(email, name)
    attendee.params |= {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
    event.add("attendee", attendee)
    return CalendarEvent(method, _text(_calendar([event], method=method)))


def _address(email: str, name: str) -> vCalAddress:
    address = vCalAddress(f"mailto:{email}")
    # A quote cannot stand in a parameter, and what stands for it is read by few.
    if clean := " ".join(name.replace('"', " ").split()):
        address.params["CN"] = clean
    return address


# -------------------------------------------------------------------------------------------------------- to be fetched


def file_of(entry: Entry) -> str:
    """One booking as a file to save."""
    return _text(_calendar([event_of(entry)], method="PUBLISH"))


def feed_of(entries: Iterable[Entry], *, name: str) -> str:
    """All bookings of a person, for a calendar that fetches them now and then."""
    calendar = _calendar([event_of(each) for each in entries], method="PUBLISH")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", str(ZONE))
    calendar.add("refresh-interval", vDuration(FETCH_AGAIN), {"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(FETCH_AGAIN))
    return _text(calendar)


# ------------------------------------------------------------------------------------------------------------ the event


def _calendar(events: Iterable[Event], *, method: str) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(Timezone.from_ical(AMSTERDAM))
    for event in events:
        calendar.add_component(event)
    return calendar


def _text(calendar: Component) -> str:
    return calendar.to_ical().decode()


def event_of(entry: Entry) -> Event:
    """The event without those who are mailed."""
    booking, side, changed_at = entry
    event = Event()
    event.add("uid", uid(booking))
    event.add("sequence", booking.sequence)
    event.add("dtstamp", changed_at.astimezone(dt.UTC))
    event.add("last-modified", changed_at.astimezone(dt.UTC))
    event.add("status", "CANCELLED" if booking.state in CANCELLED else "CONFIRMED")
    event.add("summary", _summary(booking, side))
    _add_when(event, booking)
    _add_where(event, booking)
    event.add("description", description(booking, side))
    event.add("url", absolute(booking.get_absolute_url()))
    return event


def _summary(booking: Booking, side: Side) -> str:
    with_whom = booking.request.school.name if side == Side.PROVIDER else booking.activity.provider.name
    words = gettext("%(activity)s, with %(other)s") % {"activity": booking.activity.title, "other": with_whom}
    return gettext("Cancelled: %(what)s") % {"what": words} if booking.state in CANCELLED else words


def _add_when(event: Event, booking: Booking) -> None:
    """With times in the zone of the Netherlands; without, the whole day."""
    assert booking.date is not None  # nothing is agreed without
    if booking.start is None:
        event.add("dtstart", booking.date)
        event.add("dtend", booking.date + dt.timedelta(days=1))
        return
    event.add("dtstart", dt.datetime.combine(booking.date, booking.start, ZONE))
    event.add("dtend", _end(booking, booking.date, booking.start))


def _end(booking: Booking, date: dt.date, start: dt.time) -> dt.datetime:
    if booking.end is not None and booking.end > start:
        return dt.datetime.combine(date, booking.end, ZONE)
    begin = dt.datetime.combine(date, start, ZONE)
    # Over real time: an hour is an hour in the night in which the clock is changed too.
    return (begin.astimezone(dt.UTC) + _length(booking.activity)).astimezone(ZONE)


def _length(activity: Activity) -> dt.timedelta:
    unit = _LENGTHS.get(Activity.Unit(activity.duration_unit)) if activity.duration_unit else None
    if unit is None or not activity.duration_amount:
        return LONG
    return min(unit * float(activity.duration_amount), dt.timedelta(hours=12))


def _add_where(event: Event, booking: Booking) -> None:
    if where := place(booking):
        event.add("location", where)
    if at := point(booking):
        event.add("geo", at)


def description(booking: Booking, side: Side) -> str:
    """What there is to know of the day, a line each; what is not known yet is not in a calendar."""
    told = [f"{line.label}: {line.text}" for line in lines(booking, side) if line.text]
    return "\n".join([*told, "", gettext("All about it: %(url)s") % {"url": absolute(booking.get_absolute_url())}])
