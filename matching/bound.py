"""The most that a pair can score, for whole grids of requests and activities: a look before anything is weighed.

A bound only says which pairs cannot be among the best; rules and score then decide over what is left. It leaves out
what costs most to know: the exact distance, the travel limits and the period. Numbers are as narrow as they can be,
because on a grid nothing counts but the bytes that go by.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from .arrays import Bools, Ints, Masks
from .block import Run
from .geo import EARTH_RADIUS_KM
from .rows import ONLINE
from .score import COMPONENTS, HALF_WAY_KM, ONLINE_NEARNESS, THEME_STEPS

Grid = NDArray[np.float32]  # shape (requests, activities), in tenths of a point
Column = NDArray[Any]

# What each component of the score depends on; of the others a bound takes the most that they can be.
OF_REQUEST = ("kind", "unserved", "waiting", "special", "small", "remote")
OF_ACTIVITY = ("record",)
OF_LEVELS = "level"
# Rounding to a tenth adds half of one, and single precision far less than the other half.
SLACK = 1.0
REFUSED = np.float32(-np.inf)


class Bounds:
    """The bounds of a run. Its requests come in groups: equal municipality, levels, audience and taste for online."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self._tenths = {name: weight * 1000 / run.terms.weights.total for name, weight in run.terms.weights.items()}
        self._here = (run.requests.point * EARTH_RADIUS_KM).astype(np.float32)
        self._there = (run.activities.point * EARTH_RADIUS_KM).astype(np.float32)
        self._near = np.float32(self._tenths["distance"] * HALF_WAY_KM) * _takes(run, ~np.uint8(ONLINE))
        self._online = np.float32(self._tenths["distance"] * ONLINE_NEARNESS) * _takes(run, np.uint8(ONLINE))
        self._themes = _narrow_themes(run)
        self._kinds = _narrow(run.requests.kinds, run.activities.kind)
        self._size, self._least = _small(run.requests.group_size), _small(run.activities.group_min)
        self._most = _small(np.where(run.activities.splittable, 2**62, run.activities.group_max))
        self._budget, self._cost = _small(run.requests.max_cost), _small(run.activities.cost)
        self.of_request, self._of_activity = self._of_requests(), self._of_activities()

    def _of_requests(self) -> Column:
        """The points that hang on the request alone, with all that a bound grants."""
        asked = np.bitwise_count(self._run.requests.themes).sum(axis=0)
        points = self._tenths["theme"] * THEME_STEPS[np.minimum(asked, len(THEME_STEPS) - 1)] + self._tenths["period"]
        r = np.arange(len(self._run.requests))
        alone = self._run.block(r, np.zeros_like(r))
        for name in OF_REQUEST:
            points += self._tenths[name] * COMPONENTS[name](alone)
        return (points + SLACK).astype(np.float32)

    def _of_activities(self) -> Column:
        a = np.arange(len(self._run.activities))
        alone = self._run.block(np.zeros_like(a), a)
        return np.sum([self._tenths[name] * COMPONENTS[name](alone) for name in OF_ACTIVITY], axis=0)

    def own(self, rows: Ints, found: Ints) -> Column:
        """The points of each activity at `found` that are the same for a whole group, in tenths."""
        group = self._run.block(np.broadcast_to(rows[:1], found.shape), found)
        points: Column = self._tenths[OF_LEVELS] * COMPONENTS[OF_LEVELS](group) + self._of_activity[found]
        return points.astype(np.float32)

    def nearness(self, rows: Ints, found: Ints) -> Column:
        """The most points for distance that any of `rows` can get of each activity at `found`: from the ball that
        holds the requests."""
        centre = self._here[:, rows].mean(axis=1, keepdims=True)
        radius = np.sqrt(((self._here[:, rows] - centre) ** 2).sum(axis=0)).max()
        away = np.sqrt(((self._there[:, found] - centre) ** 2).sum(axis=0))
        return self._points_near(np.maximum(away - radius, 0), found)

    def _points_near(self, chord: Column, found: Ints) -> Column:
        """A chord is never longer than its great circle, so it never makes a pair farther than it is."""
        # Single precision knows the place of a point to half a metre.
        chord += np.float32(HALF_WAY_KM - 0.002)
        np.divide(self._near[found], chord, out=chord)
        return np.maximum(chord, self._online[found], out=chord)

    def grid(self, rows: Ints, found: Ints, own: Column) -> Grid:
        """The bound of each of `rows` with each activity at `found`, less `of_request`; REFUSED where theme, kind,
        group or cost does not hold."""
        away = self._here[:, rows, None] - self._there[:, None, found]
        away *= away
        squared = away[0]
        squared += away[1]
        squared += away[2]
        bounds = self._points_near(np.sqrt(squared, out=squared), found)
        bounds += own
        np.copyto(bounds, REFUSED, where=~self._holds(rows, found))
        return bounds

    def _holds(self, rows: Ints, found: Ints) -> Bools:
        size = self._size[rows][:, None]
        holds: Bools = self._most[found] >= size
        holds &= self._least[found] <= size
        holds &= self._cost[found] <= self._budget[rows][:, None]
        holds &= (self._kinds[0][rows][:, None] & self._kinds[1][found]) != 0
        theme = np.False_
        for asked, offered in self._themes:
            theme = theme | ((asked[rows][:, None] & offered[found]) != 0)
        holds &= theme
        return holds


def _takes(run: Run, ways: np.uint8) -> Column:
    return ((run.activities.delivery & ways) != 0).astype(np.float32)


def _narrow_themes(run: Run) -> list[tuple[Column, Column]]:
    """Per word what is asked and offered, as if every activity had one theme more and who asks none asked that one."""
    asked, offered = run.requests.themes, run.activities.themes
    pairs = [_narrow(*words) for words in zip(asked, offered, strict=False)]
    anyone = _narrow(run.requests.any_theme.astype(np.uint64), np.ones(len(run.activities), dtype=np.uint64))
    return [*pairs, anyone]


def _narrow(asked: Masks, offered: Masks) -> tuple[Column, Column]:
    """Masks in the narrowest numbers that hold all that is offered."""
    used = np.bitwise_or.reduce(offered) if len(offered) else np.uint64(0)
    kind = np.min_scalar_type(int(used))
    return (asked & used).astype(kind), offered.astype(kind)


def _small(values: Ints) -> Column:
    """In half the bytes; what does not fit becomes the largest that does, and comparisons stay as they were."""
    return np.clip(values, -(2**31), 2**31 - 1).astype(np.int32)
