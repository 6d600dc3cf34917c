"""Samples of the mails about a day that is agreed, with the event for the calendar."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from techfinder.bookings.day import calendars
from techfinder.bookings.day.calendars import CANCELLED, Entry
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.samples.world import (
    CLOCK,
    COORDINATOR,
    DAY,
    DUE,
    HALF_PAST_ELEVEN,
    NOW,
    OTHER_DAY,
    PEOPLE,
    PROVIDER,
    SCHOOL,
    TEN,
    Content,
    Made,
    other_offers,
    proposal,
    sample,
    settled,
    step,
)
from techfinder.bookings.telling import day
from techfinder.mail.gallery import MAILBOX, Sample, register
from techfinder.mail.message import CalendarEvent

Event = Callable[[], BookingEvent]
Found = Callable[[], dict[str, Any]]


def _clock() -> BookingEvent:
    return step(Step.REMIND, CLOCK)


def _accepted() -> BookingEvent:
    return step(Step.ACCEPT, PROVIDER)


def whole() -> Booking:
    """Everything is known."""
    made = settled(State.CONFIRMED, school_confirmed_at=NOW, provider_confirmed_at=NOW, provider_phone="0113 55 04 56")
    made.sheet.needs = "Vijf tafels, stroom, een kraan in de buurt"
    made.sheet.public_transport = "Bus 26, halte Dorpsplein"
    return made


def moved() -> Booking:
    return settled(date=OTHER_DAY)


def called_off() -> Booking:
    return settled(State.CANCELLED_EARLY, ended_by=PROVIDER, end_reason="ill")


def _of(template: str, event: Event, found: Found) -> Content:
    """What the real mail says; `found` is what it would find in the database."""
    return lambda booking, side: {**day.CONTENTS[template](booking, event(), side), **found()}


def _day(template: str, name: str, side: Side, made: Made, event: Event, found: Found = dict) -> Sample:
    def entry() -> CalendarEvent:
        booking = made()
        write = calendars.cancellation if booking.state in CANCELLED else calendars.invitation
        return write(Entry(booking, side, NOW), email=MAILBOX, name=PEOPLE[side])

    return sample(name, side, _of(template, event, found), made, event, entry)


def _moved(by: str) -> Event:
    """Another day and another room; nothing is said any more about parking."""
    return lambda: step(
        Step.CHANGE,
        by,
        date=[DAY.isoformat(), OTHER_DAY.isoformat()],
        start=[TEN.isoformat(), HALF_PAST_ELEVEN.isoformat()],
        place=["", "Het gymlokaal, Langstraat 14, Arnemuiden"],
        parking=["Op het plein voor de school", ""],
    )


def _new_day() -> BookingEvent:
    return step(Step.ACCEPT, SCHOOL, date=[DAY.isoformat(), OTHER_DAY.isoformat()])


register(
    "booking_agreed",
    _day("booking_agreed", "school", SCHOOL, settled, _accepted),
    _day("booking_agreed", "company", PROVIDER, settled, _accepted),
    _day("booking_agreed", "all-known", PROVIDER, whole, _accepted),
)
register(
    "booking_changed",
    _day("booking_changed", "by-other", PROVIDER, moved, _moved(SCHOOL)),
    _day("booking_changed", "by-me", SCHOOL, moved, _moved(SCHOOL)),
    _day("booking_changed", "new-day", SCHOOL, moved, _new_day),
    _day("booking_changed", "by-coordinator", SCHOOL, moved, _moved(COORDINATOR)),
)
register(
    "booking_cancelled",
    _day(
        "booking_cancelled",
        "by-company",
        SCHOOL,
        called_off,
        lambda: step(Step.CANCEL, PROVIDER, words="Het spijt ons. Na de zomer komen we graag."),
        found=lambda: {"reopened": True, "others": other_offers()},
    ),
    _day("booking_cancelled", "by-me", PROVIDER, called_off, lambda: step(Step.CANCEL, PROVIDER)),
    _day("booking_cancelled", "by-coordinator", SCHOOL, called_off, lambda: step(Step.CANCEL, COORDINATOR)),
)
register(
    "booking_week_before",
    _day("booking_week_before", "to-confirm", SCHOOL, settled, _clock),
    _day("booking_week_before", "missing", PROVIDER, settled, _clock),
    _day("booking_week_before", "all-known", SCHOOL, whole, _clock),
)
register(
    "booking_day_before",
    _day("booking_day_before", "to-confirm", SCHOOL, settled, _clock),
    _day("booking_day_before", "all-known", PROVIDER, whole, _clock),
)


# ------------------------------------------------------------------ another day


def _waits() -> Booking:
    return settled(turn=SCHOOL, due_on=DUE)


def _proposed(words: str) -> Content:
    return lambda booking, side: day.proposed(booking, side, proposal(PROVIDER, words=words))


def _refused(event: Event) -> Content:
    return lambda booking, side: day.refused(booking, event(), proposal(PROVIDER), side)


def _said(by: str, words: str = "") -> Event:
    return lambda: step(Step.PROPOSE_CHANGE, by, words=words)


register(
    "booking_change_proposed",
    sample("by-company", SCHOOL, _proposed(""), _waits, _said(PROVIDER, "Op vrijdag staat onze bus bij de keuring.")),
    sample("by-coordinator", SCHOOL, _proposed(""), _waits, _said(COORDINATOR)),
)
register(
    "booking_change_refused",
    sample(
        "by-school",
        PROVIDER,
        _refused(lambda: step(Step.REFUSE_CHANGE, SCHOOL)),
        settled,
        lambda: step(Step.REFUSE_CHANGE, SCHOOL, words="Dan is de klas op kamp."),
    ),
    sample("no-answer", SCHOOL, _refused(lambda: step(Step.REFUSE_CHANGE, CLOCK)), settled),
)
