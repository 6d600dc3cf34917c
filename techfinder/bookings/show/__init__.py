"""What pages show of bookings, in words for one side."""

from techfinder.bookings.show.history import history, sentence
from techfinder.bookings.show.page import BookingPage, page_of
from techfinder.bookings.show.steps import BY_SLUG, SLUGS, WORDS, button_of, steps_of, title_of
from techfinder.bookings.show.words import contact_of, days_left, name_of, state_words, tone_of, when_words

__all__ = [
    "BY_SLUG",
    "SLUGS",
    "WORDS",
    "BookingPage",
    "button_of",
    "contact_of",
    "days_left",
    "history",
    "name_of",
    "page_of",
    "sentence",
    "state_words",
    "steps_of",
    "title_of",
    "tone_of",
    "when_words",
]
