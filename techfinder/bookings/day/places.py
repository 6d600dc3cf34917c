"""Where the day of a booking is, who receives, and how far it is by bicycle."""

from __future__ import annotations

from urllib.parse import urlencode

from django.utils.translation import ngettext

from techfinder.activities.words import address
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, DaySheet
from techfinder.organisations.models import Address
from techfinder.organisations.remoteness import distance_km
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.templatetags.ui import km

CYCLING_KMH = 15
# Farther, and no class cycles.
MOST_CYCLED_KM = 20
MAP = "https://www.openstreetmap.org/search"


def host(booking: Booking) -> Side:
    """The party that receives; online it is the provider, who gives the address of the meeting."""
    return Side.SCHOOL if booking.delivery == Delivery.AT_SCHOOL else Side.PROVIDER


def sheet_of(booking: Booking) -> DaySheet:
    """What was written down of the day; an unsaved empty one when nobody wrote yet."""
    try:
        return booking.sheet
    except DaySheet.DoesNotExist:
        return DaySheet(booking=booking)


def place(booking: Booking) -> str:
    """The address as the receiving side wrote it down, else that of the school, venue or company; or nothing."""
    return sheet_of(booking).place or _known_place(booking)


def _known_place(booking: Booking) -> str:
    if booking.delivery == Delivery.ONLINE:
        return ""
    if booking.delivery == Delivery.AT_SCHOOL:
        return _at(booking.request.school, booking.request.school.name)
    return address(booking.activity) or _at(booking.activity.provider, booking.activity.provider.name)


def _at(organisation: Address, name: str) -> str:
    street = f"{organisation.street} {organisation.house_number}".strip()
    town = f"{organisation.postcode} {organisation.city}".strip()
    return ", ".join(part for part in (name, street, town) if part) if street or town else ""


def map_url(booking: Booking) -> str:
    """Where a map shows the address; nothing is fetched from it. A point may be that of the town only: no use here."""
    where = place(booking)
    if booking.delivery == Delivery.ONLINE or not where:
        return ""
    return f"{MAP}?{urlencode({'query': where})}"


def point(booking: Booking) -> tuple[float, float] | None:
    """Where it is: latitude and longitude in degrees."""
    activity, school = booking.activity, booking.request.school
    if booking.delivery == Delivery.ONLINE:
        return None
    if booking.delivery == Delivery.AT_SCHOOL:
        return _pair(school.lat, school.lon)
    return _pair(activity.venue_lat, activity.venue_lon) or _pair(activity.provider.lat, activity.provider.lon)


def _pair(lat: float | None, lon: float | None) -> tuple[float, float] | None:
    return None if lat is None or lon is None else (lat, lon)


def bicycle(booking: Booking) -> str:
    """Write 8 km in a straight line, at least 32 minutes by bicycle; empty when nobody cycles or a point is unknown."""
    school = booking.request.school
    here, there = _pair(school.lat, school.lon), point(booking)
    if booking.delivery != Delivery.AT_PROVIDER or here is None or there is None:
        return ""
    far = distance_km(here, there)
    if far > MOST_CYCLED_KM:
        return ""
    minutes = max(1, round(far / CYCLING_KMH * 60))
    return ngettext(
        "%(km)s in a straight line, at least %(count)d minute by bicycle",
        "%(km)s in a straight line, at least %(count)d minutes by bicycle",
        minutes,
    ) % {"km": km(far), "count": minutes}
