"""Which activities are worth a look for a request: a superset from bitmaps, one bit per activity.

A bitmap only leaves out pairs that a rule refuses; the rules then decide over what is left.
"""

from __future__ import annotations

import numpy as np

from .arrays import Bools, Ints, Masks
from .block import Run
from .columns import WORD
from .rows import ONLINE

Bitmap = Masks  # shape (activities / 64,)

# A bitmap of 30,000 activities takes 4 kB: this many together stay under 40 MB.
_REMEMBERED = 10_000


class Candidates:
    """The bitmaps of a run's activities, made when first asked for."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._count = len(run.activities)
        self._live = self._pack(run.activities.live)
        self._known: dict[tuple[str, int], Bitmap] = {}

    def groups(self) -> list[Ints]:
        """The positions of the live requests, those together that differ in nothing that `of_group` looks at."""
        requests, run = self._run.requests, self._run
        online = requests.delivery & ONLINE
        keys = (online, requests.audience.view(np.int64), requests.levels.view(np.int64), run.municipality_bit)
        order = np.lexsort(keys)
        order = order[requests.live[order]]
        borders = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
        return np.split(order, np.flatnonzero(borders) + 1) if len(order) else []

    def of_group(self, r: int) -> Ints:
        """The positions of the activities that request `r` and its group may be eligible for, rising."""
        requests = self._run.requests
        found = self._live & self._any("levels", int(requests.levels[r]))
        found &= self._place(int(self._run.municipality_bit[r]), bool(requests.delivery[r] & ONLINE))
        found &= self._any("audience", int(requests.audience[r]))
        return self._unpack(found)

    def _pack(self, rows: Bools) -> Bitmap:
        padded = np.zeros((self._count + WORD - 1) // WORD * 8, dtype=np.uint8)
        packed = np.packbits(rows, bitorder="little")
        padded[: len(packed)] = packed
        return padded.view(np.uint64)

    def _unpack(self, bitmap: Bitmap) -> Ints:
        bits = np.unpackbits(bitmap.view(np.uint8), count=self._count, bitorder="little")
        # As booleans: numpy finds those several times faster than bytes that are not 0.
        return np.flatnonzero(bits.view(np.bool_))

    def _remember(self, name: str, mask: int, bitmap: Bitmap) -> Bitmap:
        if len(self._known) >= _REMEMBERED:
            self._known.clear()
        self._known[name, mask] = bitmap
        return bitmap

    def _any(self, column: str, mask: int) -> Bitmap:
        """Activities whose `column` of masks has a bit of `mask`."""
        known = self._known.get((column, mask))
        if known is not None:
            return known
        rows = (getattr(self._run.activities, column) & np.uint64(mask)) != 0
        return self._remember(column, mask, self._pack(rows))

    def _place(self, bit: int, online: bool) -> Bitmap:
        """Activities that cover the municipality, and those online when that will do."""
        name = "place or online" if online else "place"
        known = self._known.get((name, bit))
        if known is not None:
            return known
        activities = self._run.activities
        rows = activities.everywhere | (activities.regions[bit // WORD] >> np.uint64(bit % WORD) & 1).astype(np.bool_)
        if online:
            rows = rows | ((activities.delivery & ONLINE) != 0)
        return self._remember(name, bit, self._pack(rows))
