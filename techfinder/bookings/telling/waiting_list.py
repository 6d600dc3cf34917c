"""What a step does to the waiting list: by a worker after commit, when all that belongs to the step is written."""

from __future__ import annotations

from techfinder.bookings.machine import Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.registry import teller
from techfinder.celery import wake


@teller(
    Step.ASK, Step.AWARD, Step.PROMOTE, Step.ACCEPT, Step.DECLINE, Step.WITHDRAW, Step.CANCEL, Step.REPORT,
    Step.EXPIRE, Step.SETTLE,
)  # fmt: skip
def renew(booking: Booking, event: BookingEvent) -> None:
    """A lost wake-up costs a minute: the sweep finds it."""
    if event.before != event.after:
        wake("bookings.renew_waiting", booking.request_id)
