"""Why a step was not taken. Whoever calls says so in words; nothing was written."""

from __future__ import annotations

from enum import StrEnum

from techfinder.bookings.machine import Step
from techfinder.bookings.models import Booking


class Why(StrEnum):
    """Why something cannot be asked."""

    CLOSED = "closed"  # the request is not open
    GONE = "gone"  # the activity is not public
    ALREADY = "already"  # it was asked, and that still runs
    PAST = "past"  # the day is over, or too soon for the provider
    NO_SESSION = "no_session"  # not a day of this activity
    TOO_MANY = "too_many"  # more pupils than the activity takes at once
    DECLINED = "declined"  # the other side said no to it before


class BookingError(Exception):
    """A step that was not taken."""


class CannotAskError(BookingError):
    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


class OvertakenError(BookingError):
    """Another step came first: the booking is not what the person saw. Its events say what happened."""

    def __init__(self, booking: Booking) -> None:
        super().__init__(f"{booking} is at version {booking.version}")
        self.booking = booking


class NotAllowedError(BookingError):
    """This side cannot take this step in this state."""

    def __init__(self, booking: Booking, step: Step) -> None:
        super().__init__(f"{step} of {booking}")
        self.booking, self.step = booking, step


class NoSeatError(BookingError):
    """The day has too few seats left."""


class NoDateError(BookingError):
    """To agree there must be a date, today or later."""


class BadChangeError(BookingError):
    """What was filled in cannot be: an end before its beginning, a group of nobody."""
