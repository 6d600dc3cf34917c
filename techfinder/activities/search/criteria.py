"""What somebody searches for, in codes only: it can be compared, kept and read again."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

RELEVANCE, DISTANCE, NEWEST, SOONEST, TITLE = "best", "near", "newest", "soonest", "title"


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where somebody searches from: a point, in a municipality."""

    name: str
    municipality: str
    # Codes of all regions that hold the whole municipality: itself, its ancestors, its networks.
    covering: frozenset[str]
    lat: float | None = None
    lon: float | None = None


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Empty means anything. Several values of one criterion: any of them; several criteria: all of them."""

    text: str = ""
    place: Place | None = None
    # How far the school travels (km): rule `place` of the matching rules, with this as the request's `max_travel_km`.
    radius: int | None = None
    regions: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    delivery: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    months: tuple[int, ...] = ()
    date_from: dt.date | None = None
    date_until: dt.date | None = None
    group: int | None = None
    free: bool = False
    # Only what has room: no dated sessions, or a coming one with a free seat (for `group` pupils when given).
    room: bool = False
    provider: str = ""
    sort: str = ""
