"""How fast matching could be at all on this machine, were memory the only thing that takes time.

The limit is that of weighing every eligible pair once: the row of its activity goes by (its request stays at hand),
and who, how good and which place is written. An engine that leaves pairs out before weighing them can come below it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, fields

import numpy as np

from matching import ActivityColumns
from tests.benchmarks.clock import line

# Request and activity (8 bytes each), score (2) and rank (4).
WRITTEN = 22


@dataclass(frozen=True, slots=True)
class Limit:
    """Bytes per second as numpy copies them, bytes per pair, and how many pairs there are."""

    bandwidth: float
    bytes_per_pair: float
    pairs: int

    @property
    def seconds(self) -> float:
        return self.pairs * self.bytes_per_pair / self.bandwidth

    def report(self, took: float) -> float:
        """Prints the limit and the distance of a run that `took` so many seconds; gives the distance."""
        line("numpy copies (read and written)", f"{self.bandwidth / 1e9:9.1f} GB/s")
        line("limit of memory", f"{self.seconds:9.2f} s: {self.pairs:,} pairs of {self.bytes_per_pair:.0f} bytes")
        line("engine / limit", f"{took / self.seconds:9.1f} x")
        return took / self.seconds


def limit_of(pairs: int, activities: ActivityColumns) -> Limit:
    return Limit(copy_bandwidth(), bytes_per_row(activities) + WRITTEN, pairs)


def bytes_per_row(activities: ActivityColumns) -> float:
    """What rules and score read of one activity: all its columns, and one word of its regions."""
    columns = {field.name: getattr(activities, field.name) for field in fields(activities)}
    regions = columns.pop("regions")
    return regions.itemsize + sum(column.nbytes for column in columns.values()) / max(1, len(activities))


def copy_bandwidth(megabytes: int = 256, times: int = 5) -> float:
    """Bytes read and written per second by the fastest of some copies that fit into no cache."""
    source = np.ones(megabytes * 2**20, dtype=np.uint8)
    target = np.empty_like(source)
    np.copyto(target, source)
    best = min(_seconds(target, source) for _ in range(times))
    return 2 * source.nbytes / best


def _seconds(target: np.ndarray, source: np.ndarray) -> float:
    start = time.perf_counter()
    np.copyto(target, source)
    return time.perf_counter() - start
