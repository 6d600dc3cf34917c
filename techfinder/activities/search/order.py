"""The order in which a search shows what it found."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matching import bitmaps
from matching.arrays import Ints, Masks
from techfinder.activities.search.conditions import Asked
from techfinder.activities.search.criteria import DISTANCE, NEWEST, RELEVANCE, SOONEST, TITLE
from techfinder.activities.search.index import Index


def first_rows(asked: Asked, found: Masks, most: int) -> Ints:
    """The first rows of what was found (a bitmap), at most so many."""
    wanted = asked.criteria
    if wanted.sort == DISTANCE and wanted.place is not None:
        return _least(asked.shown_km, _in(found, _order(asked.index, "id")), most)
    if wanted.sort == TITLE:
        return _in(found, _order(asked.index, TITLE))[:most]
    if wanted.sort == SOONEST:
        return _in(found, _soonest(asked.index, asked.today))[:most]
    newest = _in(found, _order(asked.index, NEWEST))
    if wanted.text and wanted.sort in ("", RELEVANCE):
        return _least(-asked.text.score, newest, most)
    return newest[:most]


def _in(found: Masks, order: Ints) -> Ints:
    return order[bitmaps.unpack(found, len(order))[order]]


def _least(key: NDArray[np.floating], rows: Ints, most: int) -> Ints:
    """The rows with the smallest keys, NaN last; equal ones stay in the order given."""
    values = key[rows]
    if most < len(rows):
        limit = np.partition(values, most)[most]
        rows = rows[(values <= limit) | np.isnan(limit)]
        values = key[rows]
    return rows[np.argsort(values, kind="stable")][:most]


def _order(index: Index, name: str) -> Ints:
    """All rows in one order; equal ones by id, the newest first when by age."""
    return index.once(("order", name), lambda: _work_out(index, name))


def _work_out(index: Index, name: str) -> Ints:
    ids = index.column("id")
    if name == NEWEST:
        return np.lexsort((-ids, -index.column("published")))
    if name == TITLE:
        return np.lexsort((ids, index.title))
    return np.argsort(ids)


def _soonest(index: Index, today: int) -> Ints:
    return index.once(("soonest", today), lambda: np.lexsort((index.column("id"), index.on_day(today).soonest)))
