"""The waiting list in words, for coordinators."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from techfinder.activities import search
from techfinder.activities.models import Activity
from techfinder.activities.search.criteria import Criteria
from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.waiting import fits_of, fitting
from techfinder.matches.models import BEST_FIRST, Missed
from techfinder.matches.queries import why_not
from techfinder.matches.telling.labels import levels
from techfinder.moderation.explaining import RULES
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import pupils

MOST_OFFERS = 20


@dataclass(frozen=True, slots=True)
class Line:
    """One request of the list; `rules` alone keep activities from it."""

    waiting: Waiting
    meta: str
    fits: int
    rules: list[str]
    is_due: bool


def lines(rows: Iterable[Waiting]) -> list[Line]:
    """In the order given; three queries for all of them together."""
    rows = list(rows)
    ids = [each.request_id for each in rows]
    fits = fits_of(ids)
    missed: dict[int, set[str]] = {}
    for request_id, rule in Missed.objects.filter(request__in=ids).order_by().values_list("request", "rule"):
        missed.setdefault(request_id, set()).add(rule)
    today = timezone.localdate()
    return [
        Line(each, meta_of(each.request), fits.get(each.request_id, 0), _rules(missed.get(each.request_id, set())),
             each.look_on <= today)
        for each in rows
    ]  # fmt: skip


def for_lines(found: QuerySet[Waiting]) -> QuerySet[Waiting]:
    return found.select_related("request__school__municipality", "handed_to", "looked_by")


def meta_of(request: Request) -> str:
    """Write De Loefzijde, Vlissingen; groep 7; 28 leerlingen."""
    school = request.school
    town = school.city or school.municipality.name
    return f"{school.name}, {town}; {levels(request.levels)}; {pupils(request.group_size)}"


def _rules(codes: set[str]) -> list[str]:
    return [str(name) for rule, name in RULES.items() if rule in codes]


# ----------------------------------------------------------------- offers to choose


@dataclass(frozen=True, slots=True)
class Offer:
    """An activity to ask for. `phrase`: what would make it fit, when it does not."""

    activity: Activity
    fits: bool = False
    phrase: str = ""


@dataclass(slots=True)
class Offers:
    """What a coordinator chooses from: what fits, what nearly fits, and what was searched for."""

    fit: list[Offer] = field(default_factory=list)
    near: list[Offer] = field(default_factory=list)
    found: list[Offer] = field(default_factory=list)
    total: int = 0


def offers_of(request: Request, text: str) -> Offers:
    """All public activities that the words find; without words those that fit or nearly fit."""
    fits = list(fitting(request.pk).order_by(*BEST_FIRST).values_list("activity_id", flat=True)[:MOST_OFFERS])
    if text:
        hits = search.find(Criteria(text=text), limit=MOST_OFFERS)
        found = [Offer(each, fits=each.pk in fits) for each in _in_order(hits.ids.tolist())]
        return Offers(found=found, total=hits.total)
    phrases: dict[int, str] = {}
    if not request.is_being_matched:
        why = why_not(request)
        steps = [*why.steps, *([why.online.step] if why.online else [])]
        phrases = {pk: step.phrase for step in reversed(steps) for pk in step.ids}
    return Offers(
        fit=[Offer(each, fits=True) for each in _in_order(fits)],
        near=[Offer(each, phrase=phrases[each.pk]) for each in _in_order(list(phrases)[:MOST_OFFERS])],
    )


def _in_order(ids: list[int]) -> list[Activity]:
    found: dict[Any, Activity] = Activity.objects.public().select_related("provider").in_bulk(ids)
    return [found[pk] for pk in ids if pk in found]
