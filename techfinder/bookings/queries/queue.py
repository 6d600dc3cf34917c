"""The queue of a day with seats."""

from __future__ import annotations

from django.db.models import Q

from techfinder.bookings.machine import State
from techfinder.bookings.models import Booking


def queue_position(booking: Booking) -> int | None:
    """Its place in the queue of its day, 1 is next; None when it is in no queue, or the day is no more."""
    if booking.state != State.QUEUED or booking.session_id is None:
        return None
    earlier = Q(queued_at__lt=booking.queued_at) | Q(queued_at=booking.queued_at, pk__lt=booking.pk)
    return Booking.objects.filter(earlier, state=State.QUEUED, session=booking.session_id).count() + 1
