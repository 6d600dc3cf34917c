"""What the caller brings: one plain object per activity and per request, codes already turned into numbers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

AT_SCHOOL, AT_PROVIDER, ONLINE = 1, 2, 4
ALL_DELIVERIES = AT_SCHOOL | AT_PROVIDER | ONLINE


@dataclass(frozen=True, slots=True, kw_only=True)
class ActivityRow:
    """One activity. `None`, an empty set or 0 means "no bound" where design.md §5 says "empty".

    `live` is published, not paused, provider verified and not paused. `regions` are municipality numbers with every
    wider region already expanded; `everywhere` stands for all of them. `levels` is a leaf mask, `kind` a number from
    0 to 63, `months` a mask with January = 1, `cost` is in cents, `sessions` are (date, free seats).
    `answer_record` is the share (0..1) of requests that the provider answered in time, None for a new provider.
    """

    id: int
    live: bool = True
    delivery: int
    regions: frozenset[int] = frozenset()
    everywhere: bool = False
    lat: float
    lon: float
    max_travel_km: float | None = None
    levels: int
    themes: frozenset[int]
    kind: int
    audience: int
    months: int = 0
    available_from: datetime.date | None = None
    available_until: datetime.date | None = None
    sessions: tuple[tuple[datetime.date, int], ...] = ()
    lead_days: int = 0
    group_min: int | None = None
    group_max: int | None = None
    splittable: bool = False
    cost: int = 0
    answer_record: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """One request. `delivery` and `kinds` are masks, 0 = all; `themes` empty = all; `max_cost` is in cents.

    `live` is open. `served_this_year`: the school already had an activity this school year. `waiting_days` counts
    from the day that the request was posted. `small` and `remote` say from 0 to 1 how much the school is either;
    `special` is special secondary education or practical training.
    """

    id: int
    live: bool = True
    municipality: int
    lat: float
    lon: float
    delivery: int = 0
    levels: int
    themes: frozenset[int] = frozenset()
    kinds: int = 0
    audience: int
    group_size: int
    date_from: datetime.date
    date_until: datetime.date
    max_travel_km: float | None = None
    max_cost: int | None = None
    served_this_year: bool = False
    waiting_days: int = 0
    small: float = 0.0
    remote: float = 0.0
    special: bool = False
