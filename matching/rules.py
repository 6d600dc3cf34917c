"""The ten rules. Nothing else decides whether a pair is eligible.

Each takes a block and gives a boolean column of shape (pairs,).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from .arrays import Bools
from .block import Block
from .days import NEVER

Rule = Callable[[Block], Bools]


def live(block: Block) -> Bools:
    return block.requests.live[block.r] & block.activities.live[block.a]


def place(block: Block) -> Bools:
    return block.workable.astype(np.bool_)


def level(block: Block) -> Bools:
    return block.shared_levels.astype(np.bool_)


def theme(block: Block) -> Bools:
    return block.requests.any_theme[block.r] | (block.theme_count > 0)


def kind(block: Block) -> Bools:
    return (block.requests.kinds[block.r] & block.activities.kind[block.a]).astype(np.bool_)


def audience(block: Block) -> Bools:
    return (block.requests.audience[block.r] & block.activities.audience[block.a]).astype(np.bool_)


def period(block: Block) -> Bools:
    return np.where(block.has_sessions, block.session != NEVER, block.months.astype(np.bool_))


def group(block: Block) -> Bools:
    size = block.requests.group_size[block.r]
    not_too_many: Bools = block.activities.splittable[block.a] | (size <= block.activities.group_max[block.a])
    return (block.activities.group_min[block.a] <= size) & not_too_many


def cost(block: Block) -> Bools:
    affordable: Bools = block.activities.cost[block.a] <= block.requests.max_cost[block.r]
    return affordable


def pair(block: Block) -> Bools:
    excluded = block.run.excluded
    if not len(excluded):
        return np.ones(len(block), dtype=np.bool_)
    key = block.run.key(block.r, block.a)
    at = np.minimum(np.searchsorted(excluded, key), len(excluded) - 1)
    allowed: Bools = excluded[at] != key
    return allowed


RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "live": live,
        "place": place,
        "level": level,
        "theme": theme,
        "kind": kind,
        "audience": audience,
        "period": period,
        "group": group,
        "cost": cost,
        "pair": pair,
    }
)

# The same ten, cheapest and most selective first: the order changes how long it takes, never what holds.
_IN_ORDER_OF_EFFORT = ("live", "level", "theme", "kind", "audience", "cost", "group", "pair", "place", "period")


def eligible(block: Block) -> Block:
    """The pairs of `block` for which all ten rules hold, in the same order."""
    for name in _IN_ORDER_OF_EFFORT:
        holds = RULES[name](block)
        if not holds.all():
            block = block.keep(holds)
    return block
