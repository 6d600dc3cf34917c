"""How many would be found with each value of a filter as that filter's only choice."""

from __future__ import annotations

import numpy as np

from matching import bitmaps
from matching.arrays import Masks
from techfinder.activities.search.conditions import Asked
from techfinder.activities.search.found import Facets
from techfinder.activities.search.index import Index
from techfinder.activities.search.numbers import DELIVERIES, MONTHS

CODES = ("level", "theme", "kind", "audience")


def count_facets(asked: Asked) -> Facets:
    """Zero counts included."""
    names = list(asked.conditions)
    found, others = bitmaps.intersections_without_each(list(asked.conditions.values()), asked.index.live)
    without = dict(zip(names, others, strict=True))
    values = _values(asked)
    return Facets(
        counts={
            name: dict(zip(codes, bitmaps.counts(matrix, without.get(name, found)).tolist(), strict=True))
            for name, (codes, matrix) in values.items()
        }
    )


def _values(asked: Asked) -> dict[str, tuple[tuple[str, ...], Masks]]:
    """Per facet its values, and what meets each: a matrix of shape (values, words)."""
    index = asked.index
    return {
        "delivery": (tuple(DELIVERIES), asked.ways),
        "month": (tuple(str(month) for month in MONTHS), asked.months),
        "region": (index.geography.provinces, index.provinces),
        "free": (("1",), index.free[np.newaxis]),
        "room": (("1",), asked.room[np.newaxis]),
        **{name: _of_codes(index, name) for name in CODES},
    }


def _of_codes(index: Index, facet: str) -> tuple[tuple[str, ...], Masks]:
    bits = index.bits(facet)
    return index.numbers.codes(facet)[: len(bits)], bits
