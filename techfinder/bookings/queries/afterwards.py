"""What both sides told of one booking."""

from __future__ import annotations

from techfinder.bookings.models import Booking


def others_word(booking: Booking, side: str) -> str:
    """Whether the other side would do it again, as it told; empty when it did not tell."""
    others = booking.evaluations.exclude(side=side).values_list("again", flat=True)
    return others.first() or ""


def differ(booking: Booking) -> bool:
    """Whether the two sides told different things: then a coordinator looks."""
    return len(set(booking.evaluations.values_list("outcome", flat=True))) > 1
