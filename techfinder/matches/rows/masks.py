"""The site's codes and values as the numbers of the engine, and columns of the tables as columns of the engine."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np

from matching import AT_PROVIDER, AT_SCHOOL, LEVELS, ONLINE, days
from matching.arrays import Ints, Masks
from matching.columns import WORD
from techfinder.activities.search.geography import MIDDLE, Point
from techfinder.matches.rows.binary import DAY_ZERO, Table
from techfinder.taxonomy.models import Audience, Delivery

DELIVERIES = {Delivery.AT_SCHOOL: AT_SCHOOL, Delivery.AT_PROVIDER: AT_PROVIDER, Delivery.ONLINE: ONLINE}
AUDIENCES = {Audience.PUPILS: 1, Audience.TEACHERS: 2, Audience.STUDENT_TEACHERS: 4}
# Raised by hand when the tables get another meaning; a changed level tree shows by itself. Rows of another layout are
# made anew.
MEANING = 1
LAYOUT = zlib.crc32(repr((MEANING, [leaf.code for leaf in LEVELS.leaves], DELIVERIES, AUDIENCES)).encode()) >> 1


def first_point(*places: tuple[float | None, float | None]) -> Point:
    """The first place that has coordinates."""
    for lat, lon in places:
        if lat is not None and lon is not None:
            return lat, lon
    return MIDDLE


def cents(euros: Decimal | None) -> int | None:
    return None if euros is None else round(euros * 100)


def mask_of(bits: Mapping[Any, int], codes: Iterable[str]) -> int:
    return sum(bits[code] for code in set(codes) if code in bits)


def month_mask(months: Iterable[int]) -> int:
    """Months from 1 to 12 as a mask with January = 1; other numbers stand for none."""
    return sum(1 << month - 1 for month in set(months) if 1 <= month <= 12)


def signed(mask: int) -> int:
    """64 bits as PostgreSQL's bigint keeps them."""
    return mask - (1 << WORD) if mask >> WORD - 1 else mask


def low_and_high(numbers: Iterable[int]) -> tuple[int, int]:
    """Numbers from 0 to 127 as two masks of 64 bits."""
    mask = sum(1 << number for number in numbers)
    return signed(mask & (1 << WORD) - 1), signed(mask >> WORD)


# ------------------------------------------------------------- whole columns


def unsigned(column: Ints) -> Masks:
    """The reverse of `signed`, for a column of shape (rows,)."""
    return column.view(np.uint64)


def theme_words(table: Table) -> Masks:
    """Shape (words, rows): one word, or two when a number above 63 occurs."""
    low, high = unsigned(table["themes_low"]), unsigned(table["themes_high"])
    return np.stack([low, high]) if high.any() else low[None].copy()


def period(first: Ints, last: Ints) -> dict[str, Ints]:
    """The days that PostgreSQL counts as those of the engine, with their months."""
    from_day, until_day = (column.astype(np.int64) + DAY_ZERO for column in (first, last))
    return {
        "from_day": from_day,
        "from_month": days.month_of(from_day),
        "until_day": until_day,
        "until_month": days.month_of(until_day),
    }


def by_id(table: Table) -> Table:
    """The rows in rising order of `id`."""
    if (np.diff(table["id"]) > 0).all():
        return table
    order = np.argsort(table["id"])
    return {name: column[order] for name, column in table.items()}


def edges(table: Table) -> dict[str, Any]:
    """The last stored pair of each row, where it has as many as are kept."""
    return {
        "has_edge": table["edge_score"] >= 0,
        "edge_score": table["edge_score"].astype(np.int64),
        "edge_id": table["edge_id"],
    }
