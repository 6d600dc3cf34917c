"""Public activities as the database has them, ready to become a segment of the index."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from django.db.models import Case, CharField, F, FloatField, Func, Q, QuerySet, Value, When

from techfinder.activities.models import Activity, Session

# Between the codes of a list: in no code.
SEPARATOR = "\x1f"
# Rows read at once: their texts are in memory only as long as they are read.
AT_ONCE = 4000


class Row(NamedTuple):
    """One activity; the lists are codes joined by SEPARATOR."""

    id: int
    title: str
    summary: str
    goals: str
    description: str
    co_providers: str
    kind: str
    venue_city: str
    max_travel_km: int | None
    group_min: int | None
    group_max: int | None
    splittable: bool
    available_from: dt.date | None
    available_until: dt.date | None
    cost: Any
    published_at: dt.datetime | None
    arrival: int | None
    level_codes: str
    theme_codes: str
    region_codes: str
    delivery_codes: str
    audience_codes: str
    month_numbers: str
    # Its one point: the venue's, else the provider's, else the municipality's.
    lat: float | None
    lon: float | None
    provider_name: str
    provider_slug: str
    provider_city: str


class SessionRow(NamedTuple):
    activity: int
    date: dt.date
    free: int


Part = tuple[list[Row], list[SessionRow]]

LISTS = {
    "level_codes": "levels",
    "theme_codes": "themes",
    "region_codes": "regions",
    "delivery_codes": "delivery",
    "audience_codes": "audience",
    "month_numbers": "months",
}
PLACES = ("venue_", "provider__", "provider__municipality__")


def in_parts() -> Iterator[Part]:
    """All public activities in order of their ids, with their sessions."""
    last = 0
    while rows := _rows(Activity.objects.filter(pk__gt=last).order_by("pk"), AT_ONCE):
        there = {row.id for row in rows}
        sessions = _sessions(activity__gt=last, activity__lte=rows[-1].id)
        yield rows, [session for session in sessions if session.activity in there]
        last = rows[-1].id


def of(ids: Collection[int]) -> Part:
    """Those of these activities that are public now, in order of their ids, with their sessions."""
    rows = _rows(Activity.objects.filter(pk__in=ids).order_by("pk"))
    return rows, _sessions(activity__in=[row.id for row in rows])


def _rows(activities: QuerySet[Activity], most: int | None = None) -> list[Row]:
    found = activities & Activity.objects.public()
    return [Row(*values) for values in found.annotate(**_computed()).values_list(*Row._fields)[:most]]


def _computed() -> dict[str, Any]:
    return {
        **{name: _joined(column) for name, column in LISTS.items()},
        "lat": _first_point("lat"),
        "lon": _first_point("lon"),
        "provider_name": F("provider__name"),
        "provider_slug": F("provider__slug"),
        "provider_city": F("provider__city"),
    }


def _joined(column: str) -> Func:
    return Func(F(column), Value(SEPARATOR), function="array_to_string", output_field=CharField())


def _first_point(coordinate: str) -> Case:
    """Of the first place that has both coordinates."""
    whens = [
        When(Q((f"{place}lat__isnull", False), (f"{place}lon__isnull", False)), then=F(place + coordinate))
        for place in PLACES
    ]
    return Case(*whens, default=None, output_field=FloatField())


def _sessions(**which: Any) -> list[SessionRow]:
    found = Session.objects.filter(**which).order_by("activity", "date")
    return [SessionRow(*values) for values in found.values_list("activity_id", "date", F("seats") - F("taken"))]
