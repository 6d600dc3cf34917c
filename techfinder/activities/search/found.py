"""What a search finds."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, kw_only=True)
class Hits:
    """One page of a search, in the order asked for. Distances in km, NaN where there is no point or nobody travels."""

    ids: NDArray[np.int64]
    distances: NDArray[np.float32]
    total: int
    # Nothing has all the words that were typed: these have the most of them.
    partly: bool = False

    def km(self) -> dict[int, float | None]:
        """The distance per id, in the order of the search."""
        far = [None if math.isnan(each) else each for each in self.distances.tolist()]
        return dict(zip(self.ids.tolist(), far, strict=True))


@dataclass(frozen=True, kw_only=True)
class Loosening:
    """A change of the criteria that finds more: which, to what, and how many it finds."""

    name: str
    # Parameters of the address that change; an empty tuple takes the parameter away.
    params: Mapping[str, tuple[str, ...]]
    total: int


@dataclass(frozen=True, kw_only=True)
class Facets:
    """Per filter and value how many would be found with that value as the filter's only choice: without itself."""

    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
