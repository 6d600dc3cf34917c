"""What a list of cards shows of activities, in one query: rows of models cost four times as much, on every search."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.core.files.storage import default_storage
from django.db import connection
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject
from django.utils import timezone

from techfinder.activities.models import Activity, Session

# Stand in the statement for what each call fills in.
TODAY, IDS = dt.date(1, 1, 1), [-1]


@dataclass(frozen=True, slots=True)
class Day:
    """A coming session: when, and how many seats are free."""

    date: dt.date
    free: int


@dataclass(frozen=True, slots=True)
class OnCard:
    """An activity as a card needs it. The names are those of the model."""

    pk: int
    slug: str
    title: str
    summary: str
    kind: str
    levels: list[str]
    themes: list[str]
    delivery: list[str]
    months: list[int]
    venue_city: str
    duration_amount: Decimal | None
    duration_unit: str
    cost: Decimal | None
    picture: str
    provider_name: str
    provider_city: str
    coming_sessions: list[Day]

    @property
    def picture_url(self) -> str:
        return default_storage.url(self.picture) if self.picture else ""

    @classmethod
    def of(cls, activity: Activity) -> OnCard:
        """The same of a row that `queries.for_cards` read."""
        own = {name: getattr(activity, name) for name in COLUMNS if not name.startswith("provider__")}
        days = [Day(session.date, session.free) for session in own.pop("coming_sessions")]
        provider = activity.provider
        own |= {"picture": activity.picture.name or "", "provider_name": provider.name, "provider_city": provider.city}
        return cls(**own, coming_sessions=days)


COLUMNS = [field.name.replace("provider_", "provider__") for field in fields(OnCard)]


def on_cards(ids: Sequence[int]) -> list[OnCard]:
    """The public ones among these activities, in the order of `ids`."""
    if not ids:
        return []
    statement, blanks = _statement()
    given: dict[int, Any] = {id(TODAY): timezone.localdate(), id(IDS): list(ids)}
    with connection.cursor() as cursor:
        cursor.execute(statement, [given.get(id(value), value) for value in blanks])
        rows = {row[0]: _read(row) for row in cursor.fetchall()}
    return [rows[pk] for pk in ids if pk in rows]


def _read(row: tuple[Any, ...]) -> OnCard:
    days = [Day(dt.date.fromisoformat(each["date"]), each["free"]) for each in map(json.loads, row[-1])]
    shown: Any = (*row[:-1], days)
    return OnCard(*shown)


@lru_cache(maxsize=1)
def _statement() -> tuple[str, tuple[Any, ...]]:
    """The query of the ORM, written once: to write it takes as long as to draw five cards."""
    coming = Session.objects.filter(activity=OuterRef("pk"), date__gte=TODAY).order_by("date", "start")
    days = ArraySubquery(coming.values(day=JSONObject(date="date", free=F("seats") - F("taken"))))
    found = Activity.objects.public().annotate(coming_sessions=days).order_by()
    ours = found.extra(where=["activities_activity.id = ANY(%s)"], params=[IDS])
    return ours.values_list(*COLUMNS).query.sql_with_params()
