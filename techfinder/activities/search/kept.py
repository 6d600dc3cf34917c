"""The index of this process, kept as the tables are: each search asks the log once what changed since."""

from __future__ import annotations

import threading

import numpy as np

from matching import bitmaps
from techfinder.activities.search import reading
from techfinder.activities.search.geography import Geography
from techfinder.activities.search.index import Index
from techfinder.activities.search.numbers import of_vocabularies
from techfinder.activities.search.segment import make
from techfinder.following import Follower
from techfinder.taxonomy.queries import RegionIndex


class Kept:
    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._log = Follower("activities_activitychange", "activity_id")
        self._index: Index | None = None

    def now(self) -> Index:
        with self._lock:
            changed = self._log.look()
            if self._index is None or changed is None or len(changed):
                self._index = build()
            self._log.done()
            return self._index


def build() -> Index:
    """All of it from the tables."""
    numbers = of_vocabularies()
    parts = list(reading.in_parts())
    rows = [row for part, _ in parts for row in part]
    sessions = [session for _, part in parts for session in part]
    segment = make(rows, sessions, numbers)
    live = bitmaps.pack(np.arange(segment.size) < segment.rows)
    return Index(segments=(segment,), live=live, numbers=numbers, geography=Geography(RegionIndex()))


KEPT = Kept()
