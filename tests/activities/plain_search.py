"""What a search finds, as a loop over the rows of the tables. Slow on purpose, and shares no code with the index.

Text is left out: what has a word is a matter of its own.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from functools import cache

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Kind, Region, Theme

MIDDLE = (52.1561, 5.3878)


def public():
    """As the tables are now; what was remembered of regions is forgotten."""
    covers.cache_clear()
    found = Activity.objects.select_related("provider__municipality").prefetch_related("sessions")
    return [
        activity
        for activity in found
        if activity.status == "published" and activity.provider.status == "verified" and not activity.provider.paused
    ]


def point(activity):
    for lat, lon in (
        (activity.venue_lat, activity.venue_lon),
        (activity.provider.lat, activity.provider.lon),
        (getattr(activity.provider.municipality, "lat", None), getattr(activity.provider.municipality, "lon", None)),
    ):
        if lat is not None and lon is not None:
            return lat, lon
    return None


def kilometres(here, there):
    lat1, lon1, lat2, lon2 = map(math.radians, (*here, *there))
    haversine = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0088 * math.asin(min(1.0, math.sqrt(haversine)))


def ways(activity, criteria):
    """The deliveries that are possible, by the words of rule `place`."""
    place = criteria.place
    if place is None:
        return set(activity.delivery)
    far = kilometres((place.lat, place.lon), point(activity) or MIDDLE)
    covered = bool(set(activity.regions) & (place.covering | {"NL"}))
    possible = {"online"}
    if covered and (activity.max_travel_km is None or far <= activity.max_travel_km + 1e-9):
        possible.add("at_school")
    if covered and (criteria.radius is None or far <= criteria.radius + 1e-9):
        possible.add("at_provider")
    return possible & set(activity.delivery)


@cache
def under(code):
    """The leaves of the tree that a code stands for, by the spelling of codes."""
    leaves = leaf_codes()
    return {leaf for leaf in leaves if leaf == code or leaf.startswith(f"{code}-")}


def leaf_codes():
    found = ["ko", "so", "sbo", "vso", "hbo", "pabo", "wo"]
    found += [f"po-{year}" for year in range(1, 9)] + [f"mbo-{year}" for year in range(1, 5)]
    years = {"pro": 5, "vmbo-bb": 4, "vmbo-kb": 4, "vmbo-gl": 4, "vmbo-tl": 4, "havo": 5, "vwo": 6}
    return found + [f"vo-{track}-{year}" for track, last in years.items() for year in range(1, last + 1)]


def shares_level(activity, codes):
    offered = {leaf for code in activity.levels for leaf in under(code)}
    return any(offered & under(code) for code in codes)


@cache
def covers(code):
    """The codes of the regions that hold the whole of one."""
    region = Region.objects.filter(code=code).first()
    if region is None:
        return {code, "NL"}
    found = {"NL"} | above(region)
    if region.type == "network":
        members = [{"NL"} | above(member) for member in region.municipalities.all()]
        return found | (set.intersection(*members) if members else set())
    return found | {network.code for network in region.networks.all()}


def above(region):
    found = set()
    while region is not None:
        found.add(region.code)
        region = region.parent
    return found


def coming(activity, today):
    return [session for session in activity.sessions.all() if session.date >= today]


def in_month(activity, months, today):
    if activity.sessions.all():
        return any(session.date.month in months for session in coming(activity, today))
    return not activity.months or bool(set(activity.months) & set(months))


def in_period(activity, first, last, today):
    start, end = max(first or dt.date.min, today), last or dt.date.max
    if end < start:
        return False
    if activity.sessions.all():
        return any(start <= session.date <= end for session in activity.sessions.all())
    if (activity.available_from or dt.date.min) > end or (activity.available_until or dt.date.max) < start:
        return False
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    months = {(start.month - 1 + step) % 12 + 1 for step in range(min(count, 12))}
    return not activity.months or bool(set(activity.months) & months)


def in_group(activity, group):
    if activity.group_min is not None and group < activity.group_min:
        return False
    return activity.splittable or activity.group_max is None or group <= activity.group_max


def has_room(activity, group, today):
    if not activity.sessions.all():
        return True
    return any(session.seats - session.taken >= max(group or 1, 1) for session in coming(activity, today))


def meets(activity, criteria, today):
    asked = criteria
    delivered = ways(activity, asked)
    if asked.delivery:
        delivered &= set(asked.delivery)
    return all(
        [
            not (asked.place or asked.delivery) or bool(delivered),
            not asked.levels or shares_level(activity, asked.levels),
            not asked.themes or bool(set(asked.themes) & set(activity.themes)),
            not asked.kinds or activity.kind in asked.kinds,
            not asked.audience or bool(set(asked.audience) & set(activity.audience)),
            not asked.regions or "online" in activity.delivery or in_regions(activity, asked.regions),
            not asked.months or in_month(activity, asked.months, today),
            not (asked.date_from or asked.date_until) or in_period(activity, asked.date_from, asked.date_until, today),
            asked.group is None or in_group(activity, asked.group),
            not asked.free or activity.cost == 0,
            not asked.room or has_room(activity, asked.group, today),
            not asked.provider or activity.provider.slug == asked.provider,
        ]
    )


def in_regions(activity, codes):
    return any(set(activity.regions) & covers(code) for code in codes)


def ids(activities, criteria, today):
    return {activity.pk for activity in activities if meets(activity, criteria, today)}


def values():
    """Per facet the field of Criteria, and each value with what it is there."""
    return {
        "delivery": ("delivery", {code: (code,) for code in ("at_school", "at_provider", "online")}),
        "audience": ("audience", {code: (code,) for code in ("pupils", "teachers", "student_teachers")}),
        "theme": ("themes", {code: (code,) for code in Theme.objects.values_list("code", flat=True)}),
        "kind": ("kinds", {code: (code,) for code in Kind.objects.values_list("code", flat=True)}),
        "level": ("levels", {code: (code,) for code in ("po", "po-7", "vo", "vo-vmbo-tl-3", "vso", "mbo-2", "wo")}),
        "month": ("months", {str(month): (month,) for month in range(1, 13)}),
        "region": (
            "regions",
            {code: (code,) for code in Region.objects.filter(type="province").values_list("code", flat=True)},
        ),
        "free": ("free", {"1": True}),
        "room": ("room", {"1": True}),
    }


def counts(activities, criteria, today, options):
    """Per facet and value how many are found with that value as the filter's only choice."""
    return {
        facet: {
            value: len(ids(activities, replace(criteria, **{field: choice}), today))
            for value, choice in choices.items()
        }
        for facet, (field, choices) in options.items()
    }
