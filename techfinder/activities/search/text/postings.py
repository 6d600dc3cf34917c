"""Which documents have a word, and how much of one they are (BM25F, worked out when built)."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from techfinder.activities.search.text.query import SAME, Alternative, Need, Query
from techfinder.activities.search.text.statistics import Statistics
from techfinder.activities.search.text.words import stems, surface

# What a longer word is worth that begins so: while typing, and otherwise.
TYPING, BEGINNING = 0.7, 0.5
SHORTEST_TYPING, SHORTEST_BEGINNING = 3, 4
# What the parts of a compound are worth where they stand apart.
SPLIT = 0.5

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class Postings:
    """Rows and weights per term, one after the other; never changed after it was built.

    `words` are sorted; the terms of word w are `word_terms[word_offsets[w]:word_offsets[w + 1]]`.
    """

    size: int
    statistics: Statistics
    terms: Mapping[str, int]
    offsets: NDArray[np.int64]
    rows: NDArray[np.int32]
    weights: Scores
    words: Sequence[str]
    word_offsets: NDArray[np.int64]
    word_terms: NDArray[np.int32]

    def score(self, query: Query, at_least: int | None = None) -> tuple[Mask, Scores]:
        """Return which documents have so many of the words (by default all) and what each is worth."""
        matched, scores = self.counted(query)
        return matched >= (query.needed if at_least is None else at_least), scores

    def counted(self, query: Query) -> tuple[NDArray[np.uint8], Scores]:
        """Return how many of the words each document has, and its score: equal scales in all segments beside one."""
        matched, scores = np.zeros(self.size, np.uint8), np.zeros(self.size, np.float32)
        for need in query.needs:
            worth = self._need(need)
            if not need.optional:
                matched += worth > 0
            scores += worth * np.float32(self._rarity(need))
        return matched, scores

    def typed_in(self, query: Query, row: int) -> tuple[str, ...]:
        """Return the typed words that this document has."""
        return tuple(need.typed for need in query.needs if self._need(need)[row] > 0)

    def _rarity(self, need: Need) -> float:
        """By the word as typed; by what stands in for it when nothing has that."""
        having = [self._having(each) for each in need.alternatives]
        typed = [count for each, count in zip(need.alternatives, having, strict=True) if each.weight == SAME]
        return self.statistics.rarity(max(typed, default=0) or max(having, default=0))

    def _having(self, alternative: Alternative) -> int:
        return min(self.statistics.having(word) for word in alternative.words)

    def _need(self, need: Need) -> Scores:
        worth = np.zeros(self.size, np.float32)
        for alternative in need.alternatives:
            self._raise(worth, alternative)
            if alternative.weight == SAME:
                self._raise_longer(worth, alternative.words[0], unfinished=need.unfinished)
        return worth

    def _raise(self, worth: Scores, alternative: Alternative) -> None:
        if len(alternative.words) == 1:
            self._raise_word(worth, alternative.words[0], alternative.weight)
        else:
            self._raise_all(worth, alternative.words, alternative.weight)

    def _raise_all(self, worth: Scores, words: Sequence[str], weight: float) -> None:
        """For documents that have all of these words: by the least of them."""
        least = np.full(self.size, np.inf, np.float32)
        for word in words:
            one = np.zeros(self.size, np.float32)
            self._raise_terms(one, stems(word), weight)
            np.minimum(least, one, out=least)
        np.maximum(worth, least, out=worth)

    def _raise_word(self, worth: Scores, word: str, weight: float) -> None:
        self._raise_terms(worth, stems(word), weight)
        if parts := self.statistics.parts(word):
            self._raise_all(worth, parts, weight * SPLIT)

    def _raise_terms(self, worth: Scores, wanted: Sequence[str], weight: float) -> None:
        for stem in wanted:
            if (term := self.terms.get(stem)) is not None:
                self._raise_term(worth, term, weight)

    def _raise_term(self, worth: Scores, term: int, weight: float) -> None:
        part = slice(self.offsets[term], self.offsets[term + 1])
        rows = self.rows[part]
        worth[rows] = np.maximum(worth[rows], self.weights[part] * np.float32(weight))

    def _raise_longer(self, worth: Scores, word: str, *, unfinished: bool) -> None:
        """For words that begin with this one, or with its stem."""
        begin = surface(word)
        shortest, weight = (SHORTEST_TYPING, TYPING) if unfinished else (SHORTEST_BEGINNING, BEGINNING)
        if begin[-1:].isdigit():
            return
        beginnings = {begin} | {stem for stem in stems(word) if len(stem) > SHORTEST_BEGINNING}
        terms = [self._beginning(each) for each in beginnings if len(each) >= shortest]
        own = {self.terms.get(stem) for stem in stems(word)}
        for term in set(np.concatenate(terms).tolist()) - own if terms else ():
            self._raise_term(worth, term, weight)

    def _beginning(self, prefix: str) -> NDArray[np.int32]:
        first, last = bisect_left(self.words, prefix), bisect_left(self.words, prefix + "\U0010ffff")
        return self.word_terms[self.word_offsets[first] : self.word_offsets[last]]


@dataclass(frozen=True, slots=True)
class Found:
    """Per segment which rows are found and their scores. `partly`: nothing has all the words, these have the most."""

    masks: tuple[Mask, ...]
    scores: tuple[Scores, ...]
    partly: bool = False


def find(segments: Sequence[tuple[Postings, Mask]], query: Query) -> Found:
    """Search segments that stand beside each other; each mask says which of its rows count (what still holds)."""
    counted = [postings.counted(query) for postings, _ in segments]
    counting = [np.where(alive, matched, 0) for (matched, _), (_, alive) in zip(counted, segments, strict=True)]
    most = max((int(matched.max(initial=0)) for matched in counting), default=0)
    masks = tuple((matched >= max(most, 1)) & (matched > 0) for matched in counting)
    return Found(masks, tuple(scores for _, scores in counted), partly=0 < most < query.needed)
