"""What rooms above add to the page on which somebody decides about mail: alerts that have pages of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Row:
    """One thing that mails by itself: what it is, how often in words, where it is changed and where it is stopped."""

    name: str
    often: str
    url: str
    stop_url: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """All of one sort that an address has."""

    title: str
    rows: Sequence[Row]
    # What holds for all of them now.
    note: str = ""


# Of an address, in lower case; None when it has none.
Source = Callable[[str], Section | None]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a room above show its own on the page."""
    _sources.append(source)
    return source


def sections_of(address: str) -> list[Section]:
    """Everything of this address that is changed elsewhere."""
    return [section for source in _sources if (section := source(address))]
