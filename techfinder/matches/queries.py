"""Reads of matches that several callers share."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import ActivityColumns, Loosening, NearMiss, Terms, near_misses
from techfinder.activities.models import Activity
from techfinder.matches.columns import DELIVERIES, World, activity_rows, request_rows
from techfinder.matches.labels import Labels, deliveries
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from techfinder.taxonomy.templatetags.ui import day, euro, pupils

FEW = 3


def matches_of_request(request: Request) -> QuerySet[Match]:
    """The open matches of a request whose activity is still public, best first."""
    found = Match.objects.open().filter(request=request, activity__in=Activity.objects.public())
    return found.select_related("activity__provider").order_by("rank", "activity_id")


def matches_of_activity(activity: Activity) -> QuerySet[Match]:
    """The open matches of an activity whose request is still open, best first."""
    found = Match.objects.open().filter(activity=activity, request__status=Request.Status.OPEN)
    return found.select_related("request__school__municipality", "activity").order_by("-score", "request_id")


def best_matches(limit: int) -> Prefetch[str, QuerySet[Match], str]:
    """To prefetch with requests: their best matches, as `best`."""
    best = Match.objects.open().filter(rank__lte=limit).select_related("activity__provider").order_by("rank")
    return Prefetch("matches", queryset=best, to_attr="best")


# ---------------------------------------------------------------- near misses


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the request that yields a match: what `components/loosen.html` shows."""

    icon_name: str
    title: str
    gain: str
    now: str
    action: str
    value: str
    fields: dict[str, Any]


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why few or no activities fit: a sentence per rule, and the steps that would help, the smallest first."""

    sentences: list[str]
    steps: list[Step]


def why_not(request: Request, *, today: dt.date | None = None) -> WhyNot:
    """What a request narrowly misses, in words of the active language."""
    world = World(today=today)
    row = request_rows(Request.objects.filter(pk=request.pk), world)[0]
    activities = ActivityColumns.from_rows(activity_rows(Activity.objects.public(), world))
    misses = near_misses(row, activities, Terms(today=world.today))
    labels = Labels()
    sentences = [_sentence(miss) for miss in misses if miss.rule in SENTENCES]
    loosenings = [each for miss in misses for each in miss.loosenings]
    titles = dict(Activity.objects.filter(pk__in={each.activity_id for each in loosenings}).values_list("pk", "title"))
    steps = [_step(request, each, world, labels, titles[each.activity_id]) for each in loosenings]
    return WhyNot(sentences, steps)


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


def _step(request: Request, loosening: Loosening, world: World, labels: Labels, first: str) -> Step:
    title, now, action, value, icon = STEPS[loosening.field](request, loosening.value, world, labels)
    return Step(
        icon_name=icon,
        title=title,
        gain=_gain(loosening.gained, first),
        now=_("Now: %(now)s.") % {"now": now},
        action=action,
        value=f"{loosening.field}:{_plain(value)}",
        fields={loosening.field: value},
    )


def _gain(count: int, first: str) -> SafeString:
    """What a step yields, with one of the activities by name."""
    fits = ngettext(
        "Then <strong>{count} activity</strong> fits: {title}.",
        "Then <strong>{count} activities</strong> fit, such as {title}.",
        count,
    )
    return format_html(fits, count=count, title=first.rstrip(".?! "))


def _plain(value: object) -> str:
    return "+".join(sorted(value)) if isinstance(value, list) else str(value)


Words = tuple[str, str, str, Any, str]


def _travel(request: Request, value: float, world: World, labels: Labels) -> Words:
    far = math.ceil(value)
    title = _("Travel up to %(km)d km") % {"km": far}
    now = _("up to %(km)d km") % {"km": request.max_travel_km or 0}
    return title, now, _("Make it %(km)d km") % {"km": far}, far, "route"


def _until(request: Request, value: dt.date, world: World, labels: Labels) -> Words:
    when = {"day": day(value)}
    return _("Also up to %(day)s") % when, _until_now(request), _("Make it until %(day)s") % when, value, "calendar"


def _until_now(request: Request) -> str:
    return _("until %(day)s") % {"day": day(request.date_until)}


def _from(request: Request, value: dt.date, world: World, labels: Labels) -> Words:
    when, now = {"day": day(value)}, _("from %(day)s") % {"day": day(request.date_from)}
    return _("Already from %(day)s") % when, now, _("Make it from %(day)s") % when, value, "calendar"


def _size(request: Request, value: int, world: World, labels: Labels) -> Words:
    title = _("Come with %(pupils)s") % {"pupils": pupils(value)}
    return title, pupils(request.group_size), _("Make it %(n)d") % {"n": value}, value, "users"


def _cost(request: Request, value: int, world: World, labels: Labels) -> Words:
    price = Decimal(value) / 100
    title = _("Pay up to %(euro)s") % {"euro": euro(price)}
    return title, euro(request.max_cost), _("Make it %(euro)s") % {"euro": euro(price)}, price, "currency-euro"


def _delivery(request: Request, value: int, world: World, labels: Labels) -> Words:
    ways = [way.value for way, bit in DELIVERIES.items() if value & bit]
    added = deliveries(way for way in ways if way not in request.delivery)
    title = _("Also %(place)s") % {"place": added}
    return title, deliveries(request.delivery), _("Add this"), ways, "map-pin"


def _themes(request: Request, value: frozenset[int], world: World, labels: Labels) -> Words:
    codes = [world.themes.codes[number] for number in sorted(value)]
    added = labels.theme_list(code for code in codes if code not in request.themes)
    title = _("Also about %(theme)s") % {"theme": added}
    return title, labels.theme_list(request.themes), _("Add this"), codes, "bulb"


def _kinds(request: Request, value: int, world: World, labels: Labels) -> Words:
    codes = [code for number, code in enumerate(world.kinds.codes) if value >> number & 1]
    added = ", ".join(labels.kind(code) for code in codes if code not in request.kinds)
    now = ", ".join(labels.kind(code) for code in request.kinds)
    title = _("Also as: %(kind)s") % {"kind": added}
    return title, now, _("Add this"), codes, "puzzle"


STEPS: dict[str, Callable[[Request, Any, World, Labels], Words]] = {
    "max_travel_km": _travel,
    "date_until": _until,
    "date_from": _from,
    "group_size": _size,
    "max_cost": _cost,
    "delivery": _delivery,
    "themes": _themes,
    "kinds": _kinds,
}
