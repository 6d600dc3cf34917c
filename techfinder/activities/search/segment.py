"""A part of the index: some activities as columns and bitmaps that never change once they are made.

Rows are padded to whole words of 64, so that the bitmaps of two segments are joined by putting them one after another.
"""

from __future__ import annotations

import datetime as dt
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.utils.functional import cached_property
from numpy.typing import NDArray

from matching import bitmaps, days, geo
from matching.arrays import Bools, Floats, Ints, Masks
from techfinder.activities.search.geography import MIDDLE
from techfinder.activities.search.numbers import Numbers
from techfinder.activities.search.reading import SEPARATOR, Part, Row, SessionRow
from techfinder.activities.search.text import Document, Postings, build
from techfinder.taxonomy.data import LEAVES

NO_LIMIT = 2**31 - 1
NO_DATE = -(2**62)
TITLE_BYTES = 64
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
# Facets whose codes are lists, and where the rows have them.
LISTS = {
    "level": "level_codes",
    "theme": "theme_codes",
    "region": "region_codes",
    "delivery": "delivery_codes",
    "audience": "audience_codes",
    "kind": "kind",
}
# By name: what of a row, its type, and what a padding row has.
COLUMNS: dict[str, tuple[Callable[[Row], Any], Any, Any]] = {
    "id": (lambda row: row.id, np.int64, -1),
    "published": (lambda row: _instant(row.published_at), np.int64, NO_DATE),
    "arrival": (lambda row: NO_DATE if row.arrival is None else row.arrival, np.int64, NO_DATE),
    "lat": (lambda row: np.nan if row.lat is None else row.lat, np.float64, np.nan),
    "lon": (lambda row: np.nan if row.lon is None else row.lon, np.float64, np.nan),
    "max_travel_km": (lambda row: np.inf if row.max_travel_km is None else row.max_travel_km, np.float64, np.inf),
    "group_min": (lambda row: row.group_min or 0, np.int32, 0),
    "group_max": (lambda row: NO_LIMIT if row.splittable or row.group_max is None else row.group_max, np.int32, 0),
    "from_day": (lambda row: row.available_from.toordinal() if row.available_from else days.EVER, np.int64, 0),
    "until_day": (lambda row: row.available_until.toordinal() if row.available_until else days.NEVER, np.int64, 0),
    "free": (lambda row: row.cost == 0, np.bool_, False),
    "months": (lambda row: _month_mask(row.month_numbers), np.int64, 0),
}


@dataclass(frozen=True, eq=False)
class Segment:
    """`columns` of shape (size,), `bits` per facet of shape (codes, words), sessions one after another.

    `session_row` is the row of each session, `session_day` its day, `session_free` its free seats. `provider` is the
    number of each row's provider, -1 for padding. `title` is what titles are put in order by.
    """

    rows: int
    columns: dict[str, NDArray[Any]]
    bits: dict[str, Masks]
    provider: NDArray[np.int32]
    title: NDArray[np.bytes_]
    dated: Bools
    session_row: Ints
    session_day: Ints
    session_free: Ints
    text: Postings
    _days: dict[int, OnDay] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.provider)

    @cached_property
    def point(self) -> Floats:
        """Unit vectors of shape (3, size); where nothing is known, of the middle of the country."""
        lat, lon = (
            np.where(np.isnan(self.columns["lat"]), middle, self.columns[name])
            for name, middle in zip(("lat", "lon"), MIDDLE, strict=True)
        )
        return geo.vectors_of(lat, lon)

    def on_day(self, today: int) -> OnDay:
        """What depends on today (an ordinal). Remembered for the latest day that was asked."""
        if today not in self._days:
            found = _on_day(self, today)
            self._days.clear()
            self._days[today] = found
            return found
        return self._days[today]


def make(parts: Iterable[Part], numbers: Numbers, *, like: Segment | None = None) -> Segment:
    """The segment of these rows, in the order given; new codes get a number.

    `like`: the main segment, beside which it stands: words weigh the same in both.
    """
    rows: list[Row] = []
    sessions: list[SessionRow] = []
    text = build(_documents(parts, rows, sessions, numbers), like=like.text if like else None)
    size = bitmaps.words_for(len(rows)) * bitmaps.WORD
    columns = {name: _column(rows, size, *how) for name, how in COLUMNS.items()}
    return Segment(
        rows=len(rows),
        columns=columns,
        bits={name: _bits(name, [getattr(row, column) for row in rows], numbers) for name, column in LISTS.items()},
        provider=_providers(rows, size, numbers),
        title=_titles(rows, size),
        text=text,
        **_session_columns(columns["id"], sessions),
    )


def _documents(
    parts: Iterable[Part], rows: list[Row], sessions: list[SessionRow], numbers: Numbers
) -> Iterator[Document]:
    """The texts of the rows, which are gone through once and then dropped; rows and sessions are gathered."""
    for some, their_sessions in parts:
        for row in some:
            yield _document(row, numbers)
            rows.append(row._replace(summary="", goals="", description=""))
        sessions += their_sessions


def _document(row: Row, numbers: Numbers) -> Document:
    codes = [row.kind, *row.theme_codes.split(SEPARATOR)]
    return Document(
        title=row.title,
        labels=" ".join(f"{code} {numbers.names.get(code, '')}" for code in codes),
        levels=tuple(row.level_codes.split(SEPARATOR)),
        summary=row.summary,
        goals=row.goals,
        provider=row.provider_name,
        co_providers=row.co_providers,
        town=row.venue_city or row.provider_city,
        description=row.description,
    )


