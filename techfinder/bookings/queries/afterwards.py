"""What both sides told of one booking."""

from __future__ import annotations

from techfinder.bookings.models import Booking


def differ(booking: Booking) -> bool:
    """Whether the two sides told different things: then a coordinator looks."""
    return len(set(booking.evaluations.values_list("outcome", flat=True))) > 1
