"""Why one pair holds or not: the engine's verdicts, with the codes of the site for the engine's numbers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from django.db.models import Q

from matching import Explanation, Terms, Verdict
from matching import explain as engine_explain
from techfinder.activities.models import Activity
from techfinder.matches.columns import World, activity_rows, request_rows
from techfinder.matches.models import Match
from techfinder.requests.models import Request


def explain_pair(*, request: Request, activity: Activity, today: dt.date | None = None) -> Explanation:
    """Each rule of design.md §5 with its two values and verdict, and the score as a sum of points (0-100)."""
    world = World(today=today)
    pair = Q(request=request, activity=activity, state__in=Match.SETTLED)
    terms = Terms(today=world.today, excluded=list(Match.objects.filter(pair).values_list("request_id", "activity_id")))
    explanation = engine_explain(
        request_rows(Request.objects.filter(pk=request.pk), world)[0],
        activity_rows(Activity.objects.filter(pk=activity.pk), world)[0],
        terms,
    )
    verdicts = tuple(_in_codes(verdict, request, activity) for verdict in explanation.verdicts)
    return Explanation(verdicts, explanation.parts, explanation.score)


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
