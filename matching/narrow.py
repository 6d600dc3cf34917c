"""Which activities are worth a look for a request: first from bitmaps, one bit per activity, then on grids of numbers
that are as narrow as they can be.

Both only leave out pairs that a rule refuses; the rules then decide over what is left.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import Bools, Ints, Masks
from .block import Run
from .columns import NO_LIMIT, WORD
from .rows import ONLINE

Bitmap = Masks  # shape (activities / 64,)
Column = NDArray[Any]

# Bytes of bitmaps that are kept; one of 30,000 activities takes 4 kB.
_REMEMBERED = 40_000_000


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
        keys = (requests.audience.view(np.int64), requests.levels.view(np.int64), run.municipality_bit)
        order = np.lexsort(keys)
        order = order[requests.live[order]]
        borders = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
        return np.split(order, np.flatnonzero(borders) + 1) if len(order) else []

    def of_group(self, rows: Ints) -> Ints:
        """The positions of the activities that requests of one group may be eligible for, rising."""
        requests, r = self._run.requests, rows[0]
        found = self._live & self._any("levels", int(requests.levels[r]))
        found &= self._place(int(self._run.municipality_bit[r]), bool((requests.delivery[rows] & ONLINE).any()))
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
        if len(self._known) * bitmap.nbytes > _REMEMBERED:
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


class Narrow:
    """Rules whose two values fit in a few bytes each, on grids: some requests by some activities, as positions."""

    def __init__(self, run: Run) -> None:
        requests, activities = run.requests, run.activities
        self.themes = [narrow(*words) for words in zip(requests.themes, activities.themes, strict=False)]
        # A theme that all activities have, and that those ask who ask for none.
        self._any_theme = requests.any_theme.astype(np.uint8), np.ones(len(activities), dtype=np.uint8)
        self._kinds = narrow(requests.kinds, activities.kind)
        self._delivery = requests.delivery, activities.delivery
        self._size, self._least = small(requests.group_size), small(activities.group_min)
        self._most = small(np.where(activities.splittable, NO_LIMIT, activities.group_max))
        self._budget, self._cost = small(requests.max_cost), small(activities.cost)

    def holds(self, rows: Ints, found: Ints) -> Bools:
        """Whether group, cost, kind, theme and what place needs of them all hold, shape (rows, found)."""
        rules = self.rules(rows, found)
        holds = next(rules)
        for rule in rules:
            holds &= rule
        return holds

    def rules(self, rows: Ints, found: Ints) -> Iterator[Bools]:
        """Group, cost, kind, theme, and of place that both name a delivery; each of shape (rows, found)."""
        size = self._size[rows][:, None]
        group = self._most[found] >= size
        group &= self._least[found] <= size
        yield group
        yield self._cost[found] <= self._budget[rows][:, None]
        yield shared([self._kinds], rows, found)
        yield shared([self._any_theme, *self.themes], rows, found)
        yield shared([self._delivery], rows, found)


def shared(words: list[tuple[Column, Column]], rows: Ints, found: Ints) -> Bools:
    """Whether masks have a bit in common, shape (rows, found); each word is a column of requests and of activities."""
    common: Bools = (words[0][0][rows][:, None] & words[0][1][found]) != 0
    for asked, offered in words[1:]:
        common |= (asked[rows][:, None] & offered[found]) != 0
    return common


def narrow(asked: Masks, offered: Masks) -> tuple[Column, Column]:
    """Masks in the narrowest numbers that hold all that is offered."""
    used = np.bitwise_or.reduce(offered, initial=np.uint64(0))
    kind = np.min_scalar_type(int(used))
    return (asked & used).astype(kind), offered.astype(kind)


def small(values: Ints) -> Column:
    """In half the bytes; what does not fit becomes the largest that does, and comparisons stay as they were."""
    return np.clip(values, -(2**31), 2**31 - 1).astype(np.int32)
