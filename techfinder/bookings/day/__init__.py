"""The day of a booking: what both sides must know of it, where it is, and its event of a calendar."""

from techfinder.bookings.day.places import bicycle, host, map_url, place, point, sheet_of
from techfinder.bookings.day.sheet import (
    HOST,
    ITEMS,
    LABELS,
    LONGEST,
    ONLINE,
    Item,
    Line,
    lines,
    missing,
    said_by,
    value,
)

__all__ = [
    "HOST",
    "ITEMS",
    "LABELS",
    "LONGEST",
    "ONLINE",
    "Item",
    "Line",
    "bicycle",
    "host",
    "lines",
    "map_url",
    "missing",
    "place",
    "point",
    "said_by",
    "sheet_of",
    "value",
]
