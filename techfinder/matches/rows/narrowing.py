"""Which rows of the other side are worth a look for one item, from masks over columns.

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


class _Left:
    """The rows of a table that are still in: each condition is asked of those alone, as every one refuses most."""

    def __init__(self, table: Table, fits: Bools) -> None:
        self._table = table
        self.rows: Ints = np.flatnonzero(fits)

    def __getitem__(self, name: str) -> Any:
        return self._table[name][self.rows]

    def keep(self, fits: Bools) -> None:
        self.rows = self.rows[fits]


def activities_near(asked: Table, offered: Table, world: World) -> Ints:
    """Which rows are a superset of the activities that are eligible for the one request of `asked`, rising."""
    one = _only(asked)
    left = _Left(offered, offered["live"] & ((offered["levels"] & one["levels"]) != 0))
    covered = world.area_mask(one["municipality"], left["area"])
    ways = left["delivery"] & (one["delivery"] or ALL_DELIVERIES)
    left.keep(_place(ways, covered, _apart(left, one), left["max_travel_km"], one["max_travel_km"]))
    left.keep((left["audience"] & one["audience"]) != 0)
    if one["themes_low"] | one["themes_high"]:
        left.keep(_shares_a_theme(left, one))
    if one["kinds"]:
        left.keep((np.int64(one["kinds"]) >> left["kind"] & 1).astype(np.bool_))
    days_left = one["date_until"] + DAY_ZERO - world.today.toordinal()
    left.keep((left["lead_days"] <= days_left) & (left["cost"] <= one["max_cost"]))
    left.keep(
        (left["group_min"] <= one["group_size"]) & (left["splittable"] | (left["group_max"] >= one["group_size"]))
    )
    return left.rows


def requests_near(offered: Table, asked: Table, world: World) -> Ints:
    """Which rows are a superset of the requests that are eligible for the one activity of `offered`, rising."""
    one = _only(offered)
    left = _Left(asked, asked["live"] & ((asked["levels"] & one["levels"]) != 0))
    covered = world.town_mask(one["area"], left["municipality"])
    delivery = left["delivery"]
    ways = np.where(delivery == 0, ALL_DELIVERIES, delivery) & one["delivery"]
    left.keep(_place(ways, covered, _apart(left, one), one["max_travel_km"], left["max_travel_km"]))
    left.keep((left["audience"] & one["audience"]) != 0)
    left.keep(((left["themes_low"] | left["themes_high"]) == 0) | _shares_a_theme(left, one))
    left.keep((left["kinds"] == 0) | (left["kinds"] >> one["kind"] & 1).astype(np.bool_))
    earliest = world.today.toordinal() + one["lead_days"] - DAY_ZERO
    left.keep((left["date_until"] >= earliest) & (left["max_cost"] >= one["cost"]))
    left.keep(left["group_size"] >= one["group_min"])
    if not one["splittable"]:
        left.keep(left["group_size"] <= one["group_max"])
    return left.rows


def _only(table: Table) -> dict[str, Any]:
    """The values of a table of one row."""
    return {name: column.item() for name, column in table.items()}


def _shares_a_theme(left: _Left, one: dict[str, Any]) -> Bools:
    found: Bools = (left["themes_low"] & one["themes_low"] | left["themes_high"] & one["themes_high"]) != 0
    return found


def _apart(left: _Left, one: dict[str, Any]) -> Any:
    """At least so many km are between the places: those of their latitudes."""
    return np.abs(left["lat"] - one["lat"]) * KM_PER_DEGREE


def _place(ways: Ints, covered: Bools, apart: Any, they_travel: Any, we_travel: Any) -> Bools:
    """At least one of the deliveries that both name (a mask): online, or a visit where the activity is given."""
    at_school = (ways & AT_SCHOOL).astype(np.bool_) & (apart <= they_travel)
    at_provider = (ways & AT_PROVIDER).astype(np.bool_) & (apart <= we_travel)
    found: Bools = (ways & ONLINE).astype(np.bool_) | (covered & (at_school | at_provider))
    return found
