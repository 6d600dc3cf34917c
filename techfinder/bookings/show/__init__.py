"""What pages show of bookings, in words for one side."""

from techfinder.bookings.show.history import history, sentence
from techfinder.bookings.show.lines import BookingLine, line, lines
from techfinder.bookings.show.page import BookingPage, page_of
from techfinder.bookings.show.queues import queue_days
from techfinder.bookings.show.steps import BY_SLUG, SLUGS, WORDS, button_of, done_words, steps_of, title_of
from techfinder.bookings.show.words import contact_of, days_left, name_of, state_words, tone_of, when_words

__all__ = [
    "BY_SLUG",
    "SLUGS",
    "WORDS",
    "BookingLine",
    "BookingPage",
    "button_of",
    "contact_of",
    "days_left",
    "done_words",
    "history",
    "line",
    "lines",
    "name_of",
    "page_of",
    "queue_days",
    "sentence",
    "state_words",
    "steps_of",
    "title_of",
    "tone_of",
    "when_words",
]