def _column(rows: Sequence[Row], size: int, value: Callable[[Row], Any], kind: Any, padding: Any) -> NDArray[Any]:
    column = np.full(size, padding, dtype=kind)
    column[: len(rows)] = [value(row) for row in rows]
    return column


def _instant(moment: dt.datetime | None) -> int:
    """Microseconds since 1970; what was never published comes last."""
    return NO_DATE if moment is None else (moment - EPOCH) // dt.timedelta(microseconds=1)


def _month_mask(numbers: str) -> int:
    """January = 1; without months the whole year. Other numbers stand for none."""
    if not numbers:
        return days.ALL_MONTHS
    return sum(1 << month - 1 for month in set(map(int, numbers.split(SEPARATOR))) if 1 <= month <= 12)


def _bits(facet: str, values: list[str], numbers: Numbers) -> Masks:
    combinations: dict[str, int] = {}
    where = np.array([combinations.setdefault(value, len(combinations)) for value in values], dtype=np.int64)
    lists = [_codes(facet, value) for value in combinations]
    numbers.add(facet, (code for codes in lists for code in codes))
    holds = np.zeros((len(numbers.codes(facet)), len(lists)), dtype=np.bool_)
    for at, codes in enumerate(lists):
        holds[numbers.of(facet, codes), at] = True
    return bitmaps.of_combinations(where, holds)


def _codes(facet: str, value: str) -> Iterable[str]:
    codes = [code for code in value.split(SEPARATOR) if code]
    if facet != "level":
        return codes
    # A code stands for all leaves under it: every code that shares a leaf with one of these.
    leaves = frozenset().union(*(LEAVES[code] for code in codes if code in LEAVES))
    return [code for code, under in LEAVES.items() if leaves & under]


def _providers(rows: Sequence[Row], size: int, numbers: Numbers) -> NDArray[np.int32]:
    numbers.add("provider", (row.provider_slug for row in rows))
    column = np.full(size, -1, dtype=np.int32)
    column[: len(rows)] = numbers.of("provider", (row.provider_slug for row in rows))
    return column


def title_key(title: str) -> bytes:
    """What titles are put in order by: capitals and accents make no difference."""
    letters = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).encode()[:TITLE_BYTES]


def _titles(rows: Sequence[Row], size: int) -> NDArray[np.bytes_]:
    column = np.zeros(size, dtype=f"S{TITLE_BYTES}")
    column[: len(rows)] = [title_key(row.title) for row in rows]
    return column


def _session_columns(ids: Ints, sessions: Sequence[SessionRow]) -> dict[str, Any]:
    row = {pk: at for at, pk in enumerate(ids.tolist())}
    session_row = np.array([row[each.activity] for each in sessions], dtype=np.int64)
    dated = np.zeros(len(ids), dtype=np.bool_)
    dated[session_row] = True
    return {
        "dated": dated,
        "session_row": session_row,
        "session_day": np.array([each.date.toordinal() for each in sessions], dtype=np.int64),
        "session_free": np.array([each.free for each in sessions], dtype=np.int64),
    }


# ---------------------------------------------------------------------- of one day


@dataclass(frozen=True, eq=False)
class OnDay:
    """What of a segment depends on today. `month` is of shape (12, words), the others of shape (size,).

    `room` is the largest number of free seats on one coming day, without dated sessions `NO_LIMIT`; `soonest` is the
    first day on which it can be, `days.NEVER` when there is none.
    """

    month: Masks
    room: Ints
    soonest: Ints


def _on_day(segment: Segment, today: int) -> OnDay:
    coming = segment.session_day >= today
    row, day = segment.session_row[coming], segment.session_day[coming]
    room = np.where(segment.dated, 0, NO_LIMIT)
    np.maximum.at(room, row, segment.session_free[coming])
    first = np.full(segment.size, days.NEVER)
    np.minimum.at(first, row, day)
    return OnDay(
        month=_month_bits(segment, row, day),
        room=room,
        soonest=np.where(segment.dated, first, _first_open_day(segment.columns, today)),
    )


def _month_bits(segment: Segment, row: Ints, day: Ints) -> Masks:
    months = np.where(segment.dated, 0, segment.columns["months"])
    np.bitwise_or.at(months, row, 1 << days.month_of(day) % 12)
    return bitmaps.pack((months >> np.arange(12)[:, None] & 1).astype(np.bool_))


def _first_open_day(columns: dict[str, NDArray[Any]], today: int) -> Ints:
    """Without sessions: the first day from today, within the period, in one of the months."""
    start = np.maximum(columns["from_day"], today)
    month = days.month_of(start)
    first = np.full(len(start), days.NEVER)
    for later in reversed(range(12)):
        there = (columns["months"] >> (month + later) % 12 & 1).astype(np.bool_)
        first = np.where(there, days.first_day_of(month + later) if later else start, first)
    return np.where(first <= columns["until_day"], first, days.NEVER)


def joined(columns: Sequence[NDArray[Any]]) -> NDArray[Any]:
    """One after another, along the last axis."""
    return columns[0] if len(columns) == 1 else np.concatenate(columns, axis=-1)


def joined_bits(parts: Sequence[Masks], codes: int) -> Masks:
    """One after another; where a segment knows fewer codes, none of its rows has the others."""
    found = np.zeros((codes, sum(part.shape[1] for part in parts)), dtype=np.uint64)
    at = 0
    for part in parts:
        found[: len(part), at : at + part.shape[1]] = part
        at += part.shape[1]
    return found
