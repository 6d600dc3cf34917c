"""The map that a search knows by heart: regions, and the towns and postcodes of the school register."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from techfinder.activities.search.criteria import Place
from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.remembered import for_a_while

POSTCODE = re.compile(r"^(\d{4}) ?([a-z]{2})?$")


def plain(text: str) -> str:
    """Lower case, no accents, no punctuation: 's-Gravenhage and S GRAVENHAGE are the same."""
    bare = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return " ".join(re.sub(r"[^a-z0-9]+", " ", bare).split())


@dataclass(frozen=True)
class Area:
    """A region: what it is called, and the codes of all regions that hold the whole of it, itself included."""

    code: str
    slug: str
    name: str
    type: str
    covering: frozenset[str]
    lat: float | None
    lon: float | None


@dataclass
class Spot:
    """Schools that share a town or a postcode."""

    towns: Counter[tuple[str, str]] = field(default_factory=Counter)
    lats: list[float] = field(default_factory=list)
    lons: list[float] = field(default_factory=list)

    def add(self, municipality: str, town: str, lat: float | None, lon: float | None) -> None:
        self.towns[municipality, town] += 1
        if lat is not None and lon is not None:
            self.lats.append(lat)
            self.lons.append(lon)

    @property
    def main(self) -> tuple[str, str]:
        """The municipality and town that most of the schools are in."""
        return min(self.towns, key=lambda place: (-self.towns[place], place))

    @property
    def middle(self) -> tuple[float, float] | None:
        if not self.lats:
            return None
        return round(sum(self.lats) / len(self.lats), 5), round(sum(self.lons) / len(self.lons), 5)


@dataclass(frozen=True)
class Atlas:
    """Regions by code and slug; municipalities and towns by their plain names; postcodes of four and of six."""

    regions: dict[str, Area]
    slugs: dict[str, Area]
    municipalities: dict[str, Area]
    spots: dict[str, Spot]

    @property
    def provinces(self) -> list[Area]:
        found = [area for area in self.regions.values() if area.type == Region.Type.PROVINCE]
        return sorted(found, key=lambda area: area.name)


@for_a_while
def atlas() -> Atlas:
    """Read all regions and schools, in three queries."""
    areas = _areas()
    return Atlas(
        regions={area.code: area for area in areas},
        slugs={area.slug: area for area in areas},
        municipalities={plain(area.name): area for area in areas if area.type == Region.Type.MUNICIPALITY},
        spots=_spots(),
    )


def _areas() -> list[Area]:
    rows = list(Region.objects.values_list("pk", "code", "slug", "name", "type", "parent_id", "lat", "lon"))
    codes = {pk: code for pk, code, *_ in rows}
    parents = {pk: parent for pk, *_, parent, _lat, _lon in rows}
    above = {pk: _above(pk, parents) for pk in codes}
    members, networks = _networks()
    return [
        Area(code, slug, name, kind, frozenset(codes[each] for each in held), lat, lon)
        for pk, code, slug, name, kind, _parent, lat, lon in rows
        for held in [_holding(pk, above, members, networks)]
    ]


def _above(pk: int, parents: Mapping[int, int | None]) -> frozenset[int]:
    found = [pk]
    while (parent := parents[found[-1]]) is not None:
        found.append(parent)
    return frozenset(found)


def _networks() -> tuple[dict[int, set[int]], dict[int, set[int]]]:
    members: dict[int, set[int]] = {}
    networks: dict[int, set[int]] = {}
    links = Region.municipalities.through.objects.values_list("from_region_id", "to_region_id")
    for network, municipality in links:
        members.setdefault(network, set()).add(municipality)
        networks.setdefault(municipality, set()).add(network)
    return members, networks


def _holding(
    pk: int, above: dict[int, frozenset[int]], members: dict[int, set[int]], networks: dict[int, set[int]]
) -> frozenset[int]:
    """All that holds the whole of it: what it lies in, its networks; for a network what all its members lie in."""
    if inside := members.get(pk):
        return above[pk] | frozenset.intersection(*(above[each] for each in inside))
    return above[pk] | networks.get(pk, set())


def _spots() -> dict[str, Spot]:
    spots: dict[str, Spot] = {}
    rows = School.objects.values_list("postcode", "city", "municipality__code", "lat", "lon")
    for postcode, city, municipality, lat, lon in rows.order_by().iterator(chunk_size=10_000):
        code = postcode.replace(" ", "").lower()
        for key in {plain(city), code[:4], code} - {""}:
            spots.setdefault(key, Spot()).add(municipality, city, lat, lon)
    return spots


def find_area(code_or_slug: str) -> Area | None:
    """The region with this code or address on the site."""
    known, wanted = atlas(), code_or_slug.strip()
    return known.regions.get(wanted.upper()) or known.slugs.get(wanted.lower())


def find_place(text: str) -> Place | None:
    """The place with this name or postcode: its municipality, and the middle of its schools."""
    wanted = plain(text)
    if not wanted:
        return None
    if match := POSTCODE.match(wanted):
        return _postcode(match[1], match[2] or "")
    return _town(wanted)


def _postcode(digits: str, letters: str) -> Place | None:
    """The exact postcode when a school has it, else the middle of the four digits."""
    spots = atlas().spots
    spot = spots.get(digits + letters) or spots.get(digits)
    if spot is None:
        return None
    municipality, town = spot.main
    return _place(f"{digits} {letters.upper()}".strip() + f" {town}", municipality, spot)


def _town(wanted: str) -> Place | None:
    """A municipality by its name, else a town of the register."""
    known = atlas()
    area, spot = known.municipalities.get(wanted), known.spots.get(wanted)
    if area is not None:
        own = spot if spot and any(code == area.code for code, _town in spot.towns) else None
        return _place(area.name, area.code, own)
    if spot is None:
        return None
    municipality, town = spot.main
    return _place(town, municipality, spot)


def _place(name: str, municipality: str, spot: Spot | None) -> Place:
    area = atlas().regions[municipality]
    lat, lon = (spot and spot.middle) or (area.lat, area.lon)
    return Place(name=name.strip(), municipality=municipality, covering=area.covering, lat=lat, lon=lon)
