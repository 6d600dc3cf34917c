"""design.md §5 word for word, as nested loops over plain objects. Slow on purpose, and shares no code with matching.

It borrows only the row classes (the input) and spells out the weights again.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterable

from matching import ActivityRow, RequestRow

RADIUS = 6371.0088
DAY = datetime.timedelta(days=1)
WEIGHTS = {
    "distance": 25,
    "level": 20,
    "theme": 20,
    "period": 10,
    "kind": 8,
    "record": 7,
    "unserved": 5,
    "waiting": 5,
    "special": 3,
    "small": 2,
    "remote": 2,
}


def leaf_list() -> list[tuple[str, str, str]]:
    """(code, sector, track) in the order of the bits."""
    leaves = [("ko", "ko", "ko")]
    leaves += [(f"po-{year}", "po", "po") for year in range(1, 9)]
    leaves += [(code, code, code) for code in ("so", "sbo", "vso")]
    years = {"vo-pro": 5, "vo-vmbo-bb": 4, "vo-vmbo-kb": 4, "vo-vmbo-gl": 4, "vo-vmbo-tl": 4, "vo-havo": 5, "vo-vwo": 6}
    leaves += [(f"{track}-{year}", "vo", track) for track, last in years.items() for year in range(1, last + 1)]
    leaves += [(f"mbo-{year}", "mbo", "mbo") for year in range(1, 5)]
    return leaves + [(code, code, code) for code in ("hbo", "pabo", "wo")]


LEAVES = leaf_list()


def bits(mask: int) -> set[int]:
    return {bit for bit in range(64) if mask >> bit & 1}


def distance_km(request: RequestRow, activity: ActivityRow) -> float:
    lat1, lon1, lat2, lon2 = map(math.radians, (request.lat, request.lon, activity.lat, activity.lon))
    haversine = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * RADIUS * math.asin(min(1.0, math.sqrt(haversine)))


def workable(request: RequestRow, activity: ActivityRow) -> set[str]:
    names = {1: "at_school", 2: "at_provider", 4: "online"}
    offered = {name for bit, name in names.items() if activity.delivery & bit}
    wished = {name for bit, name in names.items() if request.delivery & bit} or set(names.values())
    region = activity.everywhere or request.municipality in activity.regions
    distance = distance_km(request, activity)
    works = set()
    for delivery in offered & wished:
        if delivery == "online":
            works.add(delivery)
        elif region:
            limit = activity.max_travel_km if delivery == "at_school" else request.max_travel_km
            if limit is None or distance <= limit:
                works.add(delivery)
    return works


def live(request, activity, today, excluded):
    return activity.live and request.live


def place(request, activity, today, excluded):
    return bool(workable(request, activity))


def level(request, activity, today, excluded):
    return bool(bits(request.levels) & bits(activity.levels))


def theme(request, activity, today, excluded):
    return not request.themes or bool(request.themes & activity.themes)


def kind(request, activity, today, excluded):
    return not request.kinds or activity.kind in bits(request.kinds)


def audience(request, activity, today, excluded):
    return bool(bits(request.audience) & bits(activity.audience))


def days_that_fit(request, activity, today) -> Iterable[datetime.date]:
    """The days (of sessions, or any) on which it can be."""
    earliest = max(today + datetime.timedelta(days=activity.lead_days), request.date_from)
    if activity.sessions:
        for date, seats in sorted(activity.sessions):
            if earliest <= date <= request.date_until and seats >= request.group_size:
                yield date
        return
    months = bits(activity.months) or set(range(12))
    day = earliest
    while day <= request.date_until:
        after = activity.available_from is None or day >= activity.available_from
        before = activity.available_until is None or day <= activity.available_until
        if after and before and day.month - 1 in months:
            yield day
        day += DAY


def period(request, activity, today, excluded):
    return any(True for _ in days_that_fit(request, activity, today))


def group(request, activity, today, excluded):
    if activity.group_min is not None and request.group_size < activity.group_min:
        return False
    return activity.splittable or activity.group_max is None or request.group_size <= activity.group_max


def cost(request, activity, today, excluded):
    return request.max_cost is None or activity.cost <= request.max_cost


def pair(request, activity, today, excluded):
    return (request.id, activity.id) not in excluded


RULES = {rule.__name__: rule for rule in (live, place, level, theme, kind, audience, period, group, cost, pair)}


def eligible(request, activity, today, excluded=frozenset()) -> bool:
    return all(rule(request, activity, today, excluded) for rule in RULES.values())


def nearness(request, activity) -> float:
    ways = workable(request, activity)
    near = 15 / (15 + distance_km(request, activity)) if ways & {"at_school", "at_provider"} else 0
    return max(near, 0.25 if "online" in ways else 0)


def closeness(request, activity) -> float:
    asked, offered = bits(request.levels), bits(activity.levels)
    tracks, sectors = {LEAVES[bit][1:] for bit in asked}, {LEAVES[bit][1] for bit in asked}
    same = track = sector = 0
    for bit in offered:
        if bit in asked:
            same += 1
        elif LEAVES[bit][1:] in tracks:
            track += 1
        elif LEAVES[bit][1] in sectors:
            sector += 1
    aimed = same * 1.0 + track * 0.6 + sector * 0.3
    return (same / len(asked) + aimed / len(offered)) / 2


def period_fit(request, activity, today) -> float:
    if activity.sessions:
        return 1
    first, last = request.date_from, request.date_until
    asked = min(12, (last.year - first.year) * 12 + last.month - first.month + 1)
    return min(1, len({day.month for day in days_that_fit(request, activity, today)}) / asked)


def score(request, activity, today) -> float:
    parts = {
        "distance": nearness(request, activity),
        "level": closeness(request, activity),
        "theme": [0, 0.6, 0.85, 1][min(3, len(request.themes & activity.themes))],
        "period": period_fit(request, activity, today),
        "kind": 1 if request.kinds else 0,
        "record": 0.5 if activity.answer_record is None else activity.answer_record,
        "unserved": 0 if request.served_this_year else 1,
        "waiting": min(max(request.waiting_days, 0), 60) / 60,
        "special": 1 if request.special else 0,
        "small": request.small,
        "remote": request.remote,
    }
    total = 0.0
    for name, weight in WEIGHTS.items():
        total += weight * parts[name]
    return round(total / sum(WEIGHTS.values()) * 1000) / 10


def all_pairs(requests, activities, today, excluded=frozenset()) -> list[tuple[int, int, float, int]]:
    """(request id, activity id, score, rank) of every eligible pair, by request id and rank."""
    pairs = []
    for request in sorted(requests, key=lambda row: row.id):
        found = [
            (-score(request, activity, today), activity.id)
            for activity in activities
            if eligible(request, activity, today, excluded)
        ]
        for rank, (minus, activity_id) in enumerate(sorted(found), start=1):
            pairs.append((request.id, activity_id, -minus, rank))
    return pairs
