"""Text as words: folded surfaces to begin with, and stems that all forms of a word share."""

from __future__ import annotations

import re
import threading
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

import simplemma
import snowballstemmer

LONGEST = 40
# A shorter word in -ing is seldom made of a verb (ding, kring, spring).
SHORTEST_DEED = 6
_WORD = re.compile(r"[^\W_]+(?:['’\-‐‑][^\W_]+)*")
_HYPHEN = re.compile(r"[-‐‑]")
_YEARS = r"[1-8](?: *(?:-|/|,|&|\+|en|of|t/m|tot en met) *(?:groep |klas )?[1-8])*(?!\w)"
_LEVEL = re.compile(
    rf"\b(?:(groep|klas|leerjaar|niveau)(?:en|sen)? *-?({_YEARS})"
    rf"|(havo|vwo|mavo|vmbo|tl|gl|kb|bb|gymnasium|atheneum|mbo) *-?({_YEARS}))"
)
_NUMBER = re.compile(r"\d")
_RANGE = re.compile(r"([1-8]) *(?:-|t/m|tot en met) *(?:groep |klas )?(?=([1-8]))")
_SAME = {"leerjaar": "klas"}
_STEMMER = snowballstemmer.stemmer("dutch")
# The stemmer keeps the word it works on in itself.
_ONE_AT_A_TIME = threading.Lock()


def fold(text: str) -> str:
    """Return the text without capitals, accents and apostrophes."""
    if text.isascii():
        return text.casefold().replace("'", "")
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("'", "").replace("’", "")


def pieces(text: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of a text as written, in lower case; years of a level come together ("groep7", "groep8")."""
    lowered, at = text.casefold(), 0
    for level in _LEVEL.finditer(lowered):
        yield from _plain(lowered[at : level.start()])
        yield from _level(level)
        at = level.end()
    yield from _plain(lowered[at:])


def _plain(text: str) -> Iterator[tuple[str, ...]]:
    for written in _WORD.findall(text):
        for part in _HYPHEN.split(written):
            yield (part[:LONGEST],)


def _level(found: re.Match[str]) -> Iterator[tuple[str, ...]]:
    word, years, track, track_years = found.groups()
    if track:
        yield (track,)
        word, years = ("niveau" if track == "mbo" else "klas"), track_years
    yield tuple(f"{_SAME.get(word, word)}{year}" for year in _years(years))


def _years(text: str) -> list[int]:
    years = {int(number) for number in _NUMBER.findall(text)}
    for first, last in _RANGE.findall(text):
        years.update(range(int(first), int(last) + 1))
    return sorted(years)


def words(text: str) -> list[str]:
    """Return all words of a text of an activity; a hyphenated word is there in parts and as one."""
    lowered = text.casefold()
    found = _WORD.findall(lowered)
    if "-" in lowered:
        found += [part for word in found if "-" in word for part in _HYPHEN.split(word)]
    if _NUMBER.search(lowered):
        found += [year for level in _LEVEL.finditer(lowered) for piece in _level(level) for year in piece]
    return found


@lru_cache(maxsize=200_000)
def surface(word: str) -> str:
    """Return how a word is looked up letter by letter."""
    return _HYPHEN.sub("", fold(word))[:LONGEST]


@lru_cache(maxsize=200_000)
def stems(word: str) -> tuple[str, ...]:
    """Return its stems, mostly one; two words are forms of one when they share one.

    The stemmer knows rules (zonneboten), the list of lemmas knows exceptions (schepen): neither does the other's work.
    """
    plain = surface(word)
    if len(plain) < 3 or _NUMBER.search(plain):
        return (plain,)
    lemma = surface(simplemma.lemmatize(word[:LONGEST].replace("’", "'"), lang="nl")).replace("_", "")
    forms = dict.fromkeys((plain, lemma, _verb(plain)))
    with _ONE_AT_A_TIME:
        return tuple(dict.fromkeys(_STEMMER.stemWord(form) or form for form in forms if form))


def _verb(noun: str) -> str:
    """Besparing: besparen."""
    return f"{noun[:-3]}en" if noun.endswith("ing") and len(noun) > SHORTEST_DEED else ""
