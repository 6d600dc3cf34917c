"""One change of a request in words: what it asks, what it yields, what is now, and what its button says."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.matches.rows import DELIVERIES, World
from techfinder.matches.telling.labels import Labels, deliveries
from techfinder.requests.models import Request
from techfinder.taxonomy.days import END_OF_MONTH
from techfinder.taxonomy.templatetags.ui import day, euro, join_and, month_name, pupils


@dataclass(frozen=True, slots=True)
class Words:
    """`title` and `phrase` say the change: Travel up to 22 km; if you travel 12 km farther. `value` is the site's."""

    title: str
    phrase: str
    now: str
    action: str
    value: Any
    icon_name: str


@dataclass(frozen=True, slots=True)
class Step:
    """One change of the request that yields a match: what `components/loosen.html` shows."""

    icon_name: str
    title: str
    gain: str
    was: str
    action: str
    value: str
    fields: dict[str, Any]
    phrase: str
    companies: int
    # Of what would fit, the best first.
    ids: tuple[int, ...]

    @property
    def activities(self) -> int:
        return len(self.ids)


def step_of(
    request: Request, field: str, value: Any, fits: Sequence[tuple[int, str, int]], about: tuple[World, Labels]
) -> Step:
    """Put a change into words. `fits` are id, title and provider of what would fit, best first; `value` is the
    engine's."""
    words = STEPS[field](request, value, *about)
    companies = len({provider for _id, _title, provider in fits})
    return Step(
        icon_name=words.icon_name,
        title=words.title,
        gain=_gain(companies, len(fits), fits[0][1]),
        was=words.now,
        action=words.action,
        value=f"{field}:{plain(words.value)}",
        fields={field: words.value},
        phrase=words.phrase,
        companies=companies,
        ids=tuple(pk for pk, _title, _provider in fits),
    )


def companies_words(count: int) -> str:
    return ngettext("%(count)d company", "%(count)d companies", count) % {"count": count}


def _gain(companies: int, activities: int, best: str) -> SafeString:
    """What a step yields, with the best activity by name; both numbers where they differ."""
    title = best.rstrip(".?! ")
    if companies == activities:
        fits = ngettext(
            "Then <strong>{companies}</strong> fits: {title}.",
            "Then <strong>{companies}</strong> fit, such as {title}.",
            companies,
        )
    else:
        fits = ngettext(
            "Then <strong>{companies}</strong> fits with {activities} activities, such as {title}.",
            "Then <strong>{companies}</strong> fit with {activities} activities, such as {title}.",
            companies,
        )
    return format_html(fits, companies=companies_words(companies), activities=activities, title=title)


def plain(value: object) -> str:
    return "+".join(sorted(value)) if isinstance(value, list) else str(value)


# -------------------------------------------------------------- field by field


def _travel(request: Request, value: float, _world: World, _labels: Labels) -> Words:
    far, had = math.ceil(value), request.max_travel_km or 0
    return Words(
        _("Travel up to %(km)d km") % {"km": far},
        _("if you travel %(km)d km farther") % {"km": far - had},
        _("up to %(km)d km") % {"km": had},
        _("Make it %(km)d km") % {"km": far},
        far,
        "route",
    )


def _until(request: Request, value: dt.date, _world: World, _labels: Labels) -> Words:
    now = _("until %(day)s") % {"day": day(request.date_until)}
    if value == value + END_OF_MONTH:
        when = {"month": _month(value)}
        title, phrase = _("Also up to and including %(month)s") % when, _("in %(month)s") % when
        return Words(title, phrase, now, _("Make it until the end of %(month)s") % when, value, "calendar")
    when = {"day": day(value)}
    title, phrase = _("Also up to %(day)s") % when, _("if it may be up to %(day)s") % when
    return Words(title, phrase, now, _("Make it until %(day)s") % when, value, "calendar")


def _from(request: Request, value: dt.date, _world: World, _labels: Labels) -> Words:
    now = _("from %(day)s") % {"day": day(request.date_from)}
    when = {"day": day(value), "month": _month(value)}
    phrase = _("in %(month)s") % when if value.day == 1 else _("if it may be from %(day)s") % when
    return Words(_("Already from %(day)s") % when, phrase, now, _("Make it from %(day)s") % when, value, "calendar")


def _month(value: dt.date) -> str:
    soon = value.year - timezone.localdate().year in (0, 1)
    return month_name(value.month) if soon else f"{month_name(value.month)} {value.year}"


def _size(request: Request, value: int, _world: World, _labels: Labels) -> Words:
    group = {"pupils": pupils(value)}
    title, phrase = _("Come with %(pupils)s") % group, _("if you come with %(pupils)s") % group
    return Words(title, phrase, pupils(request.group_size), _("Make it %(n)d") % {"n": value}, value, "users")


def _cost(request: Request, value: int, _world: World, _labels: Labels) -> Words:
    price = Decimal(value) / 100
    most = {"euro": euro(price)}
    title, phrase = _("Pay up to %(euro)s") % most, _("if it may cost %(euro)s") % most
    return Words(title, phrase, euro(request.max_cost), _("Make it %(euro)s") % most, price, "currency-euro")


def _delivery(request: Request, value: int, _world: World, _labels: Labels) -> Words:
    ways = [way.value for way, bit in DELIVERIES.items() if value & bit]
    added = {"place": deliveries(way for way in ways if way not in request.delivery)}
    title, phrase = _("Also %(place)s") % added, _("if it may be %(place)s") % added
    return Words(title, phrase, deliveries(request.delivery), _("Add this"), ways, "map-pin")


def _themes(request: Request, value: frozenset[int], world: World, labels: Labels) -> Words:
    codes = [world.themes.code(number) for number in sorted(value)]
    added = {"theme": labels.theme_list(code for code in codes if code not in request.themes)}
    title, phrase = _("Also about %(theme)s") % added, _("if it may be about %(theme)s") % added
    return Words(title, phrase, labels.theme_list(request.themes), _("Add this"), codes, "bulb")


def _kinds(request: Request, value: int, world: World, labels: Labels) -> Words:
    codes = world.kinds.in_mask(value)
    added = {"kind": join_and(labels.kind(code) for code in codes if code not in request.kinds)}
    title, phrase = _("Also as: %(kind)s") % added, _("as: %(kind)s") % added
    now = join_and(labels.kind(code) for code in request.kinds)
    return Words(title, phrase, now, _("Add this"), codes, "puzzle")


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


def change_words(request: Request, field: str, value: Any, world: World) -> Words:
    """A change of the engine in words, whatever it yields."""
    return STEPS[field](request, value, world, Labels())
