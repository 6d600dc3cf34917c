"""All public activities in memory as they were at one moment: segments one after another, and which rows still hold."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from matching import bitmaps
from matching.arrays import Bools, Floats, Ints, Masks
from techfinder.activities.search import text
from techfinder.activities.search.geography import Geography
from techfinder.activities.search.numbers import Numbers
from techfinder.activities.search.segment import OnDay, Segment, joined, joined_bits
from techfinder.taxonomy.models import Delivery

Value = TypeVar("Value")


@dataclass(frozen=True, eq=False)
class TextFound:
    """Which rows have the words, and how well: both of shape (size,). `partly`: none has all, these have the most."""

    matches: Bools
    score: NDArray[np.float32]
    partly: bool


@dataclass(frozen=True, eq=False)
class Index:
    """Never changes: a search that has one is not disturbed by what comes after it. Its rows are those of the segments.

    `live` is a bitmap of the rows that are public activities as they are now, each of them once.
    """

    segments: tuple[Segment, ...]
    live: Masks
    numbers: Numbers
    geography: Geography
    synonyms: text.Synonyms
    # What was worked out of all this, by name.
    remembered: dict[Hashable, Any] = field(default_factory=dict)

    @property
    def size(self) -> int:
        return len(self.live) * bitmaps.WORD

    def once(self, key: Hashable, work_out: Callable[[], Value]) -> Value:
        """What was worked out before under this key. Two threads at once may both do it, and find the same."""
        if key not in self.remembered:
            self.remembered[key] = work_out()
        value: Value = self.remembered[key]
        return value

    def _joined(self, name: str) -> Any:
        return self.once(name, lambda: joined([getattr(segment, name) for segment in self.segments]))

    def column(self, name: str) -> NDArray[Any]:
        """One value per row: shape (size,)."""
        key = ("column", name)
        return self.once(key, lambda: joined([segment.columns[name] for segment in self.segments]))

    def bits(self, facet: str) -> Masks:
        """The rows of each code, in order of the numbers: shape (codes, words)."""
        codes = len(self.numbers.codes(facet))
        return self.once(
            ("bits", facet), lambda: joined_bits([segment.bits[facet] for segment in self.segments], codes)
        )

    @property
    def provider(self) -> NDArray[np.int32]:
        found: NDArray[np.int32] = self._joined("provider")
        return found

    @property
    def title(self) -> NDArray[np.bytes_]:
        found: NDArray[np.bytes_] = self._joined("title")
        return found

    @property
    def dated(self) -> Bools:
        found: Bools = self._joined("dated")
        return found

    @property
    def points(self) -> Floats:
        """Unit vectors of shape (3, size)."""
        return self.once("points", lambda: joined([segment.point for segment in self.segments]))

    @property
    def sessions(self) -> tuple[Ints, Ints]:
        """The row and the day of every session."""
        return self.once("sessions", self._sessions)

    def _sessions(self) -> tuple[Ints, Ints]:
        rows = [segment.session_row + place.start for segment, place in self._places()]
        return joined(rows), joined([segment.session_day for segment in self.segments])

    def _places(self) -> Iterator[tuple[Segment, slice]]:
        start = 0
        for segment in self.segments:
            yield segment, slice(start, start + segment.rows)
            start += segment.size

    @property
    def free(self) -> Masks:
        return self.once("free", lambda: bitmaps.pack(self.column("free")))

    @property
    def provinces(self) -> Masks:
        """What is found in each province: shape (provinces, words)."""
        return self.once("provinces", self._provinces)

    def _provinces(self) -> Masks:
        found = [self.in_regions([code]) for code in self.geography.provinces]
        return np.stack(found) if found else np.zeros((0, len(self.live)), dtype=np.uint64)

    def on_day(self, today: int) -> OnDay:
        """What depends on today (an ordinal)."""
        return self.once(("day", today), lambda: self._on_day(today))

    def _on_day(self, today: int) -> OnDay:
        parts = [segment.on_day(today) for segment in self.segments]
        return OnDay(
            month=joined([part.month for part in parts]),
            room=joined([part.room for part in parts]),
            soonest=joined([part.soonest for part in parts]),
        )

    def any_of(self, facet: str, codes: Iterable[str]) -> Masks:
        """The rows that have one of these codes."""
        bits = self.bits(facet)
        # A code may have been numbered since, for a later index.
        return bitmaps.union(bits[[number for number in self.numbers.of(facet, codes) if number < len(bits)]])

    def in_regions(self, codes: Iterable[str]) -> Masks:
        """What is offered in the whole of one of these regions, or online."""
        return self.any_of("region", self.geography.covering(codes)) | self.any_of("delivery", [Delivery.ONLINE])

    def row_of(self, activity_id: int) -> int | None:
        """The row of a public activity."""
        rows = np.flatnonzero(self.column("id") == activity_id)
        live = [row for row in rows.tolist() if bitmaps.holds(self.live, row)]
        return live[0] if live else None

    # ------------------------------------------------------------------ text

    def look_up(self, words: str) -> TextFound:
        """What has these words; everything when they say nothing."""
        query = text.parse(words, self.synonyms)
        alive = bitmaps.unpack(self.live, self.size)
        if not query:
            return TextFound(alive, np.zeros(self.size, dtype=np.float32), partly=False)
        found = text.find([(segment.text, alive[place]) for segment, place in self._places()], query)
        matches, score = np.zeros(self.size, dtype=np.bool_), np.zeros(self.size, dtype=np.float32)
        for (_, place), mask, scores in zip(self._places(), found.masks, found.scores, strict=True):
            matches[place], score[place] = mask, scores
        return TextFound(matches, score, found.partly)

    def words_in(self, words: str, activity_id: int) -> tuple[str, ...]:
        """Which of these words an activity has."""
        row = self.row_of(activity_id)
        for segment, place in self._places():
            if row is not None and place.start <= row < place.stop:
                return segment.text.typed_in(text.parse(words, self.synonyms), row - place.start)
        return ()

    def suggest(self, words: str) -> str | None:
        """The words with wrong letters mended, when there is something to mend."""
        return text.suggest(words, self.segments[0].text.statistics)
