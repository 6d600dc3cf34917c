"""Dutch writes robotwedstrijd: its parts are found in it when both are words of their own."""

from __future__ import annotations

from collections.abc import Container

from techfinder.activities.search.text.words import stems

SHORTEST = 7
HEAD, TAIL = 3, 4
LINKS = ("", "s", "en", "n", "e", "er")


def parts(word: str, known: Container[str], depth: int = 2) -> tuple[str, ...]:
    """Return the words that a compound is made of, the longest last part first tried; nothing when it is none."""
    if len(word) < SHORTEST or not word.isalpha():
        return ()
    for cut in range(HEAD, len(word) - TAIL + 1):
        tail = _tail(word[cut:], known)
        if tail and (head := _head(word[:cut], known, depth)):
            return (*head, tail)
    return ()


def _tail(word: str, known: Container[str]) -> str:
    if word in known:
        return word
    return word[:-1] if len(word) > TAIL and word.endswith("s") and word[:-1] in known else ""


def _head(word: str, known: Container[str], depth: int) -> tuple[str, ...]:
    for link in LINKS:
        bare = word.removesuffix(link) if link else word
        if len(bare) >= HEAD and bare in known and (not link or bare != word):
            return (bare,)
    for stem in stems(word):
        if len(stem) >= HEAD and stem in known:
            return (stem,)
    return parts(word, known, depth - 1) if depth > 1 else ()
