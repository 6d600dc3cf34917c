"""Rows of the database to rows of the engine, and codes back out of what it says.

The engine counts; the database has codes. A code gets the next free number when it is first met, so that a code
outside the vocabulary (an old import) is still only equal to itself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from matching import AT_PROVIDER, AT_SCHOOL, LEVELS, ONLINE, ActivityRow, RequestRow
from techfinder.activities.models import Activity, Session
from techfinder.activities.vocabulary import overlapping
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.data import COUNTRY, LEVEL_BY_CODE
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.queries import EVERYWHERE, RegionIndex

DELIVERIES = {Delivery.AT_SCHOOL: AT_SCHOOL, Delivery.AT_PROVIDER: AT_PROVIDER, Delivery.ONLINE: ONLINE}
AUDIENCES = {Audience.PUPILS: 1, Audience.TEACHERS: 2, Audience.STUDENT_TEACHERS: 4}
# Reasons whose value is numbers or bits of a vocabulary.
OF_VOCABULARY = {"themes", "themes_missing", "kind", "delivery", "delivery_missing", "audience"}
# Where nothing is known of a place, not even its municipality: the middle of the country.
MIDDLE = (52.1561, 5.3878)

Point = tuple[float, float]


class Numbers:
    """Codes as numbers from 0, in the order in which they are met."""

    def __init__(self) -> None:
        self.codes: list[str] = []
        self._number: dict[str, int] = {}

    def of(self, code: str) -> int:
        if code not in self._number:
            self._number[code] = len(self.codes)
            self.codes.append(code)
        return self._number[code]


class World:
    """What both sides share in one run: the numbers of codes, and the regions."""

    def __init__(self, *, today: dt.date | None = None) -> None:
        self.today = today or timezone.localdate()
        self.themes, self.kinds = Numbers(), Numbers()
        self.regions = RegionIndex()
        self._expanded: dict[tuple[str, ...], tuple[frozenset[int], bool]] = {}
        self._levels: dict[tuple[str, ...], int] = {}
        # What reasons say in numbers, in codes: a run says the same few things about thousands of pairs.
        self.said: dict[tuple[str, Any], Any] = {}

    def levels(self, codes: Sequence[str]) -> int:
        """The leaves under the codes as a mask; an unknown code stands for none."""
        key = tuple(codes)
        if key not in self._levels:
            self._levels[key] = LEVELS.mask_of(code for code in key if code in LEVEL_BY_CODE)
        return self._levels[key]

    def expand(self, codes: Sequence[str]) -> tuple[frozenset[int], bool]:
        """The municipalities under the codes, or everywhere."""
        key = tuple(codes)
        if key not in self._expanded:
            known = [code for code in key if code in self.regions.by_code or code == COUNTRY]
            found = self.regions.expand(known)
            self._expanded[key] = (frozenset(), True) if found == EVERYWHERE else (frozenset(found), False)
        return self._expanded[key]

    def covering(self, municipality_id: int) -> list[str]:
        """The codes whose municipalities include this one: the inverse of `expand`, from the same index."""
        found = {code for code in self.regions.by_code if municipality_id in self.regions.under(code)}
        return sorted(found | {COUNTRY})

    def theme_numbers(self, codes: Iterable[str]) -> frozenset[int]:
        return frozenset(self.themes.of(code) for code in codes)


# ------------------------------------------------------------- activities


ACTIVITY_FIELDS = [
    "id",
    "status",
    "kind",
    "levels",
    "themes",
    "regions",
    "delivery",
    "audience",
    "venue_lat",
    "venue_lon",
    "max_travel_km",
    "group_min",
    "group_max",
    "splittable",
    "months",
    "available_from",
    "available_until",
    "lead_days",
    "cost",
]
PROVIDER_FIELDS = {
    "provider_status": F("provider__status"),
    "provider_paused": F("provider__paused"),
    "provider_lat": F("provider__lat"),
    "provider_lon": F("provider__lon"),
    "town_lat": F("provider__municipality__lat"),
    "town_lon": F("provider__municipality__lon"),
}


def activity_rows(activities: QuerySet[Activity], world: World) -> list[ActivityRow]:
    """The engine's rows of these activities, in two queries."""
    found = list(activities.order_by().values(*ACTIVITY_FIELDS, **PROVIDER_FIELDS))
    sessions = _sessions(activities)
    return [_activity_row(row, sessions.get(row["id"], ()), world) for row in found]


def _sessions(activities: QuerySet[Activity]) -> dict[int, tuple[tuple[dt.date, int], ...]]:
    rows = Session.objects.filter(activity__in=activities.order_by().values("pk")).order_by("date")
    found: dict[int, tuple[tuple[dt.date, int], ...]] = {}
    for activity_id, date, free in rows.values_list("activity_id", "date", F("seats") - F("taken")):
        found[activity_id] = (*found.get(activity_id, ()), (date, free))
    return found


def _activity_row(row: dict[str, Any], sessions: tuple[tuple[dt.date, int], ...], world: World) -> ActivityRow:
    regions, everywhere = world.expand(row["regions"])
    lat, lon = first_point(
        (row["venue_lat"], row["venue_lon"]),
        (row["provider_lat"], row["provider_lon"]),
        (row["town_lat"], row["town_lon"]),
    )
    return ActivityRow(
        id=row["id"],
        live=_is_live(row),
        delivery=_mask(DELIVERIES, row["delivery"]),
        regions=regions,
        everywhere=everywhere,
        lat=lat,
        lon=lon,
        max_travel_km=row["max_travel_km"],
        levels=world.levels(row["levels"]),
        themes=world.theme_numbers(row["themes"]),
        kind=world.kinds.of(row["kind"]),
        audience=_mask(AUDIENCES, row["audience"]),
        months=sum(1 << month - 1 for month in set(row["months"]) if 1 <= month <= 12),
        available_from=row["available_from"],
        available_until=row["available_until"],
        sessions=sessions,
        lead_days=row["lead_days"],
        group_min=row["group_min"],
        group_max=row["group_max"],
        splittable=row["splittable"],
        cost=cents(row["cost"]) or 0,
    )


