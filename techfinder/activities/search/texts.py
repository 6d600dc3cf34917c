"""Text in an index: looked up in the postings of every segment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching.arrays import Bools

if TYPE_CHECKING:
    from techfinder.activities.search.index import Index


@dataclass(frozen=True, eq=False)
class Found:
    """Which rows have the text, and how well: both of shape (size,)."""

    matches: Bools
    score: NDArray[np.float32]


def look_up(index: Index, text: str) -> Found:
    wanted = " ".join(text.casefold().split())[:200]
    matches: Any = np.zeros(index.size, dtype=np.bool_)
    start = 0
    for segment in index.segments:
        matches[start : start + segment.rows] = [wanted in each for each in segment.texts]
        start += segment.size
    return Found(matches=matches, score=matches.astype(np.float32))
