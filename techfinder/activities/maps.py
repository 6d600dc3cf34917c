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


@dataclass(frozen=True)
class CoverageMap:
    view_box: str
    inside: tuple[Point, ...]
    outside: tuple[Point, ...]
    pin: Point | None


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
    return CoverageMap(f"{left:.1f} {top:.1f} {width:.1f} {height:.1f}", tuple(inside), tuple(shown), pin)


def _is_dot(region: Region) -> bool:
    return region.type == Region.Type.MUNICIPALITY and region.lat is not None and region.lon is not None


def _xy(lat: float | None, lon: float | None) -> Point:
    x, y = (lon or 0) * SQUEEZE * UNITS_PER_DEGREE, -(lat or 0) * UNITS_PER_DEGREE
    return round(x, 1), round(y, 1)


def _box(points: Iterable[Point]) -> tuple[float, float, float, float]:
    xs, ys = zip(*points, strict=True)
    left, top = min(xs) - MARGIN, min(ys) - MARGIN
    return left, top, max(xs) + MARGIN - left, max(ys) + MARGIN - top
