"""What pages show of bookings, in words for one side."""

from techfinder.bookings.show.history import history
from techfinder.bookings.show.page import BookingPage, page_of
from techfinder.bookings.show.words import contact_of, days_left, name_of, state_words, tone_of, when_words

__all__ = [
    "BookingPage",
    "contact_of",
    "days_left",
    "history",
    "name_of",
    "page_of",
    "state_words",
    "tone_of",
    "when_words",
]
