"""The one table of weights: how much each part of the score counts."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, fields


@dataclass(frozen=True, kw_only=True)
class Weights:
    """A weight per component of the score; only their proportions matter, the score is always from 0 to 100.

    Reasons are shown in the order of these weights. ValueError when one is negative or no number, or when all are 0.
    """

    distance: float = 25
    level: float = 20
    theme: float = 20
    period: float = 10
    kind: float = 8
    record: float = 7
    unserved: float = 5
    waiting: float = 5
    special: float = 3
    small: float = 2
    remote: float = 2

    def __post_init__(self) -> None:
        for name, weight in self.items():
            if not isinstance(weight, int | float) or not math.isfinite(weight) or weight < 0:
                raise ValueError(f"weight {name}: {weight!r} is not a number of 0 or more")
        if not self.total:
            raise ValueError("all weights are 0")

    def items(self) -> Iterator[tuple[str, float]]:
        return ((field.name, getattr(self, field.name)) for field in fields(self))

    @property
    def total(self) -> float:
        return math.fsum(weight for _, weight in self.items())

    def in_order(self) -> list[str]:
        """Component names, heaviest first; equal weights stay in the order of the table."""
        return [name for name, _ in sorted(self.items(), key=lambda item: -item[1])]


WEIGHTS = Weights()
