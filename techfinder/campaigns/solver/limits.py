"""When to stop: after so much work, which is the same on every machine and however busy it is. So is what comes out.

The clock is looked at too, but only as a guard against a round that nobody foresaw: see `Guard`.
"""

from __future__ import annotations

import time

from .case import Case

# CP-SAT, in its own deterministic seconds: for all parts of a round together, shared out by pairs, and for each part.
SEARCH = 6.0
SEARCH_LEAST = 1.0
HOLD = 10.0  # to see whether the locks go together

# HiGHS, per attempt: weight of the pairs that it may choose from (see `weight`), and nodes x weight². It cannot be
# stopped at its first node, which takes a second for a weight of 8,000 and a quarter of a minute for 45,000.
WEIGHT_FIRST_GOAL = 50_000
WEIGHT_OTHERS = 10_000
NODES = 1_000_000_000
NODES_MOST = 20_000

# The linear model: pairs in it, of which one that may be split counts for three.
PAIRS = 100_000
SPLIT = 3

# GLOP, per goal: simplex iterations x constraints, after which there are no more rounds of cuts.
ITERATIONS = 60_000_000

# Chains: pairs to look at in each of the long searches.
LOOKS = 15_000_000

NEAR = 0.95  # of its seconds: solvers stop a little before the time


class Guard:
    """The clock, which no ordinary round reaches. One that does may give another answer another time."""

    def __init__(self, seconds: float) -> None:
        self.began, self.seconds = time.monotonic(), seconds

    @property
    def passed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.began

    @property
    def left(self) -> float:
        """Seconds that a solver may still have."""
        return max(self.seconds - self.passed, 0.1)

    @property
    def is_over(self) -> bool:
        """Whether to stop at once."""
        return self.passed >= self.seconds

    @property
    def cut_short(self) -> bool:
        """Whether it may have ended anything, or nearly did."""
        return self.passed >= self.seconds * NEAR


def hardness(case: Case) -> float:
    """How much a pair weighs for HiGHS: the more groups share a place, the harder it is to see who goes together."""
    groups = sum(group.size for group in case.groups.values()) / len(case.groups)
    seats = sum(place.seats for place in case.places.values()) / len(case.places)
    return max(1.0, seats / groups) ** 2 * (1 if all(case.is_whole.values()) else SPLIT**2)


def nodes(weight: float) -> int:
    """How many nodes HiGHS may look at in a model of this weight."""
    return min(NODES_MOST, max(1, int(NODES / max(weight, 1) ** 2)))


def share(pairs: int, all_pairs: int) -> float:
    """The deterministic seconds of CP-SAT for a part with so many of all pairs."""
    return SEARCH_LEAST + SEARCH * pairs / all_pairs
