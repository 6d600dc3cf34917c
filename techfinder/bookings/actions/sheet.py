"""What is known of the day as soon as it is agreed. What a side writes later goes by `changing.change`."""

from __future__ import annotations

from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking, DaySheet
from techfinder.bookings.queries.sheets import last_phone, suggested


def prepare(*, booking: Booking, by: Actor) -> None:
    """Write down what was so the last time, where nothing stands yet; again changes nothing.

    In the transaction of the step by which the day is agreed, whose caller holds the booking and saves it.
    """
    booking.sheet, is_new = DaySheet.objects.get_or_create(booking=booking, defaults=suggested(booking))
    for side in PARTIES if is_new else ():
        # Who agrees is the contact of a side that had none.
        email = booking.contact(side)[1] or (by.email if by.side == side else "")
        if email and not getattr(booking, f"{side}_phone"):
            setattr(booking, f"{side}_phone", last_phone(booking, side, email))
