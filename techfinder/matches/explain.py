"""Why one pair holds or not: the engine's verdicts, with the codes of the site for the engine's numbers.

What the command prints and what a moderator reads are made of the same story.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from matching import Explanation, Part, Verdict
from matching import explain as engine_explain
from matching.mend import Mend, mends
from techfinder.activities.models import Activity
from techfinder.matches.models import Match
from techfinder.matches.queries.lists import rank_of
from techfinder.matches.rows import World, activity_rows, request_rows
from techfinder.requests.models import Request

Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that decides over one pair: the rules, the score as a sum, what would do, and what is stored.

    `match` is the stored pair, open or not, and `rank` the place of an open one in the list of its request; `mends` has
    one entry per rule that refuses the pair.
    """

    request: Request
    activity: Activity
    explanation: Explanation
    mends: list[Mend]
    match: Match | None
    rank: int | None
    world: World


def explain_pair(*, request: Request, activity: Activity, today: dt.date | None = None) -> Story:
    """Each rule of design.md §5 with its two values and verdict, and the score as a sum of points (0-100)."""
    world = World(today=today)
    match = Match.objects.filter(request=request, activity=activity).first()
    settled = match is not None and match.state in Match.SETTLED
    terms = world.terms([(request.pk, activity.pk)] if settled else ())
    asked = request_rows(Request.objects.filter(pk=request.pk), world)[0]
    offered = activity_rows(Activity.objects.filter(pk=activity.pk), world)[0]
    found = engine_explain(asked, offered, terms)
    verdicts = tuple(_in_codes(verdict, request, activity) for verdict in found.verdicts)
    explanation = Explanation(verdicts, in_tenths(found.parts, found.score), found.score)
    rank = rank_of(match) if match else None
    return Story(request, activity, explanation, mends(asked, offered, terms), match, rank, world)


def in_tenths(parts: Iterable[Part], score: float) -> tuple[Part, ...]:
    """The parts with points in tenths that add up to the score: those that lose most by rounding down are raised."""
    parts = tuple(parts)
    down = [math.floor(part.points * 10) for part in parts]
    lost = sorted(range(len(parts)), key=lambda at: (down[at] - parts[at].points * 10, at))
    for at in lost[: round(score * 10) - sum(down)]:
        down[at] += 1
    return tuple(replace(part, points=tenths / 10) for part, tenths in zip(parts, down, strict=True))


# ----------------------------------------------------------------- by a name


def find_request(text: str, requests: QuerySet[Request]) -> Request | None:
    """The request of this reference, number, uuid or address on the site, among these."""
    return _one(requests.select_related("school__municipality"), text, _uuid)


def find_activity(text: str, activities: QuerySet[Activity]) -> Activity | None:
    """The activity of this reference, number, slug or address on the site, among these."""
    return _one(activities.select_related("provider__municipality"), text, lambda name: Q(slug=name))


def _uuid(text: str) -> Q:
    try:
        return Q(uuid=UUID(text))
    except ValueError:
        return Q()


def _one(rows: QuerySet[Row], text: str, own: Callable[[str], Q]) -> Row | None:
    """By reference first: it is what the owner of an import knows."""
    name = text.replace("\x00", "").strip()
    ways = [Q(ref=name), own(_in_address(name)), Q(pk=int(name)) if NUMBER.fullmatch(name) else Q()]
    for way in ways:
        found = rows.filter(way).first() if way else None
        if found is not None:
            return found
    return None


NUMBER = re.compile(r"[0-9]{1,18}")


def _in_address(text: str) -> str:
    """The last part of an address that says which one: of https://site/mijn/vraag/<uuid>/?page=2 the uuid."""
    path = re.split(r"[?#]", text, maxsplit=1)[0]
    found = re.search(r"/(?:vraag|aanbod|programs)/([^/]+)", path)
    return found[1] if found else text


# --------------------------------------------------------------- in its codes


def _in_codes(verdict: Verdict, request: Request, activity: Activity) -> Verdict:
    values = VALUES.get(verdict.rule)
    if values is None:
        return verdict
    return Verdict(verdict.rule, *values(verdict, request, activity), verdict.holds)


def _place(verdict: Verdict, request: Request, activity: Activity) -> tuple[Any, Any]:
    asked = {
        "municipality": request.school.municipality.code,
        "delivery": request.delivery,
        "max_travel_km": request.max_travel_km,
    }
    offered = {
        "regions": activity.regions,
        "covered": verdict.activity_value["covered"],
        "delivery": activity.delivery,
        "max_travel_km": activity.max_travel_km,
        "distance_km": round(verdict.activity_value["distance_km"], 1),
    }
    return asked, offered


def _live(_: Verdict, request: Request, activity: Activity) -> tuple[Any, Any]:
    provider = activity.provider
    paused = ", paused" if provider.paused else ""
    return request.status, f"{activity.status}, provider {provider.status}{paused}"


def _sorted(asked: Iterable[str], offered: Iterable[str]) -> tuple[list[str], list[str]]:
    return sorted(asked), sorted(offered)


VALUES: dict[str, Callable[[Verdict, Request, Activity], tuple[Any, Any]]] = {
    "live": _live,
    "place": _place,
    "theme": lambda _, request, activity: _sorted(request.themes, activity.themes),
    "kind": lambda _, request, activity: (sorted(request.kinds), activity.kind),
    "audience": lambda _, request, activity: _sorted(request.audience, activity.audience),
    "cost": lambda _, request, activity: (request.max_cost, activity.cost),
}
