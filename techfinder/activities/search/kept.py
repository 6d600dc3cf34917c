"""The index of this process, kept as the tables are: each search asks the log once what changed since."""

from __future__ import annotations

import threading
from dataclasses import replace

import numpy as np

from matching import bitmaps
from matching.arrays import Ints, Masks
from techfinder.activities.models import ActivityChange, Synonym
from techfinder.activities.models.finding import ALL, REGIONS, SYNONYMS
from techfinder.activities.search import reading
from techfinder.activities.search.geography import Geography
from techfinder.activities.search.index import Index
from techfinder.activities.search.numbers import Numbers
from techfinder.activities.search.reading import Part, Row, SessionRow
from techfinder.activities.search.segment import Segment, joined, make
from techfinder.activities.search.text import Synonyms
from techfinder.following import PRUNED, Follower, prune
from techfinder.taxonomy.queries import RegionIndex

# Changed activities stand in a small segment that is made again at each change; a larger one is left as it is.
SMALL = 256
# So many segments become two: the main one, and one of all that changed.
MOST_SEGMENTS = 6
# With more than one in so many rows outside the main segment, everything is read again.
MANY = 4
MOST_CHANGES = 200_000


class Kept:
    """Lets in one thread at a time; whoever got an index may search it as long as it likes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log = Follower(ActivityChange._meta.db_table, "activity_id")
        self._index: Index | None = None
        # What the last segment was made of, as long as it may be made again.
        self._recent: dict[int, tuple[Row, list[SessionRow]]] = {}

    def now(self) -> Index:
        """The index as this transaction sees the tables: one query when nothing changed."""
        with self._lock:
            changed = self._log.look()
            index = self._index
            if index is None or changed is None or ALL in changed:
                index = self._build()
            elif len(changed):
                index = self._with_changes(index, changed)
            self._index = index
            self._log.done()
            return index

    def _build(self) -> Index:
        self._recent = {}
        return build()

    def _with_changes(self, index: Index, changed: Ints) -> Index:
        if REGIONS in changed:
            index = replace_caches(index, geography=_geography())
        if SYNONYMS in changed:
            index = replace_caches(index, synonyms=_synonyms())
        ids = changed[changed > 0]
        if not len(ids):
            return index
        others = index.size - index.segments[0].size
        if others + len(ids) > index.segments[0].rows // MANY:
            return self._build()
        return self._with_activities(index, ids)

    def _with_activities(self, index: Index, ids: Ints) -> Index:
        if len(self._recent) + len(ids) > SMALL:
            self._recent = {}
        kept = index.segments[:-1] if self._recent else index.segments
        self._recent = {pk: row for pk, row in self._recent.items() if pk not in set(ids.tolist())}
        self._recent |= _by_id(reading.of(ids.tolist()))
        live = _without(index, ids)[: sum(segment.size for segment in kept) // bitmaps.WORD]
        small = _segment(self._recent, index)
        return self._folded(_joined(index, [(kept, live), ((small,), _all_live(small))]))

    def _folded(self, index: Index) -> Index:
        if len(index.segments) <= MOST_SEGMENTS:
            return index
        self._recent = {}
        main = index.segments[0]
        words = main.size // bitmaps.WORD
        rows = bitmaps.positions(index.live[words:]) + main.size
        changed = _segment(_by_id(reading.of(index.column("id")[rows].tolist())), index)
        return _joined(index, [((main,), index.live[:words]), ((changed,), _all_live(changed))])


def build() -> Index:
    """All of it from the tables."""
    numbers = Numbers.of_vocabularies()
    segment = make(reading.in_parts(), numbers)
    return Index(
        segments=(segment,),
        live=_all_live(segment),
        numbers=numbers,
        geography=_geography(),
        synonyms=_synonyms(),
    )


def replace_caches(index: Index, **changes: object) -> Index:
    """A new index with nothing remembered of what was derived."""
    return replace(index, remembered={}, **changes)  # type: ignore[arg-type]


def _geography() -> Geography:
    return Geography(RegionIndex())


def _synonyms() -> Synonyms:
    return Synonyms.of(Synonym.objects.values_list("words", flat=True))


def _joined(index: Index, parts: list[tuple[tuple[Segment, ...], Masks]]) -> Index:
    segments = tuple(segment for some, _ in parts for segment in some)
    return replace_caches(index, segments=segments, live=joined([live for _, live in parts]))


def _segment(rows: dict[int, tuple[Row, list[SessionRow]]], index: Index) -> Segment:
    part = [row for row, _ in rows.values()], [session for _, some in rows.values() for session in some]
    return make([part], index.numbers, like=index.segments[0])


def _by_id(part: Part) -> dict[int, tuple[Row, list[SessionRow]]]:
    rows, sessions = part
    found: dict[int, tuple[Row, list[SessionRow]]] = {row.id: (row, []) for row in rows}
    for session in sessions:
        found[session.activity][1].append(session)
    return found


def _all_live(segment: Segment) -> Masks:
    return bitmaps.pack(np.arange(segment.size) < segment.rows)


def _without(index: Index, ids: Ints) -> Masks:
    return index.live & ~bitmaps.pack(np.isin(index.column("id"), ids))


KEPT = Kept()


def prune_changes() -> None:
    """Shorten the log once it is long: a process that is far behind then reads all again, once."""
    prune(ActivityChange, most=MOST_CHANGES, marker={"activity_id": PRUNED})
