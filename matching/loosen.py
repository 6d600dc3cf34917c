"""How a request could give way, per rule that refuses activities: changes of one field, smallest first.

Only proposals: `nearmiss` tries each and keeps the first that yields an activity. A rule has one lane per way of
giving way, so that a lane's changes can be compared with each other.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np

from . import days
from .arrays import Ints
from .block import Block
from .columns import WORD
from .rows import AT_PROVIDER, AT_SCHOOL, ONLINE, RequestRow


@dataclass(frozen=True, slots=True)
class Change:
    """Set `field` to `value`, which asks for `size` more of `unit`."""

    field: str
    value: Any
    size: float
    unit: str


Lane = Callable[[RequestRow, Block], list[Change]]


def travel_farther(request: RequestRow, missed: Block) -> list[Change]:
    """To the distance of each provider that would receive the school, rounded up to 0.1 km."""
    if request.max_travel_km is None:
        return []
    reachable = missed.covered & (missed.wanted & AT_PROVIDER).astype(np.bool_)
    limits = sorted({math.ceil(distance * 10) / 10 for distance in missed.distance_km[reachable].tolist()})
    return [Change("max_travel_km", limit, limit - request.max_travel_km, "km") for limit in limits]


def accept_delivery(request: RequestRow, missed: Block) -> list[Change]:
    """One more way of delivery, the one that most activities offer first."""
    if not request.delivery:
        return []
    refused = [way for way in (AT_SCHOOL, AT_PROVIDER, ONLINE) if not way & request.delivery]
    offered = missed.activities.delivery[missed.a]
    refused.sort(key=lambda way: -int(np.count_nonzero(offered & way)))
    return [Change("delivery", request.delivery | way, 1, "delivery") for way in refused]


def accept_theme(request: RequestRow, missed: Block) -> list[Change]:
    """One more theme, the one that most activities have first."""
    words = missed.activities.themes[:, missed.a]
    count = {
        at * WORD + bit: int(np.count_nonzero(word >> np.uint64(bit) & 1))
        for at, word in enumerate(words)
        for bit in range(WORD)
    }
    themes = sorted((theme for theme in count if count[theme]), key=lambda theme: (-count[theme], theme))
    return [Change("themes", request.themes | {theme}, 1, "theme") for theme in themes]


def accept_kind(request: RequestRow, missed: Block) -> list[Change]:
    """One more kind, the one that most activities are first."""
    kinds, count = np.unique(missed.activities.kind[missed.a], return_counts=True)
    order = np.lexsort((kinds, -count))
    return [Change("kinds", request.kinds | int(kind), 1, "kind") for kind in kinds[order]]


def shift_window(request: RequestRow, missed: Block) -> list[Change]:
    """A later last day or an earlier first day, by days."""
    first, last = request.date_from.toordinal(), request.date_until.toordinal()
    later = {day for day in _first_days(missed).tolist() if last < day < days.NEVER}
    sooner = {day for day in _last_days(missed, min(first - 1, last)).tolist() if day >= days.EVER}
    changes = [_moved("date_until", day, day - last) for day in later]
    changes += [_moved("date_from", day, first - day) for day in sooner]
    return sorted(changes, key=lambda change: (change.size, change.field))


def _moved(field: str, day: int, size: int) -> Change:
    return Change(field, datetime.date.fromordinal(day), size, "days")


def come_with_seats(request: RequestRow, missed: Block) -> list[Change]:
    """A group that fits the seats left in a session, the largest first."""
    seats = missed.activities.session_seats[missed.sessions[1]].tolist()
    return _sizes(request, {size for size in seats if 0 < size < request.group_size})


def come_with_others(request: RequestRow, missed: Block) -> list[Change]:
    """A group as large as the smallest, or as small as the largest that an activity takes, by pupils."""
    least = missed.activities.group_min[missed.a].tolist()
    most = missed.activities.group_max[missed.a].tolist()
    wanted = {size for size in least if size > request.group_size}
    return _sizes(request, wanted | {size for size in most if 0 < size < request.group_size})


def _sizes(request: RequestRow, sizes: set[int]) -> list[Change]:
    order = sorted(sizes, key=lambda size: (abs(size - request.group_size), size))
    return [Change("group_size", size, abs(size - request.group_size), "pupils") for size in order]


def pay_more(request: RequestRow, missed: Block) -> list[Change]:
    """Up to each price, in cents."""
    had = request.max_cost or 0
    prices = np.unique(missed.activities.cost[missed.a]).tolist()
    return [Change("max_cost", price, price - had, "cents") for price in prices]


LANES: Mapping[str, tuple[Lane, ...]] = MappingProxyType(
    {
        "place": (travel_farther, accept_delivery),
        "theme": (accept_theme,),
        "kind": (accept_kind,),
        "period": (shift_window, come_with_seats),
        "group": (come_with_others,),
        "cost": (pay_more,),
    }
)


def _first_days(block: Block) -> Ints:
    """Per pair the first day from `earliest` on that the activity offers, whatever the last day asked for, or NEVER."""
    activities, a = block.activities, block.a
    start = np.maximum(block.earliest, activities.from_day[a])
    found = np.full(len(block), days.NEVER)
    for step in range(11, -1, -1):
        month = days.month_of(start) + step
        day = np.maximum(start, days.first_day_of(month))
        found = np.where(activities.months[a] >> month % 12 & 1, day, found)
    found[(found > activities.until_day[a]) | block.has_sessions] = days.NEVER
    pair, day = _session_days(block)
    soon = block.earliest[pair] <= day
    np.minimum.at(found, pair[soon], day[soon])
    return found


def _last_days(block: Block, limit: int) -> Ints:
    """Per pair the last day up to `limit` that the activity offers after its lead time, or the day before EVER."""
    activities, a = block.activities, block.a
    end = np.minimum(limit, activities.until_day[a])
    found = np.full(len(block), days.EVER - 1)
    for step in range(11, -1, -1):
        month = days.month_of(end) - step
        day = np.minimum(end, days.first_day_of(month + 1) - 1)
        found = np.where(activities.months[a] >> month % 12 & 1, day, found)
    start = np.maximum(block.run.first_day[a], activities.from_day[a])
    found[(found < start) | block.has_sessions] = days.EVER - 1
    pair, day = _session_days(block)
    between = (block.run.first_day[a[pair]] <= day) & (day <= limit)
    np.maximum.at(found, pair[between], day[between])
    return found


def _session_days(block: Block) -> tuple[Ints, Ints]:
    """The sessions with enough seats, of all pairs: the position of the pair, and the day."""
    pair, at = block.sessions
    seats = block.activities.session_seats[at] >= block.requests.group_size[block.r[pair]]
    return pair[seats], block.activities.session_day[at[seats]]
