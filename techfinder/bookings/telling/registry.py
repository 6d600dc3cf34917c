"""Which mails follow which step. A step is told in its own transaction, as rows of the outbox."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from techfinder.bookings.machine import Step
from techfinder.bookings.models import Booking, BookingEvent

Teller = Callable[[Booking, BookingEvent], None]
_tellers: dict[str, list[Teller]] = defaultdict(list)


def teller(*steps: Step) -> Callable[[Teller], Teller]:
    """Register a function that writes the mails of these steps."""

    def register(function: Teller) -> Teller:
        for step in steps:
            _tellers[step].append(function)
        return function

    return register


def tell(booking: Booking, event: BookingEvent) -> None:
    """Write all mails of one step."""
    for function in _tellers[event.action]:
        function(booking, event)
