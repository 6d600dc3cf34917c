"""What somebody typed, as words that are needed and what may stand in for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from techfinder.activities.search.text.synonyms import LONGEST_PHRASE, Phrase, Synonyms
from techfinder.activities.search.text.words import pieces, surface

LONGEST_TEXT, MOST_WORDS = 200, 12
SAME, JOINED, SYNONYM = 1.0, 0.9, 0.4
# Not needed: they say nothing about what is sought.
_STOP_WORDS = """
aan al alle als bij dan dat de der deze die dit doe doen door een en er gaan had heb hebben hem het hier hoe hun ik iets
in is je kan kunnen maar me mee met mij mijn n na naar nog of om omtrent ons onze ook op over s t te tot uit van veel
voor waar wat we wel wie wij wil willen worden wordt ze zelf zijn zo zoek zoeken the and for
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
# Said of nearly everything here, and left out as often: they count for the order, and are not needed beside others.
_COMMON = "techniek technologie les lessen activiteit activiteiten leerling leerlingen kind kinderen school workshop"
COMMON = frozenset(_COMMON.split())


@dataclass(frozen=True, slots=True)
class Alternative:
    """All of these words together, worth this much of the word that was typed."""

    words: Phrase
    weight: float


@dataclass(frozen=True, slots=True)
class Need:
    """One thing that must be there: what was typed first, then what may stand in for it."""

    typed: str
    alternatives: tuple[Alternative, ...]
    # The word may still be on its way: it counts as the beginning of one.
    unfinished: bool = False
    # Counts for the order only.
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    needs: tuple[Need, ...] = ()

    @property
    def needed(self) -> int:
        """How many of them a document must have."""
        return sum(not need.optional for need in self.needs)

    def __bool__(self) -> bool:
        return bool(self.needs)


def parse(text: str, synonyms: Synonyms) -> Query:
    """Read what somebody typed; of a very long text only the beginning."""
    typed = list(dict.fromkeys(pieces(text[:LONGEST_TEXT])))[:MOST_WORDS]
    telling = [place for place, piece in enumerate(typed) if surface(piece[0]) not in STOP_WORDS]
    kept = telling or list(range(len(typed)))
    needed = [place for place in kept if surface(typed[place][0]) not in COMMON] or kept
    ended = text[:LONGEST_TEXT].rstrip() != text[:LONGEST_TEXT]
    return Query(
        tuple(
            Need(
                " ".join(typed[place]),
                tuple(_alternatives(typed, place, synonyms)),
                unfinished=place == len(typed) - 1 and not ended,
                optional=place not in needed,
            )
            for place in kept
        )
    )


def _alternatives(typed: Sequence[Phrase], place: int, synonyms: Synonyms) -> Iterator[Alternative]:
    yield from (Alternative((word,), SAME) for word in typed[place])
    for first in (place - 1, place):
        if 0 <= first < len(typed) - 1:
            yield Alternative((typed[first][0] + typed[first + 1][0],), JOINED)
    others = (other for phrase in _phrases_around(typed, place) for other in synonyms.others(phrase))
    yield from (Alternative(_telling(other), SYNONYM) for other in dict.fromkeys(others))


def _phrases_around(typed: Sequence[Phrase], place: int) -> Iterator[Phrase]:
    """Yield the typed phrases that hold the word at this place."""
    for first in range(max(0, place - LONGEST_PHRASE + 1), place + 1):
        for last in range(place + 1, min(len(typed), first + LONGEST_PHRASE) + 1):
            phrase = tuple(piece[0] for piece in typed[first:last])
            yield phrase
            if len(phrase) == 2:
                yield ("".join(phrase),)


def _telling(phrase: Phrase) -> Phrase:
    return tuple(word for word in phrase if surface(word) not in STOP_WORDS) or phrase
