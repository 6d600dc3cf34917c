"""What every mail of a booking says of it, in the active language. No address and no telephone of a person."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.show.words import KNOWN
from techfinder.bookings.telling.hiding import without_contacts
from techfinder.mail.compose import absolute
from techfinder.matches.telling.labels import deliveries, levels
from techfinder.taxonomy.templatetags.ui import clock_time, period, pupils, weekday


def of_booking(booking: Booking, event: BookingEvent | None, side: str) -> dict[str, Any]:
    """The booking as one party reads it: names of both organisations, group, moment, place, day of the answer, and
    the links to its page and to "I no longer work here"; `button_url` is the page unless a mail says another."""
    request, activity = booking.request, booking.activity
    school, provider = request.school, activity.provider
    mine, other = (school, provider) if side == Side.SCHOOL else (provider, school)
    page = link(booking, Side(side), Purpose.PAGE)
    return {
        "is_school": side == Side.SCHOOL,
        "title": activity.title,
        "activity_url": absolute(activity.get_absolute_url()),
        "school": school.name,
        "town": school.city or school.municipality.name,
        "provider": provider.name,
        "mine": mine.name,
        "other": other.name,
        "asked": request.title,
        "group": capfirst(f"{levels(request.levels)}, {pupils(booking.pupils)}"),
        "when": moment(booking),
        "place": capfirst(deliveries([booking.delivery])),
        "in_series": booking.series_id is not None,
        "answer_by": booking.due_on,
        "by_coordinator": event is not None and event.side == Side.COORDINATOR,
        "said": _said(booking, event),
        "page_url": page,
        "button_url": page,
        "gone_url": link(booking, Side(side), Purpose.GONE),
    }


def _said(booking: Booking, event: BookingEvent | None) -> str:
    """What somebody wrote with this step."""
    text = event.words if event else ""
    return text if booking.state in KNOWN else without_contacts(text)


def moment(booking: Booking) -> str:
    """Write vrijdag 12 maart, 10.00 tot 12.00 uur; without a day the period that the school asked for."""
    if booking.date is None:
        return period(booking.request.date_from, booking.request.date_until)
    return day_and_time(booking.date, booking.start, booking.end)


def day_and_time(date: dt.date, start: dt.time | None, end: dt.time | None) -> str:
    """Write vrijdag 12 maart 2027, 10.00 tot 12.00 uur; the year always, for it may be far away."""
    day = f"{weekday(date)} {date.year}"
    if start and end:
        times = {"start": clock_time(start), "end": clock_time(end)}
        return f"{day}, " + _("%(start)s to %(end)s") % times
    return f"{day}, " + _("at %(start)s") % {"start": clock_time(start)} if start else day
