"""Every write of bookings: keyword-only functions that own their transaction."""

from techfinder.bookings.actions.again import ask_again, ask_in_parts, ask_several
from techfinder.bookings.actions.answering import accept, decline, elsewhere, propose, withdraw
from techfinder.bookings.actions.asking import Part, ask, ask_parts, ask_wanted
from techfinder.bookings.actions.awarding import Given, award
from techfinder.bookings.actions.changing import cancel, change, confirm, propose_change, refuse_change, take_over
from techfinder.bookings.actions.ending import report
from techfinder.bookings.actions.errors import (
    BadChangeError,
    BookingError,
    CannotAskError,
    NoDateError,
    NoSeatError,
    NotAllowedError,
    OvertakenError,
    Why,
)
from techfinder.bookings.actions.partnerships import (
    PartnershipError,
    accept_partnership,
    add_plan,
    ask_plan,
    drop_plan,
    end_partnership,
    propose_partnership,
)
from techfinder.bookings.actions.queueing import promote, promote_next
from techfinder.bookings.actions.surveys import answer_survey, ask_surveys, stop_surveys

__all__ = [
    "BadChangeError",
    "BookingError",
    "CannotAskError",
    "Given",
    "NoDateError",
    "NoSeatError",
    "NotAllowedError",
    "OvertakenError",
    "Part",
    "PartnershipError",
    "Why",
    "accept",
    "accept_partnership",
    "add_plan",
    "answer_survey",
    "ask",
    "ask_again",
    "ask_in_parts",
    "ask_parts",
    "ask_plan",
    "ask_several",
    "ask_surveys",
    "ask_wanted",
    "award",
    "cancel",
    "change",
    "confirm",
    "decline",
    "drop_plan",
    "elsewhere",
    "end_partnership",
    "promote",
    "promote_next",
    "propose",
    "propose_change",
    "propose_partnership",
    "refuse_change",
    "report",
    "stop_surveys",
    "take_over",
    "withdraw",
]
