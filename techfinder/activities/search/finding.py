"""Searches on one index. Any number of them see the same activities."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from django.utils import timezone
from numpy.typing import NDArray

from matching import bitmaps
from matching.arrays import Floats, Ints, Masks
from techfinder.activities.search.conditions import Asked
from techfinder.activities.search.counting import count_facets
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.search.found import Facets, Hits
from techfinder.activities.search.index import Index
from techfinder.activities.search.order import first_rows


@dataclass(frozen=True, eq=False)
class Search:
    """What is public at one moment, on one day: ask it as often as a page needs, it reads nothing more."""

    index: Index
    today: dt.date

    def ask(self, criteria: Criteria) -> Asked:
        return Asked(self.index, criteria, self.today.toordinal())

    def find(self, criteria: Criteria, *, start: int = 0, limit: int = 20) -> Hits:
        """One page: `limit` hits from number `start`, in the order asked for."""
        return _page(self.ask(criteria), start, limit)

    def find_all(self, criteria: Criteria, *, after: int | None = None, most: int | None = None) -> Hits:
        """All hits, or the first `most`; with `after` only those whose arrival is above it."""
        asked = self.ask(criteria)
        found = asked.found
        if after is not None:
            found = found & bitmaps.pack(self.index.column("arrival") > after)
        total = bitmaps.count(found)
        return _hits(asked, found, 0, total if most is None else most, total)

    def facets(self, criteria: Criteria) -> Facets:
        """How many would be found with each value of each filter as that filter's only choice."""
        return count_facets(self.ask(criteria))

    def result(self, criteria: Criteria, start: int, limit: int) -> tuple[Hits, Facets]:
        """One page of hits, and the counts."""
        asked = self.ask(criteria)
        return _page(asked, start, limit), count_facets(asked)

    def count(self, criteria: Criteria) -> int:
        """How many are found."""
        return bitmaps.count(self.ask(criteria).found)

    def counts(self, several: Iterable[Criteria]) -> list[int]:
        """How many each of these searches finds."""
        return [self.count(criteria) for criteria in several]

    def points(self, criteria: Criteria, *, most: int) -> tuple[Ints, Floats, Floats]:
        """Ids, latitudes and longitudes of what is found and has a point: the first `most` in the order asked for.

        What the place can only have online has none.
        """
        asked = self.ask(criteria)
        rows = first_rows(asked, asked.found & asked.somewhere, max(most, 0))
        return self.index.column("id")[rows], self.index.column("lat")[rows], self.index.column("lon")[rows]

    def suggest(self, text: str) -> str | None:
        """The text with wrong letters mended, when that finds something."""
        better = self.index.suggest(text)
        return better if better and self.count(Criteria(text=better)) else None

    def matched_words(self, criteria: Criteria, activity_id: int) -> tuple[str, ...]:
        """Which of the words that were typed an activity has."""
        return self.index.words_in(criteria.text, activity_id)


def _page(asked: Asked, start: int, limit: int) -> Hits:
    return _hits(asked, asked.found, max(start, 0), max(limit, 0), bitmaps.count(asked.found))


def _hits(asked: Asked, found: Masks, start: int, limit: int, total: int) -> Hits:
    rows = first_rows(asked, found, min(start + limit, total))[start:] if start < total else _NONE
    kilometres: NDArray[np.float32] = asked.shown_km[rows].astype(np.float32)
    partly = bool(asked.criteria.text) and asked.text.partly
    return Hits(ids=asked.index.column("id")[rows], distances=kilometres, total=total, partly=partly)


_NONE = np.empty(0, dtype=np.int64)


def today_or(today: dt.date | None) -> dt.date:
    return today or timezone.localdate()
