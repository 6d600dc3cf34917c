"""The map of one activity: the municipalities as dots, those it is available in marked, the venue as a pin."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import RegionIndex

Point = tuple[float, float]
# One degree north is this many of a degree east, at the middle of the country.
SQUEEZE = math.cos(math.radians(52.15))
UNITS_PER_DEGREE = 100.0
MARGIN = 14.0
SMALLEST = 60.0


@dataclass(frozen=True)
class CoverageMap:
    view_box: str
    inside: tuple[Point, ...]
    outside: tuple[Point, ...]
    pin: Point | None
    dot: float
    pin_size: float


def coverage_map(activity: Activity) -> CoverageMap | None:
    """None while the register has no points to draw."""
    index = RegionIndex()
    covered = index.expand(code for code in activity.regions if code in index.by_code)
    dots = [region for region in index.by_code.values() if _is_dot(region)]
    inside = [_xy(region.lat, region.lon) for region in dots if covered == "everywhere" or region.pk in covered]
    if not inside:
        return None
    outside = [_xy(region.lat, region.lon) for region in dots if covered != "everywhere" and region.pk not in covered]
    pin = _xy(activity.venue_lat, activity.venue_lon) if activity.venue_lat and activity.venue_lon else None
    left, top, width, height = _box([*inside, *([pin] if pin else [])])
    shown = [(x, y) for x, y in outside if left <= x <= left + width and top <= y <= top + height]
    box, side = f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}", max(width, height)
    return CoverageMap(box, tuple(inside), tuple(shown), pin, round(side / 60, 2), round(side / 40, 2))


def _is_dot(region: Region) -> bool:
    return region.type == Region.Type.MUNICIPALITY and region.lat is not None and region.lon is not None


def _xy(lat: float | None, lon: float | None) -> Point:
    x, y = (lon or 0) * SQUEEZE * UNITS_PER_DEGREE, -(lat or 0) * UNITS_PER_DEGREE
    return round(x, 1), round(y, 1)


def _box(points: Iterable[Point]) -> tuple[float, float, float, float]:
    """Around the points, never smaller than a province: one municipality alone says nothing of where it is."""
    xs, ys = zip(*points, strict=True)
    width, height = max(*xs, min(xs) + SMALLEST) - min(xs), max(*ys, min(ys) + SMALLEST) - min(ys)
    left, top = (min(xs) + max(xs) - width) / 2 - MARGIN, (min(ys) + max(ys) - height) / 2 - MARGIN
    return left, top, width + 2 * MARGIN, height + 2 * MARGIN
