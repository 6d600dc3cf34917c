"""The straightforward version: conditions of the ORM on indexed arrays, and one COUNT for each value of a filter.

It stands in for `techfinder.activities.search` as the list uses it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

import numpy as np
from django.contrib.postgres.search import SearchQuery, SearchRank, SearchVectorField
from django.db import connection
from django.db.models import Exists, ExpressionWrapper, F, FloatField, Min, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import ASin, Coalesce, Cos, Power, Radians, Sin, Sqrt
from django.utils import timezone

from techfinder.activities.facets import MORE_LEVELS, SHOWN_LEVELS
from techfinder.activities.models import Activity, Session
from techfinder.activities.search.criteria import Criteria, Place
from techfinder.activities.search.found import Facets, Hits
from techfinder.activities.search.geography import Geography
from techfinder.activities.vocabulary import overlapping
from techfinder.taxonomy.models import Delivery, Kind, Theme
from techfinder.taxonomy.queries import RegionIndex

EARTH_KM = 6371.0088
Conditions = dict[str, Q]


def now() -> Plain:
    return Plain()


def prepare() -> None:
    """The texts of all activities as PostgreSQL searches them, in a column that the site does not have."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            ALTER TABLE activities_activity ADD COLUMN words tsvector;
            UPDATE activities_activity activity SET words =
                setweight(to_tsvector('dutch', title), 'A')
                || setweight(to_tsvector('dutch', summary || ' ' || goals), 'B')
                || setweight(to_tsvector('dutch', activity.description || ' ' || provider.name), 'C')
            FROM organisations_provider provider WHERE provider.id = activity.provider_id;
            CREATE INDEX ON activities_activity USING gin (words);
            CREATE INDEX ON activities_activity USING gin (levels);
            CREATE INDEX ON activities_activity USING gin (themes);
            CREATE INDEX ON activities_activity USING gin (regions);
            """
        )
        cursor.execute("VACUUM (ANALYZE) activities_activity")


class Plain:
    def result(self, criteria: Criteria, start: int, limit: int) -> tuple[Hits, Facets]:
        return self.find(criteria, start=start, limit=limit), facets(criteria)

    def find(self, criteria: Criteria, *, start: int = 0, limit: int = 20) -> Hits:
        found = _found(criteria)
        rows = _sorted(found, criteria)[start : start + limit]
        fields = ("pk", "km") if criteria.place else ("pk",)
        values = list(rows.values_list(*fields))
        far = [row[1] if criteria.place else np.nan for row in values]
        ids = np.array([row[0] for row in values], dtype=np.int64)
        return Hits(ids=ids, distances=np.array(far, dtype=np.float32), total=found.count())

    def counts(self, several: Iterable[Criteria]) -> list[int]:
        """It knows no ways on from a search that finds little."""
        return [0 for _ in several]

    def suggest(self, text: str) -> None:
        """It has no list of words to choose from."""


def facets(criteria: Criteria) -> Facets:
    """One COUNT for each value, with all other filters."""
    conditions, counts = _conditions(criteria), {}
    for name, values in _values(criteria).items():
        others = _found(criteria, [each for other, each in conditions.items() if other != name])
        counts[name] = {value: others.filter(condition).count() for value, condition in values.items()}
    return Facets(counts=counts)


def _found(criteria: Criteria, conditions: Collection[Q] | None = None) -> QuerySet[Activity]:
    found = Activity.objects.public()
    if criteria.text:
        found = found.annotate(words=RawSQL('"activities_activity"."words"', [], SearchVectorField()))
    if criteria.place:
        found = found.annotate(km=_km(criteria.place))
    for condition in _conditions(criteria).values() if conditions is None else conditions:
        found = found.filter(condition)
    return found


def _values(criteria: Criteria) -> dict[str, Conditions]:
    deliveries = [Delivery.AT_SCHOOL, Delivery.AT_PROVIDER, Delivery.ONLINE]
    themes, kinds = _codes()
    return {
        "delivery": {code.value: _delivery(criteria, [code]) for code in deliveries},
        "level": {code: _levels([code]) for code in (*SHOWN_LEVELS, *MORE_LEVELS)},
        "month": {str(month): _months([month]) for month in range(1, 13)},
        "kind": {code: Q(kind=code) for code in kinds},
        "theme": {code: Q(themes__contains=[code]) for code in themes},
        "region": {code: _regions([code]) for code in _geography().provinces},
        "audience": {code: Q(audience__contains=[code]) for code in ("pupils", "teachers", "student_teachers")},
        "free": {"1": Q(cost=0)},
        "room": {"1": _room(criteria.group)},
    }


def _conditions(criteria: Criteria) -> Conditions:
    """A condition for each filter that is used."""
    all_of = {
        "text": criteria.text and _text(criteria.text),
        "level": criteria.levels and _levels(criteria.levels),
        "theme": criteria.themes and Q(themes__overlap=list(criteria.themes)),
        "kind": criteria.kinds and Q(kind__in=criteria.kinds),
        "audience": criteria.audience and Q(audience__overlap=list(criteria.audience)),
        "delivery": (criteria.place or criteria.delivery) and _delivery(criteria, criteria.delivery),
        "region": criteria.regions and _regions(criteria.regions),
        "month": criteria.months and _months(criteria.months),
        "group": criteria.group and _group(criteria.group),
        "free": criteria.free and Q(cost=0),
        "room": criteria.room and _room(criteria.group),
        "provider": criteria.provider and Q(provider__slug=criteria.provider),
    }
    return {name: each for name, each in all_of.items() if isinstance(each, Q)}


def _text(text: str) -> Q:
    return Q(words=SearchQuery(text, config="dutch", search_type="websearch")) | Q(title__icontains=text)


def _levels(codes: Collection[str]) -> Q:
    return Q(levels__overlap=overlapping(codes))


def _regions(codes: Collection[str]) -> Q:
    return Q(regions__overlap=sorted(_geography().covering(codes))) | Q(delivery__contains=[Delivery.ONLINE])


def _delivery(criteria: Criteria, codes: Collection[str]) -> Q:
    codes = list(codes) or list(Delivery.values)
    if not criteria.place:
        return Q(delivery__overlap=codes)
    covered = Q(regions__overlap=sorted(criteria.place.covering | {"NL"}))
    near = Q(km__lte=criteria.radius) if criteria.radius else Q()
    travels = Q(max_travel_km=None) | Q(km__lte=F("max_travel_km"))
    allowed = {Delivery.AT_SCHOOL: covered & travels, Delivery.AT_PROVIDER: covered & near, Delivery.ONLINE: Q()}
    found = Q()
    for code in codes:
        found |= Q(delivery__contains=[code]) & allowed[Delivery(code)]
    return found


def _km(place: Place) -> Any:
    """The great circle from the place to each activity."""
    lat, lon = (Radians(Coalesce(f"venue_{name}", f"provider__{name}", f"provider__municipality__{name}")) for name in
                ("lat", "lon"))  # fmt: skip
    here_lat, here_lon = (Radians(Value(value, FloatField())) for value in (place.lat, place.lon))
    half = Power(Sin((lat - here_lat) / 2), 2) + Cos(lat) * Cos(here_lat) * Power(Sin((lon - here_lon) / 2), 2)
    return ExpressionWrapper(2 * EARTH_KM * ASin(Sqrt(half)), FloatField())


def _sessions() -> QuerySet[Session]:
    return Session.objects.filter(activity=OuterRef("pk"))


def _coming() -> QuerySet[Session]:
    return _sessions().filter(date__gte=timezone.localdate())


def _months(months: Collection[int]) -> Q:
    whole_year = Q(months=[]) | Q(months__overlap=list(months))
    return Q(Exists(_coming().filter(date__month__in=list(months)))) | (~Q(Exists(_sessions())) & whole_year)


def _group(size: int) -> Q:
    large_enough = Q(group_max=None) | Q(group_max__gte=size) | Q(splittable=True)
    return (Q(group_min=None) | Q(group_min__lte=size)) & large_enough


def _room(group: int | None) -> Q:
    return ~Q(Exists(_sessions())) | Q(Exists(_coming().filter(seats__gte=F("taken") + (group or 1))))


def _sorted(found: QuerySet[Activity], criteria: Criteria) -> QuerySet[Activity]:
    newest = ("-published_at", "-id")
    if criteria.sort == "best":
        rank = SearchRank(F("words"), SearchQuery(criteria.text, config="dutch", search_type="websearch"))
        return found.annotate(rank=rank).order_by("-rank", *newest)
    if criteria.sort == "near":
        return found.order_by("km", "id")
    if criteria.sort == "soonest":
        coming = Q(sessions__date__gte=timezone.localdate())
        day = Coalesce(Min("sessions__date", filter=coming), "available_from", Value(dt.date.max))
        return found.annotate(day=day).order_by("day", "id")
    return found.order_by("title", "id") if criteria.sort == "title" else found.order_by(*newest)


@cache
def _geography() -> Geography:
    return Geography(RegionIndex())


@cache
def _codes() -> tuple[list[str], list[str]]:
    return list(Theme.objects.values_list("code", flat=True)), list(Kind.objects.values_list("code", flat=True))
