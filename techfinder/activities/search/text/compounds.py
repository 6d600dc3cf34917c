"""Dutch writes robotwedstrijd: its parts are found in it when both are words of their own."""

from __future__ import annotations

from collections.abc import Container

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
    """As it is, or without the ending of a plural."""
    for ending in ("", "s", "en"):
        bare = word.removesuffix(ending)
        if word.endswith(ending) and len(bare) >= TAIL and bare in known:
            return bare
    return ""


def _head(word: str, known: Container[str], depth: int) -> tuple[str, ...]:
    for link in LINKS:
        if not word.endswith(link):
            continue
        bare = word.removesuffix(link)
        # Zon, zonneboot: a short vowel doubles what comes after it.
        single = bare[:-1] if link and bare[-1:] == bare[-2:-1] else bare
        for head in (bare, single):
            if len(head) >= HEAD and head in known:
                return (head,)
    return parts(word, known, depth - 1) if depth > 1 else ()
