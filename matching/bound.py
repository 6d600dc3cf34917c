"""The most that a pair can score: a look before anything is weighed, first by columns, then by cells, then by pairs.

A bound only says which pairs cannot be among the best; rules and score then decide over what is left. Numbers are as
narrow as they can be, because here nothing counts but the bytes that go by. Points are tenths of the score.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .arrays import Ints
from .block import Run
from .geo import EARTH_RADIUS_KM
from .narrow import Column, Narrow
from .rows import AT_PROVIDER, AT_SCHOOL, ONLINE
from .score import COMPONENTS, HALF_WAY_KM, ONLINE_NEARNESS, THEME_STEPS

Points = NDArray[np.float32]

# What each component of the score depends on; of the others a bound takes the most that they can be.
OF_REQUEST = ("kind", "unserved", "waiting", "special", "small", "remote")
OF_ACTIVITY = "record"
OF_LEVELS = "level"
# Rounding to a tenth adds half of one, and single precision far less than the other half.
SLACK = 1.0
# Single precision knows the place of a point to half a metre, and the distance of two to two.
SLACK_KM = np.float32(0.01)
# Bytes of level points that are kept; those of one set of levels and 30,000 activities take 120 kB.
REMEMBERED = 24_000_000


class Bounds:
    """The bounds of a run. Its requests come in groups: equal municipality, levels and audience."""

    def __init__(self, run: Run, narrow: Narrow) -> None:
        self._run = run
        self._tenths = {name: weight * 1000 / run.terms.weights.total for name, weight in run.terms.weights.items()}
        self._here = (run.requests.point * EARTH_RADIUS_KM).astype(np.float32)
        self._there = (run.activities.point * EARTH_RADIUS_KM).astype(np.float32)
        self._limits = [(side.max_travel_km + SLACK_KM).astype(np.float32) for side in (run.requests, run.activities)]
        self._near = np.float32(self._tenths["distance"] * HALF_WAY_KM)
        self._online = np.float32(self._tenths["distance"] * ONLINE_NEARNESS)
        self._themes = narrow.themes
        steps = self._tenths["theme"] * THEME_STEPS[np.minimum(np.arange(65), len(THEME_STEPS) - 1)]
        self._theme_steps = steps.astype(np.float32)
        self._own: dict[int, Points] = {}
        self._nearness: dict[int, Points] = {}
        self._without_themes, self.of_request = self._of_requests()

    def _of_requests(self) -> tuple[Points, Points]:
        """The points that hang on the request alone, and all that a bound grants; without and with those for themes."""
        points = np.full(len(self._run.requests), self._tenths["period"] + SLACK)
        r = np.arange(len(points))
        alone = self._run.block(r, np.zeros_like(r))
        for name in OF_REQUEST:
            points += self._tenths[name] * COMPONENTS[name](alone)
        asked = np.minimum(np.bitwise_count(self._run.requests.themes).sum(axis=0), len(self._theme_steps) - 1)
        return points.astype(np.float32), (points + self._theme_steps[asked]).astype(np.float32)

    def own(self, rows: Ints) -> Points:
        """Per activity the points that it has with all of a group: for levels and for its provider's record."""
        levels = int(self._run.requests.levels[rows[0]])
        if levels not in self._own:
            if sum(points.nbytes for points in self._own.values()) > REMEMBERED:
                self._own.clear()
            self._own[levels] = self._own_of(rows[0])
        return self._own[levels]

    def _own_of(self, r: int) -> Points:
        a = np.arange(len(self._run.activities))
        block = self._run.block(np.full(len(a), r), a)
        level, record = (self._tenths[name] * COMPONENTS[name](block) for name in (OF_LEVELS, OF_ACTIVITY))
        points: Points = (level + record).astype(np.float32)
        return points

    def nearness(self, rows: Ints) -> Points:
        """Per activity the most points for distance that any request gets in the municipality of `rows`: as if it were
        where the ball that holds them is nearest."""
        bit = int(self._run.municipality_bit[rows[0]])
        if bit not in self._nearness:
            self._nearness = {bit: self._nearness_of(np.flatnonzero(self._run.municipality_bit == bit))}
        return self._nearness[bit]

    def _nearness_of(self, rows: Ints) -> Points:
        here = self._here[:, rows]
        centre = here.mean(axis=1, keepdims=True)
        chord = _chord(self._there, centre) - _chord(here, centre).max()
        return self._points_near(np.maximum(chord, 0), self._run.activities.delivery)

    def _points_near(self, chord: Points, ways: Column) -> Points:
        """A chord is never longer than its great circle, so it never makes a pair farther than it is."""
        on_site, online = (ways & (AT_SCHOOL | AT_PROVIDER)) != 0, (ways & ONLINE) != 0
        near = self._near / (chord + (np.float32(HALF_WAY_KM) - SLACK_KM))
        points: Points = np.maximum(near * on_site, self._online * online)
        return points

    def of_pairs(self, r: Ints, a: Ints, own: Points) -> Points:
        """The bound of each pair (positions) with its travel limits and shared themes, and `own`; 0 or less where no
        delivery is workable."""
        chord = _chord(self._here.take(r, axis=1), self._there.take(a, axis=1))
        ways = self._run.requests.delivery[r] & self._run.activities.delivery[a]
        far = (chord > self._limits[1][a]) * np.uint8(AT_SCHOOL) | (chord > self._limits[0][r]) * np.uint8(AT_PROVIDER)
        ways &= ~far
        shared = sum(np.bitwise_count(asked[r] & offered[a]) for asked, offered in self._themes)
        points = self._points_near(chord, ways) + self._theme_steps[np.minimum(shared, len(self._theme_steps) - 1)]
        bound: Points = (points + own + self._without_themes[r]) * (ways != 0)
        return bound


def _chord(here: Points, there: Points) -> Points:
    chord = here - there
    chord *= chord
    squared: Points = chord[0] + chord[1] + chord[2]
    return np.sqrt(squared, out=squared)
