"""What a search found, as a map wants it: offers while they are few, else bundles of them; and the country as dots."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from numpy.typing import NDArray

from matching import geo
from techfinder.activities import search
from techfinder.activities.atlas import atlas
from techfinder.activities.models import Activity
from techfinder.activities.search.criteria import Criteria
from techfinder.organisations.models import School
from techfinder.taxonomy import hexagons
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.templatetags.ui import km

# So many offers as points of their own; more are bundled.
MOST_OFFERS = 2000
# More than are ever found: the map has all of them.
ALL = 1_000_000
# Bundles beside each other over the width of what is shown.
BUNDLES = 24
COUNTRY_SECONDS = 24 * 3600
WHOLE_WORLD = (-90.0, -180.0, 90.0, 180.0)


@dataclass(frozen=True)
class Box:
    """What of the map is asked for, in degrees."""

    south: float
    west: float
    north: float
    east: float


EVERYWHERE = Box(*WHOLE_WORLD)
COUNTRY = Box(hexagons.SOUTH, hexagons.WEST, hexagons.NORTH, hexagons.EAST)


@dataclass(frozen=True)
class Points:
    """Where what was found is: three columns of one length, ids, degrees north and degrees east."""

    ids: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.ids)

    def within(self, box: Box) -> Points:
        """Those in the box, its edges included."""
        inside = (self.lat >= box.south) & (self.lat <= box.north) & (self.lon >= box.west) & (self.lon <= box.east)
        return Points(self.ids[inside], self.lat[inside], self.lon[inside])


def read_box(text: str) -> Box:
    """South, west, north and east with commas between; everywhere when it is no box."""
    try:
        found = [float(part) for part in text[:100].split(",")]
    except ValueError:
        return EVERYWHERE
    if len(found) != 4 or not all(map(math.isfinite, found)) or found[0] >= found[2] or found[1] >= found[3]:
        return EVERYWHERE
    return Box(*found)


def points(criteria: Criteria, now: search.Search | None = None) -> Points:
    """Where all that is found is; what is nowhere, such as online, is not among these."""
    return Points(*(now or search.now()).points(criteria, most=ALL))


def answer(criteria: Criteria, box: Box) -> dict[str, Any]:
    """What the map draws: `offers` or `bundles` in the box, and how many are found and how many are on no map.

    An offer is [lat, lon, title, slug, town, distance in words]; a bundle is [lat, lon, how many, town nearby].
    """
    now = search.now()
    found, total = points(criteria, now), now.count(criteria)
    shown = found.within(box)
    few = len(shown) <= MOST_OFFERS
    return {
        "total": total,
        "nowhere": max(0, total - len(found)),
        "offers": offers(shown, criteria) if few else [],
        "bundles": [] if few else bundles(shown, box),
    }


def offers(found: Points, criteria: Criteria) -> list[list[Any]]:
    """One row for each offer, as long as it is public."""
    columns = ("pk", "title", "slug", "venue_city", "provider__city")
    rows = Activity.objects.public().filter(pk__in=found.ids.tolist()).values_list(*columns)
    words = {pk: (title, slug, venue or town) for pk, title, slug, venue, town in rows}
    where = zip(found.ids.tolist(), found.lat.tolist(), found.lon.tolist(), _distances(found, criteria), strict=True)
    return [[round(lat, 5), round(lon, 5), *words[pk], far] for pk, lat, lon, far in where if pk in words]


def _distances(found: Points, criteria: Criteria) -> Sequence[str]:
    place = criteria.place
    if place is None or place.lat is None or place.lon is None:
        return [""] * len(found)
    far = geo.distance_km(geo.unit_vectors([(place.lat, place.lon)]), geo.vectors_of(found.lat, found.lon))
    return [km(each) for each in far.tolist()]


def bundles(found: Points, box: Box) -> list[list[Any]]:
    """Offers that lie together as one: in squares, each at the middle of what is in it."""
    box = COUNTRY if box == EVERYWHERE else box
    step = max(box.east - box.west, box.north - box.south) / BUNDLES
    square = np.floor(found.lat / step).astype(np.int64) * 10_000_000 + np.floor(found.lon / step).astype(np.int64)
    _squares, number = np.unique(square, return_inverse=True)
    count = np.bincount(number)
    lat, lon = (np.bincount(number, weights=column) / count for column in (found.lat, found.lon))
    rows = zip(lat.tolist(), lon.tolist(), count.tolist(), _towns(lat, lon), strict=True)
    return [[round(north, 5), round(east, 5), many, town] for north, east, many, town in rows]


def _towns(lat: NDArray[np.float64], lon: NDArray[np.float64]) -> list[str]:
    """The municipality whose middle is nearest."""
    known = [area for area in atlas().municipalities.values() if area.lat is not None and area.lon is not None]
    if not known:
        return [""] * len(lat)
    there = geo.unit_vectors([(area.lat or 0, area.lon or 0) for area in known])
    nearest = (geo.vectors_of(lat, lon).T @ there).argmax(axis=1)
    return [known[at].name for at in nearest.tolist()]


# ------------------------------------------------------------------ the country


def country() -> list[tuple[float, float, float]]:
    """The country as dots: latitude, longitude and radius in km. Kept for a day."""
    kept: list[tuple[float, float, float]] | None = cache.get("activities.country")
    if kept is None:
        kept = [_dot(place, count) for place, count in sorted(_hexagons().items())]
        cache.set("activities.country", kept, COUNTRY_SECONDS)
    return kept


def _dot(place: tuple[int, int], count: int) -> tuple[float, float, float]:
    lat, lon = hexagons.on_earth(*hexagons.centre(*place))
    kilometres = float(hexagons.size(count)) / 2 * hexagons.CELL_KM / hexagons.CELL
    return round(lat, 4), round(lon, 4), round(kilometres, 2)


def _hexagons() -> dict[tuple[int, int], int]:
    schools = School.objects.open().filter(sector=School.Sector.PO).values_list("lat", "lon")
    towns = Region.objects.filter(type=Region.Type.MUNICIPALITY).values_list("lat", "lon")
    return hexagons.hexagons(hexagons.home_points(_known(schools) or _known(towns)))


def _known(rows: Iterable[tuple[float | None, float | None]]) -> list[hexagons.Point]:
    return [(lat, lon, 1) for lat, lon in rows if lat is not None and lon is not None]


@dataclass(frozen=True)
class Drawing:
    """The country with what was found, for who has no script: dots of (x, y, radius)."""

    width: float
    height: float
    land: tuple[tuple[float, float, float], ...]
    found: tuple[tuple[float, float, float], ...]


def drawing(criteria: Criteria) -> Drawing:
    """One dot for each hexagon in which something was found, larger where more is."""
    where = points(criteria)
    together = hexagons.hexagons((lat, lon, 1) for lat, lon in zip(where.lat.tolist(), where.lon.tolist(), strict=True))
    width, height = hexagons.project(hexagons.SOUTH, hexagons.EAST)
    scale = hexagons.CELL / hexagons.CELL_KM
    return Drawing(
        round(width, 1),
        round(height, 1),
        tuple((*_xy(lat, lon), round(radius * scale, 2)) for lat, lon, radius in country()),
        tuple(
            (round(x, 1), round(y, 1), round(2.2 + float(hexagons.size(count)) / 2, 2))
            for place, count in sorted(together.items())
            for x, y in [hexagons.centre(*place)]
        ),
    )


def _xy(lat: float, lon: float) -> tuple[float, float]:
    x, y = hexagons.project(lat, lon)
    return round(x, 1), round(y, 1)
