"""How small and how remote a school is, from 0 to 1: what the score knows of it."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from matching import LEVELS
from matching.arrays import Bools, Floats, Masks
from techfinder.organisations.models import School

# Below so many pupils a school is small; at twice as many it is not at all. Others are not called small.
SMALL = {School.Sector.PO: 100, School.Sector.SO: 100, School.Sector.VO: 250}
# With so many open schools within 10 km a school is not remote.
NOT_REMOTE = 20
SPECIAL = np.uint64(LEVELS.mask_of(["vso", "vo-pro"]))

UNKNOWN = -1
SMALL_SQL = f"CASE school.sector {' '.join(f'''WHEN '{sector}' THEN {n}''' for sector, n in SMALL.items())} ELSE 0 END"


def smallness(pupils: ArrayLike, small: ArrayLike) -> Floats:
    """1 below `small` pupils, falling to 0 at twice as many; 0 where `pupils` is UNKNOWN or `small` is 0. (rows,)"""
    count, limit = np.asarray(pupils, dtype=np.float64), np.asarray(small, dtype=np.float64)
    share = np.clip(2 - count / np.maximum(limit, 1), 0, 1)
    return np.where((count >= 0) & (limit > 0), share, 0.0)


def remoteness(neighbours: ArrayLike) -> Floats:
    """1 without another school nearby, falling to 0 at NOT_REMOTE; 0 where it is UNKNOWN. Shape (rows,)."""
    count: Floats = np.asarray(neighbours, dtype=np.float64)
    return np.where(count >= 0, np.clip(1 - count / NOT_REMOTE, 0, 1), 0.0)


def is_special(levels: Masks) -> Bools:
    """Asks for special secondary education or practical training. Shape (rows,)."""
    found: Bools = (levels & SPECIAL) != 0
    return found


def value_or_unknown(value: Any) -> int:
    return UNKNOWN if value is None else int(value)
