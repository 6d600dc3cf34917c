"""Which requests may get which days of a campaign, by the ten rules of the engine, and why.

Each day is an activity of its own to the engine, so that the rule `period` looks at that day alone. How many may come
is for the round to say, which can split a group: here a day has seats for all, and takes a group of any size.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from django.db.models import Q

from matching import ActivityColumns, ActivityRow, RequestColumns, RequestRow, describe, iter_all
from matching import near_misses as engine_near_misses
from techfinder.activities.models import Activity, Session
from techfinder.matches.models import Match
from techfinder.matches.rows import World, activity_rows, in_codes, request_rows
from techfinder.matches.rows.found import schools_served_by_now
from techfinder.requests.models import Request

SEATS_FOR_ALL = 1_000_000


@dataclass(frozen=True, slots=True)
class Asking:
    """A request as a round weighs it; `served`: its school had something this school year."""

    request_id: int
    size: int
    waiting_days: int
    served: bool


@dataclass(frozen=True, slots=True)
class Fit:
    """A request may get this day; `score` in tenths of a point, 0 to 1000."""

    request_id: int
    session_id: int
    score: int


class Market:
    """Open requests and the days of public activities that meet in a round, read once; the others are left out."""

    def __init__(
        self, *, request_ids: Collection[int], session_ids: Collection[int], today: dt.date | None = None
    ) -> None:
        self.world = World(today=today)
        # The round before may have answered a school a moment ago.
        self.world.served = schools_served_by_now(self.world.today)
        self._requests = request_rows(Request.objects.open().filter(pk__in=request_ids), self.world)
        self._days = list(_days(session_ids, self.world))
        self._request_columns = RequestColumns.from_rows(self._requests)
        self._day_columns = ActivityColumns.from_rows(self._days)
        self._terms = self.world.terms(_settled([row.id for row in self._requests], [row.id for row in self._days]))

    def askings(self) -> list[Asking]:
        """The requests that take part, by id."""
        return [_asking(row) for row in sorted(self._requests, key=lambda row: row.id)]

    def session_ids(self) -> set[int]:
        """The days that take part."""
        return {row.id for row in self._days}

    def fits(self) -> list[Fit]:
        """Every eligible pair, by request and then by day."""
        found = [
            Fit(request_id, session_id, round(score * 10))
            for part in iter_all(self._request_columns, self._day_columns, self._terms)
            for request_id, session_id, score in zip(
                part.request_id.tolist(), part.activity_id.tolist(), part.score.tolist(), strict=True
            )
        ]
        return sorted(found, key=lambda fit: (fit.request_id, fit.session_id))

    def reasons(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], list[list[Any]]]:
        """Why each of these eligible (request id, session id) pairs fits, in codes, as matches keep it."""
        wanted = sorted(pairs)
        if not wanted:
            return {}
        requests, days = (np.array(side, dtype=np.int64) for side in zip(*wanted, strict=True))
        described = describe(self._request_columns, self._day_columns, self._terms, requests, days)
        return {pair: in_codes(reasons, self.world) for pair, (reasons, _) in zip(wanted, described, strict=True)}

    def misses(self, request_id: int) -> list[tuple[str, int]]:
        """Per rule how many days it alone keeps from a request: (rule, count), most first."""
        row = next(row for row in self._requests if row.id == request_id)
        found = engine_near_misses(row, self._day_columns, self._terms)
        return sorted(((miss.rule, miss.count) for miss in found if miss.count), key=lambda each: (-each[1], each[0]))


def _asking(row: RequestRow) -> Asking:
    return Asking(row.id, row.group_size, row.waiting_days, row.served_this_year)


def _days(session_ids: Collection[int], world: World) -> Iterable[ActivityRow]:
    sessions = Session.objects.filter(pk__in=session_ids, activity__in=Activity.objects.public())
    dates = list(sessions.order_by("pk").values_list("pk", "activity_id", "date"))
    activities = Activity.objects.filter(pk__in={activity_id for _pk, activity_id, _date in dates})
    by_id = {row.id: row for row in activity_rows(activities, world)}
    for pk, activity_id, date in dates:
        yield replace(
            by_id[activity_id],
            id=pk,
            sessions=((date, SEATS_FOR_ALL),),
            group_min=None,
            group_max=None,
            splittable=True,
        )


def _settled(request_ids: Collection[int], session_ids: Collection[int]) -> list[tuple[int, int]]:
    """Rule `pair`, for every day of the activity that was put aside."""
    scope = Q(request__in=request_ids, activity__sessions__in=session_ids, state__in=Match.SETTLED)
    return list(Match.objects.filter(scope).values_list("request_id", "activity__sessions"))
