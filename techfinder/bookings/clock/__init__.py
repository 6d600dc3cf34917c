"""When the clock does what with a booking: in working days of the school's region, in the day time."""

from techfinder.bookings.clock.next_step import FIELDS, go_on, overdue, reschedule, schedule
from techfinder.bookings.clock.plan import ANSWERING, CLOSING, DAYS, due_on
from techfinder.bookings.clock.terms import Terms, done_by

__all__ = [
    "ANSWERING",
    "CLOSING",
    "DAYS",
    "FIELDS",
    "Terms",
    "done_by",
    "due_on",
    "go_on",
    "overdue",
    "reschedule",
    "schedule",
]
