"""From "we would like this" to "it happened"."""

from techfinder.bookings.models.after import Evaluation, Partnership, Plan, TermSurvey
from techfinder.bookings.models.booking import (
    Booking,
    BookingEvent,
    BookingQuerySet,
    DaySheet,
    Proposal,
    Series,
)
from techfinder.bookings.models.clock import ClockRule, ProviderRecord, Task, TaskTold, Waiting
from techfinder.bookings.models.talking import CalendarFeed, Message, ReplyAddress, TakeOverCode

__all__ = [
    "Booking",
    "BookingEvent",
    "BookingQuerySet",
    "CalendarFeed",
    "ClockRule",
    "DaySheet",
    "Evaluation",
    "Message",
    "Partnership",
    "Plan",
    "Proposal",
    "ProviderRecord",
    "ReplyAddress",
    "Series",
    "TakeOverCode",
    "Task",
    "TaskTold",
    "TermSurvey",
    "Waiting",
]
