"""Rows as numpy columns, sorted by id, with "no bound" written as the widest bound."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Any, Self

import numpy as np

from . import days
from .arrays import Bools, Bytes, Floats, Ints, Masks
from .geo import unit_vectors
from .rows import ALL_DELIVERIES, ActivityRow, RequestRow

WORD = 64
FULL = (1 << WORD) - 1
NO_LIMIT = 2**62


class _Columns:
    """Every field is a column with its rows on the last axis, but for those named in `shared`."""

    shared: frozenset[str] = frozenset()
    id: Ints

    def __len__(self) -> int:
        return len(self.id)

    def take(self, rows: Ints | Bools | slice) -> Self:
        """The columns of some rows: positions in rising order, a mask of shape (n,), or a slice."""
        names = [field.name for field in fields(self)]  # type: ignore[arg-type]  # subclasses are dataclasses
        picked = {name: getattr(self, name) for name in names}
        return type(self)(**{n: v if n in self.shared else v[..., rows] for n, v in picked.items()})


@dataclass(frozen=True, eq=False)
class ActivityColumns(_Columns):
    """Activities as columns of shape (n,); `point` is (3, n), `regions` and `themes` are (words, n).

    Bit i of `regions` is municipality `municipalities[i]`; its last word is always empty, for a municipality that no
    activity names. Sessions of row i are `session_day[session_start[i]:][:session_count[i]]`, in order of date.
    """

    shared = frozenset({"municipalities", "session_day", "session_seats"})

    id: Ints
    live: Bools
    delivery: Bytes
    everywhere: Bools
    regions: Masks
    municipalities: Ints
    point: Floats
    max_travel_km: Floats
    levels: Masks
    themes: Masks
    kind: Masks
    audience: Masks
    months: Ints
    from_day: Ints
    from_month: Ints
    until_day: Ints
    until_month: Ints
    session_start: Ints
    session_count: Ints
    session_day: Ints
    session_seats: Ints
    lead_days: Ints
    group_min: Ints
    group_max: Ints
    splittable: Bools
    cost: Ints
    record: Floats

    @classmethod
    def from_rows(cls, rows: Iterable[ActivityRow]) -> ActivityColumns:
        """Build the columns, sorted by id; ValueError names the first activity that cannot be one."""
        rows = _checked(rows, "activity", _activity_fault)
        municipalities = sorted(set().union(*{row.regions for row in rows}))
        position = {number: index for index, number in enumerate(municipalities)}
        return cls(
            id=_ints(row.id for row in rows),
            live=_bools(row.live for row in rows),
            delivery=np.array([row.delivery for row in rows], dtype=np.uint8),
            everywhere=_bools(row.everywhere for row in rows),
            regions=_regions([row.regions for row in rows], position),
            municipalities=_ints(municipalities),
            point=unit_vectors([(row.lat, row.lon) for row in rows]),
            max_travel_km=_floats((row.max_travel_km for row in rows), math.inf),
            levels=_masks(row.levels for row in rows),
            themes=_words([row.themes for row in rows]),
            kind=_masks(1 << row.kind for row in rows),
            audience=_masks(row.audience for row in rows),
            months=_ints(row.months or days.ALL_MONTHS for row in rows),
            **_period_columns(
                [row.available_from or datetime.date.min for row in rows],
                [row.available_until or datetime.date.max for row in rows],
            ),
            **_session_columns([sorted(row.sessions) for row in rows]),
            lead_days=_ints(row.lead_days for row in rows),
            group_min=_ints(-NO_LIMIT if row.group_min is None else row.group_min for row in rows),
            group_max=_ints(NO_LIMIT if row.group_max is None else row.group_max for row in rows),
            splittable=_bools(row.splittable for row in rows),
            cost=_ints(row.cost for row in rows),
            record=_floats((row.answer_record for row in rows), math.nan),
        )


@dataclass(frozen=True, eq=False)
class RequestColumns(_Columns):
    """Requests as columns of shape (n,); `point` is (3, n) and `themes` is (words, n)."""

    id: Ints
    live: Bools
    municipality: Ints
    point: Floats
    delivery: Bytes
    levels: Masks
    themes: Masks
    any_theme: Bools
    kinds: Masks
    any_kind: Bools
    audience: Masks
    group_size: Ints
    from_day: Ints
    from_month: Ints
    until_day: Ints
    until_month: Ints
    max_travel_km: Floats
    max_cost: Ints
    served: Bools
    waiting_days: Ints
    small: Floats
    remote: Floats
    special: Bools

    @classmethod
    def from_rows(cls, rows: Iterable[RequestRow]) -> RequestColumns:
        """Build the columns, sorted by id; ValueError names the first request that cannot be one."""
        rows = _checked(rows, "request", _request_fault)
        return cls(
            id=_ints(row.id for row in rows),
            live=_bools(row.live for row in rows),
            municipality=_ints(row.municipality for row in rows),
            point=unit_vectors([(row.lat, row.lon) for row in rows]),
            delivery=np.array([row.delivery or ALL_DELIVERIES for row in rows], dtype=np.uint8),
            levels=_masks(row.levels for row in rows),
            themes=_words([row.themes for row in rows]),
            any_theme=_bools(not row.themes for row in rows),
            kinds=_masks(row.kinds or FULL for row in rows),
            any_kind=_bools(not row.kinds for row in rows),
            audience=_masks(row.audience for row in rows),
            group_size=_ints(row.group_size for row in rows),
            **_period_columns([row.date_from for row in rows], [row.date_until for row in rows]),
            max_travel_km=_floats((row.max_travel_km for row in rows), math.inf),
            max_cost=_ints(NO_LIMIT if row.max_cost is None else row.max_cost for row in rows),
            served=_bools(row.served_this_year for row in rows),
            waiting_days=_ints(row.waiting_days for row in rows),
            small=_floats((row.small for row in rows), 0.0),
            remote=_floats((row.remote for row in rows), 0.0),
            special=_bools(row.special for row in rows),
        )


def _checked(rows: Iterable[Any], what: str, fault_of: Any) -> list[Any]:
    ordered = sorted(rows, key=lambda row: row.id)
    before = None
    for row in ordered:
        fault = "is there twice" if row.id == before else fault_of(row)
        if fault:
            raise ValueError(f"{what} {row.id}: {fault}")
        before = row.id
    return ordered


def _activity_fault(row: ActivityRow) -> str:
    if not 0 <= row.kind < WORD:
        return f"kind {row.kind} is not from 0 to {WORD - 1}"
    if not 0 <= row.months <= days.ALL_MONTHS:
        return f"months {row.months} is not a mask of 12 months"
    if row.answer_record is not None and not 0 <= row.answer_record <= 1:
        return f"answer record {row.answer_record} is not from 0 to 1"
    return _shared_fault(row)


def _request_fault(row: RequestRow) -> str:
    if not 0 <= row.kinds <= FULL:
        return f"kinds {row.kinds} is not a mask of {WORD} bits"
    if not (0 <= row.small <= 1 and 0 <= row.remote <= 1):
        return f"small {row.small}, remote {row.remote} is not from 0 to 1"
    return _shared_fault(row)


def _shared_fault(row: ActivityRow | RequestRow) -> str:
    if not 0 <= row.delivery <= ALL_DELIVERIES:
        return f"delivery {row.delivery} is not a mask of at_school, at_provider and online"
    if not (0 <= row.levels <= FULL and 0 <= row.audience <= FULL):
        return f"levels or audience is not a mask of {WORD} bits"
    if row.themes and min(row.themes) < 0:
        return "a theme has a negative number"
    if not (-90 <= row.lat <= 90 and -180 <= row.lon <= 180):
        return f"latitude {row.lat}, longitude {row.lon} is not a point on earth"
    if row.max_travel_km is not None and not row.max_travel_km >= 0:
        return f"{row.max_travel_km} km is not a distance"
    return ""


def _ints(values: Iterable[int]) -> Ints:
    return np.fromiter(values, dtype=np.int64)


def _masks(values: Iterable[int]) -> Masks:
    return np.fromiter(values, dtype=np.uint64)


def _bools(values: Iterable[bool]) -> Bools:
    return np.fromiter(values, dtype=np.bool_)


def _floats(values: Iterable[float | None], empty: float) -> Floats:
    return np.fromiter((empty if value is None else value for value in values), dtype=np.float64)


def _words(sets: Sequence[frozenset[int]]) -> Masks:
    """Sets of small numbers as bits, shape (words, n): number b is bit b % 64 of word b // 64."""
    # Few distinct sets serve many rows: each is spelt out once.
    places = {numbers: index for index, numbers in enumerate(dict.fromkeys(sets))}
    masks = [sum(1 << number for number in numbers) for numbers in places]
    count = max((mask.bit_length() + WORD - 1) // WORD for mask in [*masks, 1])
    words = np.array([[mask >> WORD * word & FULL for mask in masks] for word in range(count)], dtype=np.uint64)
    return words[:, _ints(places[numbers] for numbers in sets)]


def _regions(sets: Sequence[frozenset[int]], position: dict[int, int]) -> Masks:
    inner = {numbers: frozenset(position[number] for number in numbers) for numbers in set(sets)}
    words = _words([inner[numbers] for numbers in sets])
    return np.concatenate([words, np.zeros((1, len(sets)), dtype=np.uint64)])


def _period_columns(starts: Sequence[datetime.date], ends: Sequence[datetime.date]) -> dict[str, Ints]:
    from_day, until_day = _ints(day.toordinal() for day in starts), _ints(day.toordinal() for day in ends)
    return {
        "from_day": from_day,
        "from_month": days.month_of(from_day),
        "until_day": until_day,
        "until_month": days.month_of(until_day),
    }


def _session_columns(sessions: Sequence[Sequence[tuple[datetime.date, int]]]) -> dict[str, Ints]:
    count = _ints(len(row) for row in sessions)
    return {
        "session_start": np.cumsum(count) - count,
        "session_count": count,
        "session_day": _ints(day.toordinal() for row in sessions for day, _ in row),
        "session_seats": _ints(seats for row in sessions for _, seats in row),
    }
