"""What is known of all documents together: by this the scores of two segments can be compared."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.utils.functional import cached_property
from numpy.typing import NDArray

from techfinder.activities.search.text import compounds
from techfinder.activities.search.text.words import stems, surface


@dataclass(frozen=True)
class Statistics:
    """Of the main segment. A smaller one beside it is built and scored with the same.

    `documents`: how many; `lengths`: words per field on average; `frequency`: documents per stem;
    `words`: the words as written, sorted; `counts`: how often each occurs.
    """

    documents: int
    lengths: NDArray[np.float64]
    frequency: Mapping[str, int]
    words: tuple[str, ...]
    counts: NDArray[np.int64]

    @cached_property
    def known(self) -> frozenset[str]:
        return frozenset(self.words)

    @cached_property
    def count_of(self) -> Mapping[str, int]:
        return dict(zip(self.words, self.counts.tolist(), strict=True))

    @cached_property
    def by_length(self) -> Mapping[int, Sequence[str]]:
        """The words without digits, for who looks for one like another."""
        found: dict[int, list[str]] = {}
        for word in self.words:
            if word.isalpha():
                found.setdefault(len(word), []).append(word)
        return found

    def having(self, word: str) -> int:
        """Return how many documents have the word in any form."""
        return max((self.frequency.get(stem, 0) for stem in stems(word)), default=0)

    def rarity(self, documents: int) -> float:
        """Return what a word is worth that so many documents have."""
        return math.log1p((self.documents - min(documents, self.documents) + 0.5) / (documents + 0.5))

    def parts(self, word: str) -> tuple[str, ...]:
        """Return the parts of a compound."""
        return compounds.parts(surface(word), self.known)

    def begins(self, prefix: str) -> bool:
        """Say whether any word begins so."""
        at = bisect_left(self.words, prefix)
        return at < len(self.words) and self.words[at].startswith(prefix)
