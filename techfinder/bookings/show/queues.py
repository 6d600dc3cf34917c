"""The queues of the days of an activity, as its provider sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.urls import reverse
from django.utils.text import capfirst

from techfinder.activities.models import Session
from techfinder.activities.words import seats
from techfinder.bookings.machine import Step
from techfinder.bookings.models import Booking
from techfinder.bookings.show.steps import SLUGS
from techfinder.bookings.show.words import day_words, hours_words


@dataclass(frozen=True, slots=True)
class Waiter:
    """A school in a queue; `fits` when there are places enough now."""

    booking: Booking
    fits: bool
    url: str


@dataclass(frozen=True, slots=True)
class QueueDay:
    """A day with who waits for it, the longest waiting first."""

    title: str
    seats: str
    waiters: list[Waiter]


def queue_days(bookings: Iterable[Booking]) -> list[QueueDay]:
    """Queued bookings by their day; they come in the order of days."""
    return [_day(session, list(found)) for session, found in groupby(bookings, key=lambda each: each.session)]


def _day(session: Session | None, found: list[Booking]) -> QueueDay:
    assert session is not None
    hours = hours_words(session)
    title = f"{day_words(session.date)}, {hours}" if hours else day_words(session.date)
    return QueueDay(capfirst(title), seats(session), [_waiter(each, session) for each in found])


def _waiter(booking: Booking, session: Session) -> Waiter:
    url = reverse("bookings:step", args=[booking.uuid, SLUGS[Step.PROMOTE]])
    return Waiter(booking, session.free >= booking.pupils, url)
