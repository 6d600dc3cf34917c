"""Why a pair holds or not: each rule with its two values and verdict, and the score as a sum."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .block import Block, Run, Terms
from .columns import ActivityColumns, RequestColumns
from .rows import ActivityRow, RequestRow
from .rules import RULES
from .score import COMPONENTS, tenths


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule: what the request brings to it, what the activity brings, and whether the rule holds."""

    rule: str
    request_value: Any
    activity_value: Any
    holds: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One term of the score: a component from 0 to 1, its weight, and the points (of 100) that come of it."""

    component: str
    value: float
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """All ten verdicts in the order of `RULES`, and the score that the pair has, or would have were it eligible."""

    verdicts: tuple[Verdict, ...]
    parts: tuple[Part, ...]
    score: float

    @property
    def eligible(self) -> bool:
        return all(verdict.holds for verdict in self.verdicts)


def explain(request: RequestRow, activity: ActivityRow, terms: Terms) -> Explanation:
    """The verdicts of the rules themselves over one pair (design.md §5); values are plain, dates as dates."""
    run = Run(RequestColumns.from_rows([request]), ActivityColumns.from_rows([activity]), terms)
    block = run.all_pairs()
    verdicts = tuple(
        Verdict(name, *VALUES[name](request, activity, block), bool(rule(block)[0])) for name, rule in RULES.items()
    )
    return Explanation(verdicts, tuple(_parts(block)), float(tenths(block)[0] / 10))


def _parts(block: Block) -> list[Part]:
    weights = block.run.terms.weights
    parts = []
    for name, weight in weights.items():
        value = float(COMPONENTS[name](block)[0])
        parts.append(Part(name, value, weight, weight * value / weights.total * 100))
    return parts


Values = tuple[Any, Any]


def _place(request: RequestRow, activity: ActivityRow, block: Block) -> Values:
    asked = {
        "municipality": request.municipality,
        "delivery": request.delivery,
        "max_travel_km": request.max_travel_km,
    }
    offered = {
        "covered": bool(block.covered[0]),
        "delivery": activity.delivery,
        "max_travel_km": activity.max_travel_km,
        "distance_km": float(block.distance_km[0]),
        "workable": int(block.workable[0]),
    }
    return asked, offered


def _level(request: RequestRow, activity: ActivityRow, block: Block) -> Values:
    codes_of = block.run.terms.levels.codes_of
    return codes_of(request.levels), codes_of(activity.levels)


def _period(request: RequestRow, activity: ActivityRow, block: Block) -> Values:
    asked = {"date_from": request.date_from, "date_until": request.date_until, "group_size": request.group_size}
    offered: dict[str, Any] = {"first_day": _date(int(block.run.first_day[0]))}
    if activity.sessions:
        offered["sessions"] = tuple(sorted(activity.sessions))
    else:
        months = tuple(month + 1 for month in range(12) if activity.months >> month & 1)
        offered |= {"from": activity.available_from, "until": activity.available_until, "months": months}
    return asked, offered


def _date(ordinal: int) -> datetime.date:
    return datetime.date.fromordinal(min(ordinal, datetime.date.max.toordinal()))


def _group(request: RequestRow, activity: ActivityRow, _: Block) -> Values:
    bounds = {"min": activity.group_min, "max": activity.group_max, "splittable": activity.splittable}
    return request.group_size, bounds


def _pair(request: RequestRow, activity: ActivityRow, _: Block) -> Values:
    return request.id, activity.id


VALUES: Mapping[str, Callable[[RequestRow, ActivityRow, Block], Values]] = MappingProxyType(
    {
        "live": lambda request, activity, _: (request.live, activity.live),
        "place": _place,
        "level": _level,
        "theme": lambda request, activity, _: (tuple(sorted(request.themes)), tuple(sorted(activity.themes))),
        "kind": lambda request, activity, _: (request.kinds, activity.kind),
        "audience": lambda request, activity, _: (request.audience, activity.audience),
        "period": _period,
        "group": _group,
        "cost": lambda request, activity, _: (request.max_cost, activity.cost),
        "pair": _pair,
    }
)
