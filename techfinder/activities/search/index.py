"""All public activities in memory as they were at one moment: segments one after another, and which rows still hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import bitmaps, geo
from matching.arrays import Bools, Floats, Ints, Masks
from techfinder.activities.search.geography import MIDDLE, Geography
from techfinder.activities.search.numbers import Numbers
from techfinder.activities.search.segment import OnDay, Segment, joined, joined_bits
from techfinder.taxonomy.models import Delivery


@dataclass(frozen=True, eq=False)
class Index:
    """Never changes: a search that has one is not disturbed by what comes after it. Its rows are those of the segments.

    `live` is a bitmap of the rows that are public activities as they are now, each of them once.
    """

    segments: tuple[Segment, ...]
    live: Masks
    numbers: Numbers
    geography: Geography
    _columns: dict[str, NDArray[Any]] = field(default_factory=dict)
    _bits: dict[str, Masks] = field(default_factory=dict)
    _days: dict[int, OnDay] = field(default_factory=dict)
    # All rows in the orders that were asked for, by name or by day.
    orders: dict[str | int, Ints] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.live) * bitmaps.WORD

    def column(self, name: str) -> NDArray[Any]:
        """One value per row: shape (size,)."""
        if name not in self._columns:
            self._columns[name] = joined([segment.columns[name] for segment in self.segments])
        return self._columns[name]

    def bits(self, facet: str) -> Masks:
        """The rows of each code, in order of the numbers: shape (codes, words)."""
        if facet not in self._bits:
            parts = [segment.bits[facet] for segment in self.segments]
            self._bits[facet] = joined_bits(parts, len(self.numbers.codes(facet)))
        return self._bits[facet]

    @cached_property
    def provider(self) -> NDArray[np.int32]:
        return joined([segment.provider for segment in self.segments])

    @cached_property
    def title(self) -> NDArray[np.bytes_]:
        return joined([segment.title for segment in self.segments])

    @cached_property
    def dated(self) -> Bools:
        return joined([segment.dated for segment in self.segments])

    @cached_property
    def sessions(self) -> tuple[Ints, Ints]:
        """The row and the day of every session."""
        starts = np.cumsum([0, *(segment.size for segment in self.segments)])
        rows = [segment.session_row + start for segment, start in zip(self.segments, starts, strict=False)]
        return joined(rows), joined([segment.session_day for segment in self.segments])

    @cached_property
    def free(self) -> Masks:
        return bitmaps.pack(self.column("free"))

    @cached_property
    def provinces(self) -> Masks:
        """What is found in each province: shape (provinces, words)."""
        found = [self.in_regions([code]) for code in self.geography.provinces]
        return np.stack(found) if found else np.zeros((0, len(self.live)), dtype=np.uint64)

    @cached_property
    def points(self) -> Floats:
        """Unit vectors of shape (3, size); where nothing is known, of the middle of the country."""
        lat, lon = (
            np.where(np.isnan(self.column("lat")), middle, self.column(name))
            for name, middle in zip(("lat", "lon"), MIDDLE, strict=True)
        )
        return geo.vectors_of(lat, lon)

    def on_day(self, today: int) -> OnDay:
        """What depends on today (an ordinal)."""
        if today not in self._days:
            parts = [segment.on_day(today) for segment in self.segments]
            self._days[today] = OnDay(
                month=np.concatenate([part.month for part in parts], axis=1),
                room=joined([part.room for part in parts]),
                soonest=joined([part.soonest for part in parts]),
            )
        return self._days[today]

    def any_of(self, facet: str, codes: Iterable[str]) -> Masks:
        """The rows that have one of these codes."""
        return bitmaps.union(self.bits(facet)[self.numbers.of(facet, codes)])

    def in_regions(self, codes: Iterable[str]) -> Masks:
        """What is offered in the whole of one of these regions, or online."""
        return self.any_of("region", self.geography.covering(codes)) | self.any_of("delivery", [Delivery.ONLINE])

    def row_of(self, activity_id: int) -> int | None:
        """The row of a public activity."""
        rows = np.flatnonzero(self.column("id") == activity_id)
        live = [row for row in rows.tolist() if bitmaps.holds(self.live, row)]
        return live[0] if live else None
