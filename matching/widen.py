"""What a provider could change so that more requests fit: the other side of near misses.

Only requests that one rule alone keeps away can be gained by changing one field. Each change is proposed from the
columns and then tried with all ten rules, so that what is promised is what comes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from .arrays import Ints
from .block import Block, Run, Terms
from .columns import NO_LIMIT, WORD, ActivityColumns, RequestColumns
from .days import ALL_MONTHS
from .levels import LevelTable
from .nearmiss import missed_by_one
from .rows import AT_PROVIDER, AT_SCHOOL, ONLINE, ActivityRow
from .rules import eligible

# So much of a unit is one step; of all other units one is.
STEPS: Mapping[str, float] = MappingProxyType({"km": 10.0, "pupils": 5.0, "cents": 2500.0})
HALF_MORE = 1.5
FIRST_FEW = 10


@dataclass(frozen=True, slots=True)
class Widening:
    """A change of one field of the activity: with `value`, `gained` requests fit that do not now.

    `request_ids` are the lowest ids of those. `size` says how much is asked, in `unit`: km, pupils, cents; 1 for what
    is only added or switched on (levels, theme, delivery, month, municipality, splittable).
    `dataclasses.replace(activity, **{field: value})` applies it.
    """

    field: str
    value: Any
    unit: str
    gained: int
    request_ids: tuple[int, ...]
    size: float = 1.0

    @property
    def gain_per_step(self) -> float:
        return self.gained / max(self.size / STEPS.get(self.unit, 1.0), 1.0)


@dataclass(frozen=True, slots=True)
class Option:
    field: str
    value: Any
    unit: str
    size: float = 1.0


def widen_activity(activity: ActivityRow, requests: RequestColumns, terms: Terms) -> list[Widening]:
    """At most one change per field that lets more of `requests` fit, the one that gains most per step first."""
    run = Run(requests, ActivityColumns.from_rows([activity]), terms)
    missed = missed_by_one(run.all_pairs())
    found = [
        best
        for rule, options_of in OPTIONS
        if len(missed[rule]) and (best := _best(activity, missed[rule], options_of(activity, missed[rule])))
    ]
    return sorted(found, key=lambda widening: -widening.gain_per_step)


def _best(activity: ActivityRow, missed: Block, options: Iterable[Option]) -> Widening | None:
    tried = [_tried(activity, missed, option) for option in options]
    gaining = [widening for widening in tried if widening.gained]
    return max(gaining, key=lambda widening: (widening.gain_per_step, -widening.size), default=None)


def _tried(activity: ActivityRow, missed: Block, option: Option) -> Widening:
    """The missed requests that all ten rules take when the option is chosen."""
    changed = ActivityColumns.from_rows([replace(activity, **{option.field: option.value})])
    asks = missed.requests.take(missed.r)
    # These pairs are not excluded, or two rules would refuse them.
    fits = eligible(Run(asks, changed, replace(missed.run.terms, excluded=())).all_pairs())
    few = tuple(asks.id[fits.r[:FIRST_FEW]].tolist())
    return Widening(option.field, option.value, option.unit, len(fits), few, option.size)


def more_levels(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """One more group of classes, the one that most ask for."""
    asked = missed.requests.levels[missed.r]
    masks = class_groups(missed.run.terms.levels)
    counts = [int(np.count_nonzero(asked & np.uint64(mask))) for mask in masks]
    yield Option("levels", activity.levels | masks[int(np.argmax(counts))], "levels")


def class_groups(table: LevelTable) -> list[int]:
    """The masks of what one class mostly has together: groep 1-2, 3-4, 5-6 and 7-8, a track of vo, else one level."""
    groups: dict[tuple[str, str, int], int] = {}
    for bit, leaf in enumerate(table.leaves):
        part = {"po": (leaf.year - 1) // 2, "vo": 0}.get(leaf.sector, leaf.year)
        key = (leaf.sector, leaf.track, part)
        groups[key] = groups.get(key, 0) | 1 << bit
    return list(groups.values())


def more_themes(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """One more theme, the one that most ask for."""
    words = missed.requests.themes[:, missed.r]
    counts = [int(np.count_nonzero(word >> np.uint64(bit) & 1)) for word in words for bit in range(WORD)]
    yield Option("themes", activity.themes | {int(np.argmax(counts))}, "theme")


def more_deliveries(activity: ActivityRow, _: Block) -> Iterator[Option]:
    for way in (AT_SCHOOL, AT_PROVIDER, ONLINE):
        if not activity.delivery & way:
            yield Option("delivery", activity.delivery | way, "delivery")


def farther(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """To the nearest school that is out of reach, and half as far again as now."""
    if activity.max_travel_km is None:
        return
    reachable = missed.covered & (missed.wanted & AT_SCHOOL).astype(np.bool_)
    if not reachable.any():
        return
    nearest = math.ceil(missed.distance_km[reachable].min() * 10) / 10
    for limit in {nearest, max(nearest, round(activity.max_travel_km * HALF_MORE, 1))}:
        yield Option("max_travel_km", limit, "km", limit - activity.max_travel_km)


def one_more_municipality(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """The municipality in which most of the schools are that lie outside the regions."""
    outside, count = np.unique(missed.requests.municipality[missed.r[~missed.covered]], return_counts=True)
    if len(outside):
        yield Option("regions", activity.regions | {int(outside[np.argmax(count)])}, "municipality")


def more_months(activity: ActivityRow, _: Block) -> Iterator[Option]:
    """One more month, where months count: not with sessions."""
    if activity.sessions or not activity.months:
        return
    for month in range(12):
        if not activity.months >> month & 1:
            yield Option("months", (activity.months | 1 << month) & ALL_MONTHS, "month")


def smaller_groups(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """To the largest group that is now too small."""
    least = -NO_LIMIT if activity.group_min is None else activity.group_min
    yield from _sizes("group_min", least, _sizes_of(missed, below=least)[-1:])


def larger_groups(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """To the smallest group that is now too large."""
    most = NO_LIMIT if activity.group_max is None else activity.group_max
    yield from _sizes("group_max", most, _sizes_of(missed, above=most)[:1])


def _sizes_of(missed: Block, *, below: int = NO_LIMIT, above: int = -NO_LIMIT) -> Ints:
    sizes = np.unique(missed.requests.group_size[missed.r])
    return sizes[(sizes < below) & (sizes > above)]


def _sizes(field: str, now: int, sizes: Ints) -> Iterator[Option]:
    for size in sizes.tolist():
        yield Option(field, size, "pupils", abs(size - now))


def split(activity: ActivityRow, _: Block) -> Iterator[Option]:
    """Take a larger class in parts."""
    if activity.group_max is not None and not activity.splittable:
        yield Option("splittable", True, "splittable")


def cheaper(activity: ActivityRow, missed: Block) -> Iterator[Option]:
    """To the highest budget that is now too small, and for nothing."""
    budgets = missed.requests.max_cost[missed.r]
    for cost in {int(budgets.max()), 0}:
        yield Option("cost", cost, "cents", activity.cost - cost)


OPTIONS: tuple[tuple[str, Callable[[ActivityRow, Block], Iterator[Option]]], ...] = (
    ("level", more_levels),
    ("theme", more_themes),
    ("place", more_deliveries),
    ("place", farther),
    ("place", one_more_municipality),
    ("period", more_months),
    ("group", smaller_groups),
    ("group", larger_groups),
    ("group", split),
    ("cost", cheaper),
)
