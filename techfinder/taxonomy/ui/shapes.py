"""What components are given to draw: cards, facts, clocks, traces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Trace:
    """The line on the art of a card, in a box of 240 by 104, and the dot at its end."""

    path: str
    x: int
    y: int


ART = (
    Trace("M0 52h56l26-26h44", 130, 26),
    Trace("M0 52h34l28 28h70", 136, 80),
    Trace("M0 52h92l20-20h20", 136, 32),
)


@dataclass(frozen=True)
class Clock:
    """The time left for an answer, as a ring of segments, one per working day."""

    filled: int
    of: int
    tone: str
    figure: str

    @classmethod
    def of_days(cls, days_left: int, of: int = 10) -> Clock:
        """Late is full and crimson, the last two days are amber."""
        if days_left < 0:
            return cls(filled=of, of=of, tone="late", figure="!")
        tone = "soon" if days_left <= 2 else ""
        return cls(filled=min(days_left, of), of=of, tone=tone, figure=str(days_left))


@dataclass(frozen=True)
class Fact:
    """A fact in one line: an icon and a few words."""

    icon: str
    text: Text


@dataclass(frozen=True)
class Card:
    """What components/card.html shows of an activity. Words come translated."""

    url: str
    title: str
    provider: str
    kind: Text
    icon: str
    place: str = ""
    text: str = ""
    facts: tuple[Fact, ...] = ()
    far: Text = ""
    far_note: Text = ""
    states: tuple[Fact, ...] = ()
    reasons: tuple[Text, ...] = ()
    shortfalls: tuple[Text, ...] = ()
    full: bool = False
    best: bool = False
    seed: str = ""
    picture: str = ""
    extra: dict[str, Any] = field(default_factory=dict, hash=False)

    @property
    def wide(self) -> bool:
        """A card with a distance or a state has a column for it."""
        return bool(self.far or self.states)


@dataclass(frozen=True)
class LevelRow:
    """A sector in the table of levels; text is empty when it is not meant."""

    name: str
    text: str
    ages: str = ""
    years: tuple[tuple[str, bool], ...] = ()


def facts(*pairs: tuple[str, Text | None]) -> tuple[Fact, ...]:
    """Make the facts of a card, leaving out what is empty."""
    return tuple(Fact(icon, text) for icon, text in pairs if text)


def texts(values: Iterable[object]) -> tuple[str, ...]:
    """Make a tuple of words of whatever can be written."""
    return tuple(str(value) for value in values)
