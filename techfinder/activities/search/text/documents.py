"""What of an activity is searched, by field, and how much a word in it weighs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from techfinder.activities.search.text.words import words
from techfinder.taxonomy.data import LEAVES, LEVEL_BY_CODE


@dataclass(frozen=True, kw_only=True, slots=True)
class Document:
    """The texts of one activity. `labels`: names and codes of its kind and themes; `levels`: codes."""

    title: str
    labels: str = ""
    levels: Sequence[str] = ()
    summary: str = ""
    goals: str = ""
    provider: str = ""
    co_providers: str = ""
    town: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """How much a word in this field counts, and how much less in a longer one (0: not at all)."""

    weight: float
    length: float


FIELDS = (Field(6.0, 0.4), Field(2.0, 0.0), Field(1.5, 0.5), Field(1.5, 0.0), Field(1.0, 0.6))


def fields(document: Document) -> tuple[Sequence[str], ...]:
    """Return the words of each of `FIELDS`: title, names, summary and goals, who and where, description."""
    names = dict.fromkeys(words(document.labels))
    for code in document.levels:
        names.update(dict.fromkeys(_level(code)))
    return (
        words(document.title),
        list(names),
        words(f"{document.summary}\n{document.goals}"),
        words(f"{document.provider}\n{document.co_providers}\n{document.town}"),
        words(document.description),
    )


@lru_cache(maxsize=512)
def _level(code: str) -> tuple[str, ...]:
    """Everything that a level is called: by its own name, by those above it, and by those under it."""
    found: dict[str, None] = {}
    for leaf in sorted(LEAVES.get(code, ())):
        each: str | None = leaf
        while each:
            term = LEVEL_BY_CODE[each]
            found.update(dict.fromkeys(words(f"{term.name} {term.sector}")))
            each = term.parent
    return tuple(found)
