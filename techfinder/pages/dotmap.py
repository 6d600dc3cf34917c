"""The country as hexagon dots on the home page: pure functions from points to a drawing."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from techfinder.taxonomy.hexagons import EAST, SIZES, SOUTH, Point, centre, hexagons, project, size


@dataclass(frozen=True)
class DotMap:
    """Dots by size, each as one path: the drawing is a few elements, not hundreds."""

    width: float
    height: float
    paths: tuple[tuple[str, str], ...]
    pairs: tuple[tuple[str, float, float, float, float], ...] = ()


def draw(points: Iterable[Point]) -> DotMap:
    """Draw the points as dots, with three examples of a school and a company that found each other."""
    by_size: dict[str, list[str]] = {thick: [] for _least, thick in SIZES}
    for place, count in sorted(hexagons(points).items()):
        x, y = centre(*place)
        by_size[size(count)].append(f"M{x:.1f} {y:.1f}h0")
    width, bottom = project(SOUTH, EAST)
    return DotMap(
        width=round(width, 1),
        height=round(bottom, 1),
        paths=tuple((thick, "".join(dots)) for thick, dots in by_size.items() if dots),
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
