"""Did you mean: a word that nothing has, mended into the most frequent one close to it."""

from __future__ import annotations

import re

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA

from techfinder.activities.search.text.query import STOP_WORDS
from techfinder.activities.search.text.statistics import Statistics
from techfinder.activities.search.text.words import stems, surface

LONGEST_TEXT, MOST_WORDS = 100, 12
SHORTEST, LONG = 4, 6
_WORD = re.compile(r"[^\W\d_]+")


def suggest(text: str, vocabulary: Statistics) -> str | None:
    """Return the text with wrong letters mended, or nothing when there is nothing to mend. The rest stays as it is."""
    typed = text[:LONGEST_TEXT]
    mended, at, left = "", 0, MOST_WORDS
    for found in _WORD.finditer(typed):
        if (left := left - 1) < 0:
            break
        better = _better(found[0], vocabulary)
        if better:
            mended += typed[at : found.start()] + better
            at = found.end()
    return mended + typed[at:] if at else None


def _better(written: str, vocabulary: Statistics) -> str | None:
    word = surface(written.casefold())
    if len(word) < SHORTEST or word in STOP_WORDS or _is_known(word, vocabulary):
        return None
    return _closest(word, vocabulary)


def _is_known(word: str, vocabulary: Statistics) -> bool:
    return (
        word in vocabulary.known
        or any(stem in vocabulary.frequency for stem in stems(word))
        or vocabulary.begins(word)
        or bool(vocabulary.parts(word))
    )


def _closest(word: str, vocabulary: Statistics) -> str | None:
    """One letter off (two that changed places are one) for short words, two for others; then the most frequent."""
    off = 1 if len(word) < LONG else 2
    lengths = range(max(len(word) - off, SHORTEST - 1), len(word) + off + 1)
    near = [each for length in lengths for each in vocabulary.by_length.get(length, ())]
    if not near:
        return None
    distances = process.cdist([word], near, scorer=OSA.distance, score_cutoff=off, dtype=np.int32)[0]
    counts = vocabulary.count_of
    close = [(int(distances[at]), -counts[near[at]], near[at]) for at in np.flatnonzero(distances <= off)]
    return min(close)[2] if close else None
