"""Groups of words that mean the same: whoever types one finds all, its own first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product

from techfinder.activities.search.text.words import pieces, stems

Phrase = tuple[str, ...]
LONGEST_PHRASE = 4


def phrases(line: str) -> list[str]:
    """Return the words and short phrases of a group as somebody wrote it, separated by commas."""
    return [phrase for part in line.split(",") if (phrase := " ".join(part.split()))]


def as_words(phrase: str) -> Phrase:
    return tuple(word for piece in pieces(phrase) for word in piece)


def stemmed(phrase: Phrase) -> Iterator[Phrase]:
    """Yield all ways to know a phrase by its stems; sentences are not phrases."""
    if 0 < len(phrase) <= LONGEST_PHRASE:
        yield from product(*(stems(word) for word in phrase))


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Other phrases by the stems of a phrase."""

    by_stems: Mapping[Phrase, tuple[Phrase, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, lines: Iterable[str]) -> Synonyms:
        """Read groups as the table has them."""
        found: dict[Phrase, dict[Phrase, None]] = {}
        for line in lines:
            group = [as_words(phrase) for phrase in phrases(line)]
            for phrase in group:
                others = dict.fromkeys(other for other in group if other and other != phrase)
                for key in stemmed(phrase):
                    found.setdefault(key, {}).update(others)
        return cls({key: tuple(others) for key, others in found.items()})

    def others(self, phrase: Sequence[str]) -> tuple[Phrase, ...]:
        """Return what else this phrase is called."""
        known = (self.by_stems.get(key, ()) for key in stemmed(tuple(phrase)))
        return tuple(dict.fromkeys(other for others in known for other in others))
