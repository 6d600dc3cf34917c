"""What was written about a booking, and whether more may be."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet
from django.utils import timezone

from techfinder.bookings.machine import PARTIES, State
from techfinder.bookings.models import Booking, Message, Task

# After the day there may be something to say: a lost coat, thanks, a photo.
AFTERWARDS = dt.timedelta(days=60)
SILENT = (State.DECLINED, State.WITHDRAWN, State.EXPIRED)


def can_write(booking: Booking) -> bool:
    """Whether the sides may write to each other: not after a no, and not for ever."""
    if booking.is_live:
        return True
    recent = booking.ended_at is not None and booking.ended_at > timezone.now() - AFTERWARDS
    return recent and booking.state not in SILENT


def can_read(booking: Booking, side: str) -> bool:
    """The two sides; a coordinator only when somebody has a concern."""
    return side in PARTIES or Task.objects.filter(kind=Task.Kind.CONCERN, booking=booking).exists()


def messages_of(booking: Booking) -> QuerySet[Message]:
    """All that was written, the newest first."""
    return Message.objects.filter(booking=booking).order_by("-id")
