"""The one definition of what a search finds: page, map, feed, alerts and landing pages all ask here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from matching.arrays import Floats, Ints
from techfinder.activities.search.criteria import Criteria, Place
from techfinder.activities.search.finding import Search, today_or
from techfinder.activities.search.found import Facets, Hits, Loosening
from techfinder.activities.search.kept import KEPT

__all__ = [
    "Criteria",
    "Facets",
    "Hits",
    "Loosening",
    "Place",
    "Search",
    "count",
    "counts",
    "facets",
    "find",
    "find_all",
    "matched_words",
    "now",
    "points",
    "result",
    "suggest",
]


def now(*, today: dt.date | None = None) -> Search:
    """What can be searched at this moment: one query. Who asks several things of one page asks them of this."""
    return Search(KEPT.now(), today_or(today))


def find(criteria: Criteria, *, start: int = 0, limit: int = 20, today: dt.date | None = None) -> Hits:
    """One page: `limit` hits from number `start`, in the order asked for."""
    return now(today=today).find(criteria, start=start, limit=limit)


def find_all(
    criteria: Criteria, *, after: int | None = None, today: dt.date | None = None, most: int | None = None
) -> Hits:
    """All hits, or the first `most`; with `after` only those whose arrival is above it."""
    return now(today=today).find_all(criteria, after=after, most=most)


def facets(criteria: Criteria, *, today: dt.date | None = None) -> Facets:
    """How many would be found with each value of each filter as that filter's only choice."""
    return now(today=today).facets(criteria)


def result(criteria: Criteria, start: int = 0, limit: int = 20, *, today: dt.date | None = None) -> tuple[Hits, Facets]:
    """One page of hits, and the counts."""
    return now(today=today).result(criteria, start, limit)


def count(criteria: Criteria, *, today: dt.date | None = None) -> int:
    """How many are found."""
    return now(today=today).count(criteria)


def counts(several: Iterable[Criteria], *, today: dt.date | None = None) -> list[int]:
    """How many each of these searches finds."""
    return now(today=today).counts(several)


def points(criteria: Criteria, *, most: int, today: dt.date | None = None) -> tuple[Ints, Floats, Floats]:
    """Ids, latitudes and longitudes of what is found and has a point: the first `most` in the order asked for."""
    return now(today=today).points(criteria, most=most)


def suggest(text: str) -> str | None:
    """The text with wrong letters mended, when that finds something."""
    return now().suggest(text)


def matched_words(criteria: Criteria, activity_id: int) -> tuple[str, ...]:
    """Which of the words that were typed an activity has."""
    return now().matched_words(criteria, activity_id)
