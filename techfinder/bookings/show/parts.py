"""What was asked in one go, in words: which have a place, and which wait."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.bookings.show.words import state_words, tone_of, wished_words


@dataclass(frozen=True, slots=True)
class Part:
    """One booking of a series."""

    booking: Booking
    when: str
    state: str
    tone: str


def parts_of(bookings: Iterable[Booking]) -> list[Part]:
    """Each with its day and how it stands, read by the school."""
    return [
        Part(each, wished_words(each), state_words(each, Side.SCHOOL), tone_of(each, Side.SCHOOL)) for each in bookings
    ]


def told(asked: Sequence[Booking]) -> str:
    """What came of asking, at once and honestly."""
    waiting = sum(booking.state == State.QUEUED for booking in asked)
    done = len(asked) - waiting
    words = [
        ngettext("Asked %(count)d time. You hear it by mail.", "Asked %(count)d times. You hear it by mail.", done)
        % {"count": done}
        if done
        else "",
        ngettext(
            "%(count)d has no place yet and waits in the queue.",
            "%(count)d have no place yet and wait in the queue.",
            waiting,
        )
        % {"count": waiting}
        if waiting
        else "",
    ]
    return " ".join(filter(None, words)) or _("Nothing was asked.")
