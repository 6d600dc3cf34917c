"""How far apart places are, and how many schools lie near each: few means remote, and companies come there less."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt

NEAR_KM = 10.0
# The sphere of the matching rules (design.md §5).
EARTH_RADIUS_KM = 6371.0088
# The straight line through the sphere between two points that far apart, with the radius as 1.
NEAR = 2 * np.sin(NEAR_KM / EARTH_RADIUS_KM / 2)
# More than the cells of that size along one axis.
CELLS = 1 << 12

Numbers = npt.NDArray[Any]


def neighbours(lat: Numbers, lon: Numbers) -> Numbers:
    """How many of the other points lie within 10 km of each; degrees, shape (n,).

    Space is cut into cubes of that size: who is near lies in one's own cube or in one that touches it.
    """
    points = _unit_vectors(lat, lon)
    cells = _cells(points)
    order = np.argsort(cells)
    sorted_cells = cells[order]
    count = np.zeros(len(points), dtype=np.int64)
    for step in product((-1, 0, 1), repeat=3):
        here, there = _pairs(cells, sorted_cells, order, (step[0] * CELLS + step[1]) * CELLS + step[2])
        apart = points[here] - points[there]
        near = np.einsum("ij,ij->i", apart, apart) <= NEAR * NEAR
        count += np.bincount(here[near & (here != there)], minlength=len(points))
    return count


def _unit_vectors(lat: Numbers, lon: Numbers) -> Numbers:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=1)


def _cells(points: Numbers) -> Numbers:
    x, y, z = np.floor(points / NEAR).astype(np.int64).T + CELLS // 2
    return (x * CELLS + y) * CELLS + z


def _pairs(cells: Numbers, sorted_cells: Numbers, order: Numbers, step: int) -> tuple[Numbers, Numbers]:
    """Each point with all points of the cell that lies `step` from its own."""
    start = np.searchsorted(sorted_cells, cells + step, "left")
    size = np.searchsorted(sorted_cells, cells + step, "right") - start
    here = np.repeat(np.arange(len(cells)), size)
    place = np.arange(len(here)) - np.repeat(np.cumsum(size) - size, size)
    return here, order[np.repeat(start, size) + place]


def distance_km(here: tuple[float, float], there: tuple[float, float]) -> float:
    """Great circle between two points in degrees."""
    (lat, lon), (other_lat, other_lon) = (tuple(map(math.radians, each)) for each in (here, there))
    haversine = (
        math.sin((other_lat - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other_lat) * math.sin((other_lon - lon) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(min(1.0, math.sqrt(haversine)))
