"""One booking as a line or a task in a list, for one side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.machine import PARTIES, Side, State, other
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.lists import Mine
from techfinder.bookings.show.stages import next_words
from techfinder.bookings.show.steps import Doing, open_proposal, steps_of
from techfinder.bookings.show.words import (
    days_left,
    left_words,
    name_of,
    state_words,
    tone_of,
    when_words,
    wished_words,
)
from techfinder.matches.telling.labels import levels
from techfinder.taxonomy.templatetags.ui import pupils, weekday
from techfinder.taxonomy.ui import Fact, facts

# What a task in a list offers at once; the rest is on its page.
SHOWN_STEPS = 3


@dataclass(frozen=True)
class BookingLine:
    """A booking in a list; `steps` only where its answer is awaited of the reader."""

    booking: Booking
    url: str
    title: str
    by: str
    question: str
    state: str
    tone: str
    when: str
    date: dt.date | None
    facts: tuple[Fact, ...]
    next: str
    days_left: int
    clock_title: str
    clock_text: str
    proposal: str
    steps: list[Doing]

    @property
    def is_live(self) -> bool:
        return self.booking.is_live


def lines(bookings: Iterable[Booking], mine: Mine) -> list[BookingLine]:
    """Bookings of one person, each for the side of hers."""
    return [line(each, mine.side_of(each)) for each in bookings]


def line(booking: Booking, side: Side) -> BookingLine:
    """One booking for one side; for a coordinator both sides are named."""
    left, due = days_left(booking), booking.due_on if booking.turn else None
    proposal = open_proposal(booking)
    return BookingLine(
        booking=booking,
        url=booking.get_absolute_url(),
        title=_title(booking),
        by=_by(booking, side),
        question=booking.request.title,
        state=state_words(booking, side),
        tone=tone_of(booking, side),
        when=capfirst(wished_words(booking)),
        date=booking.date,
        facts=_facts(booking),
        next=next_words(booking, side),
        days_left=left,
        clock_title=left_words(left) if due else "",
        clock_text=_due_words(booking, left),
        proposal=when_words(proposal) if proposal else "",
        steps=steps_of(booking, side)[:SHOWN_STEPS] if booking.turn == side else [],
    )


def _title(booking: Booking) -> str:
    """Parts of one request are told apart."""
    if not booking.series_id:
        return booking.activity.title
    return _("%(title)s, part %(number)d") % {"title": booking.activity.title, "number": booking.part}


def _by(booking: Booking, side: Side) -> str:
    wanted = [other(side)] if side in PARTIES else list(PARTIES)
    names = [name_of(booking, each) for each in wanted]
    school = booking.request.school
    town = school.city or school.municipality.name
    return ", ".join([*names, town] if Side.SCHOOL in wanted else names)


def _facts(booking: Booking) -> tuple[Fact, ...]:
    return facts(
        ("users", capfirst(f"{levels(booking.request.levels)}, {pupils(booking.pupils)}")),
        ("calendar", capfirst(wished_words(booking))),
        ("map-pin", capfirst(str(booking.get_delivery_display()))),
    )


def _due_words(booking: Booking, left: int) -> str:
    if booking.due_on is None or not booking.turn or booking.state == State.QUEUED:
        return ""
    if left < 0:
        return _("answer was due on %(day)s") % {"day": weekday(booking.due_on)}
    return _("answer by %(day)s at the latest") % {"day": weekday(booking.due_on)}
