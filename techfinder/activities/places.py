"""From what people type for a place to a municipality, and from a region to the codes that cover it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Avg, Count, Q, QuerySet

from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region

POSTCODE = re.compile(r"^(\d{4})\s?(?:[a-z]{2})?$")
UP_TO_THE_COUNTRY = "parent__parent__parent__parent"


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation: 's-Gravenhage and S GRAVENHAGE are the same."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


def find_municipality(text: str) -> Region | None:
    """The municipality that a place name or postcode lies in, by the names and the school register."""
    wanted = plain(text)
    if not wanted:
        return None
    if match := POSTCODE.match(wanted):
        return _most_schools(School.objects.filter(postcode__startswith=match[1]))
    return _by_name(wanted) or _most_schools(School.objects.filter(city__iexact=" ".join(text.split())))


def _by_name(wanted: str) -> Region | None:
    municipalities = Region.objects.filter(type=Region.Type.MUNICIPALITY).select_related(UP_TO_THE_COUNTRY)
    return next((region for region in municipalities if plain(region.name) == wanted), None)


def _most_schools(schools: QuerySet[School]) -> Region | None:
    row = schools.values("municipality").annotate(n=Count("pk")).order_by("-n", "municipality").first()
    if row is None:
        return None
    return Region.objects.select_related(UP_TO_THE_COUNTRY).get(pk=row["municipality"])


def find_regions(values: Iterable[str]) -> list[Region]:
    """Regions by their codes or slugs, in one query."""
    wanted = [value.strip() for value in values]
    named = Q(code__in=[value.upper() for value in wanted]) | Q(slug__in=[value.lower() for value in wanted])
    return list(Region.objects.filter(named).select_related(UP_TO_THE_COUNTRY).prefetch_related("networks"))


def with_ancestors(region: Region) -> list[Region]:
    """The region and all that it lies in, up to the country."""
    found = [region]
    while (parent := found[-1].parent) is not None:
        found.append(parent)
    return found


def covering_codes(region: Region) -> set[str]:
    """The codes of all regions that hold the whole of this one: itself, its ancestors, networks."""
    codes = {each.code for each in with_ancestors(region)}
    if region.type == Region.Type.NETWORK:
        members = list(region.municipalities.select_related(UP_TO_THE_COUNTRY))
        return codes | _shared(members)
    return codes | {network.code for network in region.networks.all()}


def _shared(members: Iterable[Region]) -> set[str]:
    covers = [{each.code for each in with_ancestors(member)} for member in members]
    return set.intersection(*covers) if covers else set()


def point_of(values: Mapping[str, Any], *, before: Mapping[str, Any]) -> dict[str, float | None]:
    """The point of a venue whose address changed and whose point was not given by hand."""
    moved = any(values[name] != (before.get(name) or "") for name in ("venue_postcode", "venue_city"))
    by_hand = any(values[name] is not None and values[name] != before.get(name) for name in ("venue_lat", "venue_lon"))
    if by_hand or not (moved or (values["venue_city"] and values["venue_lat"] is None)):
        return {}
    lat, lon = _point(values["venue_postcode"], values["venue_city"])
    return {"venue_lat": lat, "venue_lon": lon}


def _point(postcode: str, city: str) -> tuple[float | None, float | None]:
    """The middle of the schools in the same postcode area, else the municipality's point."""
    if len(postcode) >= 4:
        near = School.objects.filter(postcode__startswith=postcode[:4], lat__isnull=False, lon__isnull=False)
        middle = near.aggregate(lat=Avg("lat"), lon=Avg("lon"))
        if middle["lat"] is not None:
            return round(middle["lat"], 5), round(middle["lon"], 5)
    region = find_municipality(postcode) or find_municipality(city)
    return (region.lat, region.lon) if region else (None, None)
