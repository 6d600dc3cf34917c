"""Which rows of the other side are loaded for one item, in SQL over the narrow rows.

Each may leave in too much; what it leaves out, a rule refuses. A test holds them to that. Aliases: `item` is the
narrow row.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Collection, Iterable
from typing import Any

from matching import ALL_DELIVERIES, AT_PROVIDER, AT_SCHOOL, ONLINE
from techfinder.matches.rows.binary import DAY_ZERO, Table
from techfinder.matches.rows.world import World

Condition = tuple[str, dict[str, Any]]

# A degree of latitude is 111.195 km: at least so far apart are two places whose latitudes differ by one.
KM_PER_DEGREE = 111.19
# No request waits longer; a date has to stay a date.
LONGEST_LEAD = 100_000


def ids_in(column: str, ids: Collection[int]) -> Condition:
    return f"item.{column} = ANY(%(ids)s::bigint[])", {"ids": array_of(sorted(ids))}


def array_of(ids: Iterable[int]) -> str:
    """A literal for `::bigint[]`: the driver takes a microsecond and a half for each id of a list."""
    return f"{{{','.join(map(str, ids))}}}"


def of_shard(shard: str | None, world: World) -> Condition:
    """The live requests of one shard, or of all."""
    if shard is None:
        return "item.live", {}
    compare = "= ANY" if shard else "<> ALL"
    return f"item.live AND item.municipality {compare}(%(towns)s::bigint[])", {
        "towns": array_of(world.municipalities_in(shard))
    }


def activities_near(asked: Table, world: World) -> Condition:
    """A superset of the activities that are eligible for the one request of this table."""
    one = _only(asked)
    wanted = one["delivery"] or ALL_DELIVERIES
    days_left = one["date_until"] + DAY_ZERO - world.today.toordinal()
    params = one | {"areas": array_of(world.covering(one["municipality"])), "days_left": days_left}
    themes_and_kinds = [
        *([THEMES_SHARED] if one["themes_low"] | one["themes_high"] else []),
        *(["CAST(%(kinds)s AS bigint) >> item.kind & 1 = 1"] if one["kinds"] else []),
    ]
    # The most selective first: PostgreSQL tries them in this order on each row.
    tests = [
        LEVELS_SHARED,
        *themes_and_kinds,
        "item.live",
        AUDIENCE_SHARED,
        "item.lead_days <= %(days_left)s",
        "item.cost <= %(max_cost)s",
        "(item.group_min IS NULL OR item.group_min <= %(group_size)s)",
        "(item.splittable OR item.group_max IS NULL OR item.group_max >= %(group_size)s)",
    ]
    ways = {
        AT_SCHOOL: f"item.delivery & {AT_SCHOOL} <> 0 AND {THEY_TRAVEL}",
        AT_PROVIDER: f"item.delivery & {AT_PROVIDER} <> 0 AND {_we_travel(one)}",
        ONLINE: f"item.delivery & {ONLINE} <> 0",
    }
    tests.append(
        _place({way: sql for way, sql in ways.items() if wanted & way}, "item.area_id = ANY(%(areas)s::bigint[])")
    )
    return " AND ".join(tests), params


def requests_near(offered: Table, world: World) -> Condition:
    """A superset of the requests that are eligible for the one activity of this table."""
    one = _only(offered)
    towns, everywhere = world.inside(one["area"])
    params = one | {
        "towns": array_of(towns),
        "earliest": world.today + dt.timedelta(days=min(one["lead_days"], LONGEST_LEAD)),
    }
    tests = [
        LEVELS_SHARED,
        f"(item.themes_low | item.themes_high = 0 OR {THEMES_SHARED})",
        "(item.kinds = 0 OR item.kinds >> %(kind)s & 1 = 1)",
        "item.live",
        AUDIENCE_SHARED,
        "item.date_until >= %(earliest)s",
        "(item.max_cost IS NULL OR item.max_cost >= %(cost)s)",
        "item.group_size >= %(group_min)s",
    ]
    if not one["splittable"]:
        tests.append("item.group_size <= %(group_max)s")
    ways = {
        AT_SCHOOL: f"(item.delivery = 0 OR item.delivery & {AT_SCHOOL} <> 0) AND {_we_travel(one)}",
        AT_PROVIDER: f"(item.delivery = 0 OR item.delivery & {AT_PROVIDER} <> 0) AND {THEY_TRAVEL}",
        ONLINE: f"(item.delivery = 0 OR item.delivery & {ONLINE} <> 0)",
    }
    covered = "true" if everywhere else "item.municipality = ANY(%(towns)s::bigint[])"
    tests.append(_place({way: sql for way, sql in ways.items() if one["delivery"] & way}, covered))
    return " AND ".join(tests), params


def _only(table: Table) -> dict[str, Any]:
    """The values of a table of one row."""
    return {name: column.item() for name, column in table.items()}


def _place(ways: dict[int, str], covered: str) -> str:
    """At least one of the ways that both name: online, or a visit where the activity is given."""
    visits = [f"({sql})" for way, sql in ways.items() if way != ONLINE]
    tests = [ways[ONLINE]] if ONLINE in ways else []
    if visits:
        tests.append(f"({covered} AND ({' OR '.join(visits)}))")
    return f"({' OR '.join(tests) or 'false'})"


LEVELS_SHARED = "item.levels & CAST(%(levels)s AS bigint) <> 0"
AUDIENCE_SHARED = "item.audience & %(audience)s <> 0"
THEMES_SHARED = (
    "(item.themes_low & CAST(%(themes_low)s AS bigint)) | (item.themes_high & CAST(%(themes_high)s AS bigint)) <> 0"
)
# Further apart in latitude alone than either side travels.
APART = f"abs(item.lat - %(lat)s) * {KM_PER_DEGREE}"
THEY_TRAVEL = f"(item.max_travel_km IS NULL OR {APART} <= item.max_travel_km)"


def _we_travel(one: dict[str, Any]) -> str:
    return "true" if math.isinf(one["max_travel_km"]) else f"{APART} <= %(max_travel_km)s"
