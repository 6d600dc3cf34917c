"""Which waiting schools lie near each other: they could go to one visit, or in one bus."""

from __future__ import annotations

import math
from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Coalesce

from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.waiting import KM_PER_DEGREE, waiting_now
from techfinder.organisations.models import School
from techfinder.organisations.remoteness import distance_km

MOST = 30
POINT = {
    "lat": Coalesce("request__school__lat", "request__school__municipality__lat"),
    "lon": Coalesce("request__school__lon", "request__school__municipality__lon"),
}


@dataclass(frozen=True, slots=True)
class Neighbour:
    waiting: Waiting
    km: float
    # Whether both ask for a same theme, or one of them says nothing of themes.
    alike: bool


def neighbours(waiting: Waiting, *, km: float) -> list[Neighbour]:
    """Who else waits within so many kilometres, who asks alike first, then the nearest: at most thirty."""
    here = point_of(waiting.request.school)
    if here is None:
        return []
    near = waiting_now().annotate(**POINT).filter(_box(here, km)).exclude(pk=waiting.pk)
    rows = near.select_related("request__school__municipality").order_by("since", "pk")
    found = [_neighbour(waiting, each, here) for each in rows[: MOST * 10]]
    within = [each for each in found if each.km <= km]
    return sorted(within, key=lambda each: (not each.alike, each.km, each.waiting.pk))[:MOST]


def point_of(school: School) -> tuple[float, float] | None:
    """Latitude and longitude of a school, else of its town."""
    for place in (school, school.municipality):
        if place.lat is not None and place.lon is not None:
            return place.lat, place.lon
    return None


def _box(here: tuple[float, float], km: float) -> Q:
    high = km / KM_PER_DEGREE
    wide = high / max(0.1, math.cos(math.radians(here[0])))
    return Q(lat__range=(here[0] - high, here[0] + high), lon__range=(here[1] - wide, here[1] + wide))


def _neighbour(waiting: Waiting, other: Waiting, here: tuple[float, float]) -> Neighbour:
    mine, theirs = waiting.request.themes, other.request.themes
    alike = not mine or not theirs or bool(set(mine) & set(theirs))
    there = (other.lat, other.lon)  # type: ignore[attr-defined]
    return Neighbour(other, distance_km(here, there), alike)
