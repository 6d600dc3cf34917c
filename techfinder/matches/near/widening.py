"""What a provider could change so that more requests fit, in words, with the way to the form where it is done."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.core.cache import cache
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from matching import LEVELS, ActivityRow, Widening, widen_activity
from techfinder.activities.changes import STEP_FIELDS
from techfinder.activities.models import Activity
from techfinder.matches.models import Match
from techfinder.matches.rows import DELIVERIES, World, activity_rows, load_requests
from techfinder.matches.telling.labels import Labels, deliveries, levels
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.templatetags.ui import euro, month_name, pupils

MOST = 3
KEPT_SECONDS = 3600
# So many are counted while somebody waits for a page; the others are counted when that page is looked at again.
COUNTED_AT_ONCE = 3

STEP_OF = {name: step for step, names in STEP_FIELDS.items() for name in names}
Found = list[tuple[str, Any, int]]


@dataclass(frozen=True, slots=True)
class Proposal:
    """So many more requests fit with one change; `url` is the form with it filled in."""

    icon_name: str
    sentence: str
    gained: int
    url: str


def proposals(activity: Activity) -> list[Proposal]:
    """At most three changes of an activity, each with how many open requests fit then that do not now."""
    return proposals_of([activity]).get(activity.pk, [])


def proposals_of(activities: Sequence[Activity]) -> dict[int, list[Proposal]]:
    """The proposals of several activities; what is not counted within the hour and does not fit in is left out."""
    world = World()
    found = _found(activities, world)
    regions = _names_of_regions(found.values())
    labels = Labels()
    return {
        activity.pk: [_proposal(activity, *each, labels, regions) for each in found[activity.pk]]
        for activity in activities
        if found.get(activity.pk)
    }


# ------------------------------------------------------------------- counting


def _found(activities: Sequence[Activity], world: World) -> dict[int, Found]:
    """Per activity the changes in the site's values, from the cache or counted now."""
    keys = {activity.pk: _key(activity, world.today) for activity in activities}
    kept = cache.get_many(keys.values())
    found = {pk: kept[key] for pk, key in keys.items() if key in kept}
    missing = [pk for pk in keys if pk not in found][:COUNTED_AT_ONCE]
    if missing:
        counted = _count(missing, world)
        cache.set_many({keys[pk]: counted[pk] for pk in counted}, timeout=KEPT_SECONDS)
        found |= counted
    return found


def _key(activity: Activity, today: dt.date) -> str:
    return f"widening:{activity.pk}:{activity.version}:{activity.matched_version}:{today}"


def _count(ids: Collection[int], world: World) -> dict[int, Found]:
    rows = [row for row in activity_rows(Activity.objects.filter(pk__in=ids), world) if row.live]
    found: dict[int, Found] = {pk: [] for pk in ids}
    if not rows:
        return found
    requests = load_requests(world, kept=True).columns
    terms = world.terms(Match.objects.filter(activity__in=ids).settled_pairs())
    for row in rows:
        widenings = widen_activity(row, requests, terms)[:MOST]
        found[row.id] = [(each.field, _in_site_values(row, each, world), each.gained) for each in widenings]
    return found


def _in_site_values(row: ActivityRow, widening: Widening, world: World) -> Any:
    """What is added to a list, or the new value, as the site writes it."""
    value, now = widening.value, getattr(row, widening.field)
    added: dict[str, Callable[[], Any]] = {
        "levels": lambda: list(LEVELS.codes_of(value & ~now)),
        "themes": lambda: [world.themes.code(number) for number in sorted(value - now)],
        "delivery": lambda: [way.value for way, bit in DELIVERIES.items() if value & ~now & bit],
        "regions": lambda: sorted(value - now),
        "months": lambda: [month + 1 for month in range(12) if (value & ~now) >> month & 1],
        "max_travel_km": lambda: math.ceil(value),
        "cost": lambda: str(Decimal(value) / 100),
    }
    return added.get(widening.field, lambda: value)()


def _names_of_regions(found: Collection[Found]) -> dict[int, tuple[str, str]]:
    """Code and name of the municipalities that are proposed."""
    ids = {pk for each in found for field, value, _gained in each if field == "regions" for pk in value}
    rows = Region.objects.filter(pk__in=ids).values_list("pk", "code", "name") if ids else ()
    return {pk: (code, name) for pk, code, name in rows}


# ------------------------------------------------------------------- in words


def _proposal(
    activity: Activity, field: str, value: Any, gained: int, labels: Labels, regions: dict[int, tuple[str, str]]
) -> Proposal:
    names = [regions[pk] for pk in value if pk in regions] if field == "regions" else []
    condition = CONDITIONS[field](names or value, labels)
    told = ngettext("%(count)d request fits %(if)s", "%(count)d requests fit %(if)s", gained)
    given = [code for code, _name in names] if field == "regions" else value
    query = urlencode({field: "1" if given is True else given}, doseq=True)
    form = reverse("activities:edit", args=[activity.slug, STEP_OF[field]])
    sentence = told % {"count": gained, "if": condition}
    return Proposal(ICONS.get(field, "users"), sentence, gained, f"{form}?{query}#id_{field}")


ICONS = {
    "themes": "bulb",
    "delivery": "map-pin",
    "max_travel_km": "route",
    "regions": "map-pin",
    "months": "calendar",
    "cost": "currency-euro",
}


CONDITIONS: dict[str, Callable[[Any, Labels], str]] = {
    "levels": lambda codes, _labels: _("if you also take %(levels)s") % {"levels": levels(codes)},
    "themes": lambda codes, labels: _("if it is also about %(theme)s") % {"theme": labels.theme_list(codes)},
    "delivery": lambda codes, _labels: _("if it can also be %(place)s") % {"place": deliveries(codes)},
    "max_travel_km": lambda far, _labels: _("if you travel up to %(km)d km") % {"km": far},
    "regions": lambda names, _labels: (
        _("if you are also there for schools in %(town)s") % {"town": ", ".join(name for _code, name in names)}
    ),
    "months": lambda numbers, _labels: (
        _("if it can also be in %(month)s") % {"month": ", ".join(month_name(number) for number in numbers)}
    ),
    "group_min": lambda size, _labels: _("if a group may also be of %(pupils)s") % {"pupils": pupils(size)},
    "group_max": lambda size, _labels: _("if a group may also be of %(pupils)s") % {"pupils": pupils(size)},
    "splittable": lambda _value, _labels: _("if you take a large group in parts"),
    "cost": lambda cost, _labels: _cost(Decimal(cost)),
}


def _cost(cost: Decimal) -> str:
    return _("if it is free") if not cost else _("if it costs at most %(euro)s") % {"euro": euro(cost)}
