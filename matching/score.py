"""How good an eligible pair is, from 0 to 100: a weighted mean of components, each from 0 to 1.

With everything else equal a nearer activity, one that shares more themes or one at a closer level never gets less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np

from .arrays import Floats, Ints, Masks
from .block import Block
from .rows import ONLINE

Component = Callable[[Block], Floats]

# At this distance a pair gets half of what it gets next door.
HALF_WAY_KM = 15.0
# What an online lesson gets for distance: as much as 45 km. A workable visit that is nearer counts for more, and one
# that is farther for no less than the lesson that could be had instead; so nearer is never lower.
ONLINE_NEARNESS = 0.25
# By the number of shared themes, the last for that many and more.
THEME_STEPS = np.array([0.0, 0.6, 0.85, 1.0])
# How close a leaf of the activity is to the leaves asked for.
SAME_YEAR, SAME_TRACK, SAME_SECTOR = 1.0, 0.6, 0.3
# A provider that nobody has asked anything yet is neither rewarded nor punished.
NEW_PROVIDER_RECORD = 0.5
LONGEST_WAIT_DAYS = 60


def distance(block: Block) -> Floats:
    near = np.where(block.on_site, HALF_WAY_KM / (HALF_WAY_KM + block.distance_km), 0.0)
    return np.maximum(near, np.where(block.workable & ONLINE, ONLINE_NEARNESS, 0.0))


def level(block: Block) -> Floats:
    """Half for how many of the levels asked for are served, half for how closely the activity aims at them."""
    wide_track, wide_sector = (near[block.r] for near in block.run.near_levels)
    offered = block.activities.levels[block.a]
    same, track, sector = _bits(block.shared_levels), _bits(offered & wide_track), _bits(offered & wide_sector)
    aimed = same * SAME_YEAR + (track - same) * SAME_TRACK + (sector - track) * SAME_SECTOR
    served = same / np.maximum(_bits(block.requests.levels[block.r]), 1)
    closeness: Floats = (served + aimed / np.maximum(_bits(offered), 1)) / 2
    return closeness


def theme(block: Block) -> Floats:
    return THEME_STEPS[np.minimum(block.theme_count, len(THEME_STEPS) - 1)]


def period(block: Block) -> Floats:
    """1 for a session that fits, else the share of the months asked for in which it can take place."""
    asked = block.requests.until_month[block.r] - block.requests.from_month[block.r] + 1
    share = np.minimum(np.bitwise_count(block.months) / np.clip(asked, 1, 12), 1.0)
    return np.where(block.has_sessions, 1.0, share)


def kind(block: Block) -> Floats:
    """1 when the request names kinds: it then holds this one, or the pair is not eligible."""
    return (~block.requests.any_kind[block.r]).astype(np.float64)


def record(block: Block) -> Floats:
    known = block.activities.record[block.a]
    return np.where(np.isnan(known), NEW_PROVIDER_RECORD, known)


def unserved(block: Block) -> Floats:
    return (~block.requests.served[block.r]).astype(np.float64)


def waiting(block: Block) -> Floats:
    return np.clip(block.requests.waiting_days[block.r], 0, LONGEST_WAIT_DAYS) / LONGEST_WAIT_DAYS


def special(block: Block) -> Floats:
    return block.requests.special[block.r].astype(np.float64)


def small(block: Block) -> Floats:
    return block.requests.small[block.r]


def remote(block: Block) -> Floats:
    return block.requests.remote[block.r]


# One per field of `Weights`.
COMPONENTS: Mapping[str, Component] = MappingProxyType(
    {
        "distance": distance,
        "level": level,
        "theme": theme,
        "period": period,
        "kind": kind,
        "record": record,
        "unserved": unserved,
        "waiting": waiting,
        "special": special,
        "small": small,
        "remote": remote,
    }
)


def tenths(block: Block) -> Ints:
    """The score of each pair in tenths of a point, 0 to 1000: whole numbers, so that equal is equal everywhere."""
    weights = block.run.terms.weights
    total = np.zeros(len(block))
    for name, weight in weights.items():
        if weight:
            total += weight * COMPONENTS[name](block)
    return np.rint(total / weights.total * 1000).astype(np.int64)


def _bits(masks: Masks) -> Ints:
    count: Ints = np.bitwise_count(masks).astype(np.int64)
    return count
