"""What waits to be mailed of a booking goes only when it still holds: nothing is asked of who answered meanwhile."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import timezone

from techfinder.bookings.machine import OFF, PARTIES, SETTLED, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.telling.registry import teller
from techfinder.mail.actions import call_off
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy import checks

# These ask for an answer, and these remind of a day.
ASKS = ("booking_asked", "booking_proposed", "booking_change_proposed", "booking_reminder")
OF_DAY = ("booking_week_before", "booking_day_before")
Check = Callable[[Booking, str, OutgoingMail], bool]


@teller(Step.DECLINE, Step.WITHDRAW, Step.CANCEL, Step.EXPIRE)
def stop_reminding(booking: Booking, event: BookingEvent) -> None:
    """Nobody is reminded of what is off."""
    if booking.state in OFF:
        call_off(thread=booking.thread)


def is_awaited(booking: Booking, side: str, mail: OutgoingMail) -> bool:
    """Whether this side is still to answer what it was asked then."""
    return booking.turn == side and (booking.turn_since is None or booking.turn_since <= mail.created_at)


def is_ahead(booking: Booking, side: str, mail: OutgoingMail) -> bool:
    """Whether the day is still agreed, and has not begun."""
    return booking.state in SETTLED and booking.date is not None and booking.date > timezone.localdate()


def _of_booking(check: Check) -> Callable[[OutgoingMail], bool]:
    """By the key of the mail, which names the booking and the side; what is not found holds."""

    def holds(mail: OutgoingMail) -> bool:
        parts = mail.key.split(":")
        side = next((part for part in parts[4:] if part in PARTIES), None)
        booking = Booking.objects.filter(pk=parts[1]).first() if side and parts[1].isdigit() else None
        return booking is None or side is None or check(booking, side, mail)

    return holds


for template in ASKS:
    checks.register(template, _of_booking(is_awaited))
for template in OF_DAY:
    checks.register(template, _of_booking(is_ahead))
