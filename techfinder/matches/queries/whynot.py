"""Why few or no activities fit a request, and which one change would help, in words."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import ngettext

from matching import ONLINE, NearMiss
from techfinder.activities.models import Activity
from techfinder.matches.near.misses import FEW, Near, near
from techfinder.matches.queries.steps import Step, companies_words, step_of
from techfinder.matches.telling.labels import Labels
from techfinder.requests.forms import FARTHEST, FARTHEST_KM, MOST_COST, MOST_THEMES
from techfinder.requests.models import Request
from techfinder.taxonomy.days import END_OF_MONTH

MOST_STEPS = 6
IN_ONE_SENTENCE = 2
ONLINE_SHOWN = 5
# What asks least of a school first.
EASE = ("date_until", "date_from", "delivery", "max_travel_km", "group_size", "max_cost", "themes", "kinds")

Change = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Online:
    """What would fit if it may be online: the activities by name, and the step that allows it."""

    activities: list[Activity]
    step: Step

    @property
    def more(self) -> int:
        return self.step.activities - len(self.activities)


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why few or no activities fit: a sentence per rule, the steps that would help, the best first, and both in one
    sentence."""

    sentences: list[str]
    steps: list[Step]
    summary: str
    online: Online | None


def why_not(request: Request, *, today: dt.date | None = None) -> WhyNot:
    """What a request narrowly misses, in words of the active language."""
    found = near(request.pk, today=today)
    sentences = [_sentence(miss) for miss in found.misses if miss.rule in SENTENCES]
    steps, online = _steps(request, found)
    return WhyNot(sentences, steps, _summary(steps), online)


def _steps(request: Request, found: Near) -> tuple[list[Step], Online | None]:
    changes = _changes(request, found)
    fits = found.would_fit([dict([change]) for change in changes])
    names = {row[0]: row for row in _names(fits)}
    about = (found.world, Labels())
    steps = [
        step_of(request, field, value, [names[pk] for pk in ids], about)
        for (field, value), ids in zip(changes, fits, strict=True)
        if ids
    ]
    online = _online(found, changes, fits, steps)
    others = [step for step in steps if online is None or step is not online.step]
    return sorted(others, key=_best_first)[:MOST_STEPS], online


def _names(fits: Iterable[list[int]]) -> Iterable[tuple[int, str, int]]:
    ids = {pk for each in fits for pk in each}
    return Activity.objects.filter(pk__in=ids).values_list("pk", "title", "provider_id") if ids else ()


def _changes(request: Request, found: Near) -> list[Change]:
    """What is tried: the least on each rule, in steps that people take and within what the form of a request takes."""
    proposed = [
        _in_whole_months(request, each.field, each.value, found.terms.today)
        for miss in found.misses
        for each in miss.loosenings
    ]
    delivery = found.row.delivery
    if delivery and not delivery & ONLINE:
        proposed.append(("delivery", delivery | ONLINE))
    within = [change for change in proposed if _is_taken(*change, found.terms.today)]
    return list({(field, str(value)): (field, value) for field, value in within}.values())


def _in_whole_months(request: Request, field: str, value: Any, today: dt.date) -> Change:
    """Another month is given whole, and kilometres are whole: what is counted is what the button will set."""
    if field == "max_travel_km":
        return field, math.ceil(value)
    if field == "date_until" and value > request.date_until + END_OF_MONTH:
        return field, max(value, min(value + END_OF_MONTH, today + FARTHEST))
    if field == "date_from" and value < request.date_from.replace(day=1):
        return field, min(value, max(value.replace(day=1), today))
    return field, value


def _is_taken(field: str, value: Any, today: dt.date) -> bool:
    """Whether the form of a request takes this value too."""
    most: dict[str, Callable[[], bool]] = {
        "max_travel_km": lambda: value <= FARTHEST_KM,
        "max_cost": lambda: value <= MOST_COST * 100,
        "date_until": lambda: value <= today + FARTHEST,
        "date_from": lambda: value >= today,
        "themes": lambda: len(value) <= MOST_THEMES,
    }
    return most[field]() if field in most else True


def _online(found: Near, changes: list[Change], fits: list[list[int]], steps: list[Step]) -> Online | None:
    """What can be had without travelling, where the request asked for something on the spot."""
    wanted = ("delivery", found.row.delivery | ONLINE)
    ids = next((ids for change, ids in zip(changes, fits, strict=True) if change == wanted), [])
    if not ids:
        return None
    step = next(step for step in steps if step.value.startswith("delivery:") and "online" in step.value)
    shown = Activity.objects.select_related("provider").in_bulk(ids[:ONLINE_SHOWN])
    return Online([shown[pk] for pk in ids[:ONLINE_SHOWN] if pk in shown], step)


def _best_first(step: Step) -> tuple[int, int, int]:
    """By how many companies it yields, as far as that makes a choice; then by what asks least of a school."""
    (field,) = step.fields
    return -min(step.companies, FEW), EASE.index(field), -step.companies


def _summary(steps: list[Step]) -> str:
    """2 companies if you travel 12 km farther; 5 in October."""
    told = [f"{step.companies} {step.phrase}" for step in steps[:IN_ONE_SENTENCE]]
    if told:
        told[0] = f"{companies_words(steps[0].companies)} {steps[0].phrase}"
    return "; ".join(told) + "." if told else ""


# ------------------------------------------------------------ a sentence per rule


SENTENCES: dict[str, Callable[[int], str]] = {
    "place": lambda n: ngettext(
        "%(n)d activity is not given where you are, or too far away",
        "%(n)d activities are not given where you are, or too far away",
        n,
    ),
    "level": lambda n: ngettext("%(n)d activity is for other classes", "%(n)d activities are for other classes", n),
    "theme": lambda n: ngettext("%(n)d activity has another theme", "%(n)d activities have another theme", n),
    "kind": lambda n: ngettext("%(n)d activity is of another kind", "%(n)d activities are of another kind", n),
    "audience": lambda n: ngettext("%(n)d activity is for other people", "%(n)d activities are for other people", n),
    "period": lambda n: ngettext(
        "%(n)d activity is in another period, or full", "%(n)d activities are in another period, or full", n
    ),
    "group": lambda n: ngettext(
        "%(n)d activity takes a group of another size", "%(n)d activities take a group of another size", n
    ),
    "cost": lambda n: ngettext("%(n)d activity costs more", "%(n)d activities cost more", n),
}


def _sentence(miss: NearMiss) -> str:
    return SENTENCES[miss.rule](miss.count) % {"n": miss.count}
