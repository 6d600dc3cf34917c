"""Which rows of the other side are worth a look for one item, from masks over whole columns.

Each may leave in too much; what it leaves out, a rule refuses. A test holds them to that.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from matching import ALL_DELIVERIES, AT_PROVIDER, AT_SCHOOL, ONLINE
from matching.arrays import Bools, Ints
from techfinder.matches.rows.binary import DAY_ZERO, Condition, Table
from techfinder.matches.rows.world import World

# A degree of latitude is 111.195 km: at least so far apart are two places whose latitudes differ by one.
KM_PER_DEGREE = 111.19


# ----------------------------------------------------------------- in SQL


def of_shard(shard: str | None, world: World) -> Condition:
    """The live requests of one shard, or of all."""
    if shard is None:
        return "item.live", {}
    compare = "= ANY" if shard else "<> ALL"
    return f"item.live AND item.municipality {compare}(%(towns)s)", {"towns": world.municipalities_in(shard)}


# --------------------------------------------------------- over whole columns


def activities_near(asked: Table, offered: Table, world: World) -> Bools:
    """A superset of the activities that are eligible for the one request of `asked`: a mask of shape (activities,)."""
    one = _only(asked)
    days_left = one["date_until"] + DAY_ZERO - world.today.toordinal()
    fits: Bools = offered["live"] & _shares(offered, one, "levels", "audience")
    if one["themes_low"] | one["themes_high"]:
        fits &= _shares_a_theme(offered, one)
    if one["kinds"]:
        fits &= (np.int64(one["kinds"]) >> offered["kind"] & 1).astype(np.bool_)
    fits &= (offered["lead_days"] <= days_left) & (offered["cost"] <= one["max_cost"])
    fits &= offered["group_min"] <= one["group_size"]
    fits &= offered["splittable"] | (offered["group_max"] >= one["group_size"])
    covered = world.area_mask(one["municipality"], offered["area"])
    ways = offered["delivery"] & (one["delivery"] or ALL_DELIVERIES)
    return fits & _place(ways, covered, _apart(offered, one), offered["max_travel_km"], one["max_travel_km"])


def requests_near(offered: Table, asked: Table, world: World) -> Bools:
    """A superset of the requests that are eligible for the one activity of `offered`: a mask of shape (requests,)."""
    one = _only(offered)
    earliest = world.today.toordinal() + one["lead_days"] - DAY_ZERO
    fits: Bools = asked["live"] & _shares(asked, one, "levels", "audience")
    fits &= ((asked["themes_low"] | asked["themes_high"]) == 0) | _shares_a_theme(asked, one)
    fits &= (asked["kinds"] == 0) | (asked["kinds"] >> one["kind"] & 1).astype(np.bool_)
    fits &= (asked["date_until"] >= earliest) & (asked["max_cost"] >= one["cost"])
    fits &= asked["group_size"] >= one["group_min"]
    if not one["splittable"]:
        fits &= asked["group_size"] <= one["group_max"]
    covered = world.town_mask(one["area"], asked["municipality"])
    ways = np.where(asked["delivery"] == 0, ALL_DELIVERIES, asked["delivery"]) & one["delivery"]
    return fits & _place(ways, covered, _apart(asked, one), one["max_travel_km"], asked["max_travel_km"])


def _only(table: Table) -> dict[str, Any]:
    """The values of a table of one row."""
    return {name: column.item() for name, column in table.items()}


def _shares(table: Table, one: dict[str, Any], *names: str) -> Bools:
    found = np.ones(len(table["id"]), dtype=np.bool_)
    for name in names:
        found &= (table[name] & one[name]) != 0
    return found


def _shares_a_theme(table: Table, one: dict[str, Any]) -> Bools:
    found: Bools = (table["themes_low"] & one["themes_low"] | table["themes_high"] & one["themes_high"]) != 0
    return found


def _apart(table: Table, one: dict[str, Any]) -> Any:
    """At least so many km are between the places: those of their latitudes."""
    return np.abs(table["lat"] - one["lat"]) * KM_PER_DEGREE


def _place(ways: Ints, covered: Bools, apart: Any, they_travel: Any, we_travel: Any) -> Bools:
    """At least one of the deliveries that both name (a mask): online, or a visit where the activity is given."""
    at_school = (ways & AT_SCHOOL).astype(np.bool_) & (apart <= they_travel)
    at_provider = (ways & AT_PROVIDER).astype(np.bool_) & (apart <= we_travel)
    found: Bools = (ways & ONLINE).astype(np.bool_) | (covered & (at_school | at_provider))
    return found
