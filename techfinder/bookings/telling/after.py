"""The mails of the day after: to who did not tell yet how it was, once, and once more."""

from __future__ import annotations

from techfinder.bookings.clock import done_by
from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import PARTIES, Next, Side, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.people import queue
from techfinder.bookings.telling.registry import teller

TEMPLATES = {Next.ASK_AFTER: "booking_after", Next.ASK_AGAIN: "booking_again_after"}


@teller(Step.REMIND)
def ask_how_it_was(booking: Booking, event: BookingEvent) -> None:
    """Two questions, behind one link."""
    template = TEMPLATES.get(done_by(event))  # type: ignore[arg-type]
    if template is None:
        return
    told = set(booking.evaluations.values_list("side", flat=True))
    for side in PARTIES:
        if side not in told:
            queue(booking, event, side, template, {"button_url": link(booking, Side(side), Purpose.REPORT)})