def _is_live(row: dict[str, Any]) -> bool:
    provider_is = row["provider_status"] == Provider.Status.VERIFIED and not row["provider_paused"]
    return provider_is and row["status"] == Activity.Status.PUBLISHED


# --------------------------------------------------------------- requests


REQUEST_FIELDS = [
    "id",
    "status",
    "levels",
    "themes",
    "kinds",
    "delivery",
    "audience",
    "group_size",
    "date_from",
    "date_until",
    "max_travel_km",
    "max_cost",
    "created_at",
    "confirmed_at",
]
SCHOOL_FIELDS = {
    "municipality": F("school__municipality_id"),
    "lat": F("school__lat"),
    "lon": F("school__lon"),
    "town_lat": F("school__municipality__lat"),
    "town_lon": F("school__municipality__lon"),
}


def request_rows(requests: QuerySet[Request], world: World) -> list[RequestRow]:
    """The engine's rows of these requests, in one query."""
    return [_request_row(row, world) for row in requests.order_by().values(*REQUEST_FIELDS, **SCHOOL_FIELDS)]


def _request_row(row: dict[str, Any], world: World) -> RequestRow:
    lat, lon = first_point((row["lat"], row["lon"]), (row["town_lat"], row["town_lon"]))
    posted = timezone.localdate(row["confirmed_at"] or row["created_at"])
    return RequestRow(
        id=row["id"],
        live=row["status"] == Request.Status.OPEN,
        municipality=row["municipality"],
        lat=lat,
        lon=lon,
        delivery=_mask(DELIVERIES, row["delivery"]),
        levels=world.levels(row["levels"]),
        themes=world.theme_numbers(row["themes"]),
        kinds=sum(1 << world.kinds.of(kind) for kind in set(row["kinds"])),
        audience=_mask(AUDIENCES, row["audience"]),
        group_size=row["group_size"],
        date_from=row["date_from"],
        date_until=row["date_until"],
        max_travel_km=row["max_travel_km"],
        max_cost=cents(row["max_cost"]),
        waiting_days=max(0, (world.today - posted).days),
    )


def first_point(*places: tuple[float | None, float | None]) -> Point:
    """The first place that has coordinates."""
    for lat, lon in places:
        if lat is not None and lon is not None:
            return lat, lon
    return MIDDLE


def cents(euros: Decimal | None) -> int | None:
    return None if euros is None else round(euros * 100)


def _mask(bits: dict[Any, int], codes: Iterable[str]) -> int:
    return sum(bits[code] for code in set(codes) if code in bits)


# ------------------------------------------------------- narrowing queries
# Each may leave in too much; what it leaves out, a rule refuses. A test holds them to that.


def activities_worth_a_look(request: Request, world: World) -> QuerySet[Activity]:
    """A superset of the activities that are eligible for a request."""
    found = Activity.objects.public().filter(
        levels__overlap=overlapping(request.levels), audience__overlap=request.audience
    )
    place = Q(regions__overlap=world.covering(request.school.municipality_id))
    if not request.delivery or Delivery.ONLINE in request.delivery:
        place |= Q(delivery__contains=[Delivery.ONLINE])
    found = found.filter(place)
    if request.themes:
        found = found.filter(themes__overlap=request.themes)
    if request.kinds:
        found = found.filter(kind__in=request.kinds)
    if request.max_cost is not None:
        found = found.filter(Q(cost=None) | Q(cost__lte=request.max_cost))
    return found


def requests_worth_a_look(activity: Activity, world: World) -> QuerySet[Request]:
    """A superset of the requests that are eligible for an activity."""
    found = (
        Request.objects.open()
        .filter(levels__overlap=overlapping(activity.levels), audience__overlap=activity.audience)
        .filter(Q(themes=[]) | Q(themes__overlap=activity.themes))
        .filter(Q(kinds=[]) | Q(kinds__contains=[activity.kind]))
        .filter(Q(max_cost=None) | Q(max_cost__gte=activity.cost or 0))
        .filter(date_until__gte=world.today)
    )
    municipalities, everywhere = world.expand(activity.regions)
    if everywhere or Delivery.ONLINE in activity.delivery:
        return found
    return found.filter(school__municipality__in=municipalities)


# ------------------------------------------------------------ what it says


def in_codes(said: Iterable[tuple[str, Any]], world: World) -> list[list[Any]]:
    """Reasons with the site's codes for the engine's numbers, as JSON keeps them."""
    return [[code, _in_codes(code, value, world)] for code, value in said]


def _in_codes(code: str, value: Any, world: World) -> Any:
    if code not in OF_VOCABULARY:
        return list(value) if isinstance(value, tuple) else value
    if (code, value) not in world.said:
        world.said[code, value] = _spell(code, value, world)
    return world.said[code, value]


def _spell(code: str, value: Any, world: World) -> Any:
    if code in ("themes", "themes_missing"):
        return [world.themes.codes[number] for number in value]
    if code == "kind":
        return world.kinds.codes[value]
    if code in ("delivery", "delivery_missing"):
        return [way.value for way, bit in DELIVERIES.items() if value & bit]
    return [group.value for group, bit in AUDIENCES.items() if value & bit]
