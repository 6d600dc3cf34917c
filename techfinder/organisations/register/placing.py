"""Where schools lie that no file gives a point or a municipality for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import cos, radians

from django.db.models import OuterRef, Q, QuerySet, Subquery

from techfinder.organisations.geocode import geocoder
from techfinder.organisations.models import School
from techfinder.organisations.register.points import OWN, Point, middle, place_point
from techfinder.taxonomy.commands import BadRowError
from techfinder.taxonomy.models import Region


class Placing:
    """Gathers the municipalities of a file, and gives each of them and its schools a point at the end."""

    def __init__(self) -> None:
        self.municipalities: set[int] = set()
        self._by_postcode: dict[str, int] | None = None
        self._neighbours: list[tuple[Point, int]] = []

    def touch(self, municipality_id: int) -> None:
        self.municipalities.add(municipality_id)

    def municipality_at(self, code: str, postcode: str, point: Point | None) -> int:
        """Return the municipality of most schools with these four digits, else of the nearest school."""
        if self._by_postcode is None:
            self._load()
        found = (self._by_postcode or {}).get(postcode[:4])
        if found is None and point and self._neighbours:
            found = min(self._neighbours, key=lambda near: _squared(near[0], point))[1]
        if found is None:
            raise BadRowError(f"{code}: no school near it tells its municipality; import the primary schools first")
        return found

    def _load(self) -> None:
        counted: dict[str, Counter[int]] = {}
        # Not those of mbo, which may have got theirs here.
        schools = School.objects.open().exclude(sector=School.Sector.MBO)
        for digits, municipality, point in _placed(schools, "postcode"):
            counted.setdefault(digits[:4], Counter())[municipality] += 1
            self._neighbours.append((point, municipality))
        self._by_postcode = {digits: most.most_common(1)[0][0] for digits, most in counted.items() if digits}

    def settle(self) -> set[int]:
        """Give municipalities and the schools without a point of their own one; return the schools that moved."""
        regions = list(Region.objects.filter(pk__in=self.municipalities).select_related("parent"))
        points = self._means()
        for region in regions:
            point = points.get(region.pk) or _known(region) or _by_places(region)
            if point and (region.lat, region.lon) != point:
                region.lat, region.lon = point
        Region.objects.bulk_update(regions, ["lat", "lon"])
        return self._follow() | self._geocode()

    def _means(self) -> dict[int, Point]:
        found: dict[int, list[Point]] = {}
        schools = School.objects.open().filter(municipality__in=self.municipalities, point_source__in=OWN)
        for _code, municipality, point in _placed(schools, "code"):
            found.setdefault(municipality, []).append(point)
        return {municipality: mean for municipality, points in found.items() if (mean := middle(points))}

    def _follow(self) -> set[int]:
        """Put the schools without a point of their own at that of their municipality."""
        schools = School.objects.filter(municipality__in=self.municipalities, municipality__lat__isnull=False)
        here = Region.objects.filter(pk=OuterRef("municipality"))
        adrift = schools.filter(Q(lat=None) | Q(point_source="municipality")).exclude(
            Q(lat=Subquery(here.values("lat"))) & Q(lon=Subquery(here.values("lon"))) & Q(point_source="municipality")
        )
        ids = set(adrift.values_list("pk", flat=True))
        School.objects.filter(pk__in=ids).update(
            lat=Subquery(here.values("lat")), lon=Subquery(here.values("lon")), point_source="municipality"
        )
        return ids

    def _geocode(self) -> set[int]:
        """Ask the geocoder about what is left; when it is off, it knows nothing."""
        moved = set()
        for school in School.objects.filter(municipality__in=self.municipalities, lat=None):
            point = geocoder().locate(f"{school.street} {school.house_number}, {school.postcode} {school.city}")
            if point:
                School.objects.filter(pk=school.pk).update(lat=point[0], lon=point[1], point_source="geocoder")
                moved.add(school.pk)
        return moved


def _placed(schools: QuerySet[School], name: str) -> Iterator[tuple[str, int, Point]]:
    rows = schools.exclude(lat=None).order_by("code").values_list(name, "municipality_id", "lat", "lon")
    for value, municipality, lat, lon in rows:
        if lat is not None and lon is not None:
            yield value, municipality, (lat, lon)


def _squared(here: Point, there: Point) -> float:
    north, east = here[0] - there[0], (here[1] - there[1]) * cos(radians(52))
    return north * north + east * east


def _known(region: Region) -> Point | None:
    return (region.lat, region.lon) if region.lat is not None and region.lon is not None else None


def _by_places(region: Region) -> Point | None:
    """By the name of the municipality, else the middle of the towns where its schools are."""
    province = region.parent.code if region.parent else ""
    towns = School.objects.filter(municipality=region).order_by("city").values_list("city", flat=True).distinct()
    named = place_point(region.name, province)
    return named or middle(point for town in towns if (point := place_point(town, province)))
