"""From documents to postings: every word is stemmed and split once, the rest is arithmetic on arrays."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from techfinder.activities.search.text import compounds
from techfinder.activities.search.text.documents import FIELDS, Document, fields
from techfinder.activities.search.text.postings import Postings
from techfinder.activities.search.text.statistics import Statistics
from techfinder.activities.search.text.words import stems, surface

# How fast more of the same word stops counting.
SATURATION = 1.2
# What a part of a compound is worth against the whole word.
PART = 0.5


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """One row per word in a text: which document, field and word as written; and the words."""

    rows: NDArray[np.int32]
    fields: NDArray[np.int8]
    words: NDArray[np.int32]
    written: Sequence[str]
    documents: int


def build(documents: Iterable[Document], like: Postings | None = None) -> Postings:
    """Return the postings of the documents, row by row; `like`: the main segment that they stand beside."""
    found = _read(documents)
    lengths = _lengths(found)
    surfaces = sorted({surface(word) for word in found.written})
    places = {word: place for place, word in enumerate(surfaces)}
    word_of = np.fromiter((places[surface(word)] for word in found.written), np.int64, len(found.written))
    known = like.statistics if like else _provisional(found, lengths, surfaces, word_of)
    terms, term_rows, term_words, term_values = _terms(found, lengths, known)
    order, offsets = _by_term(term_words, term_rows, len(terms))
    values = np.add.reduceat(term_values[order.sorted], order.starts) if len(order.starts) else np.empty(0)
    weights = (values / (values + SATURATION)).astype(np.float32)
    rows = term_rows[order.sorted][order.starts].astype(np.int32)
    statistics = like.statistics if like else _with_frequency(known, terms, offsets)
    word_offsets, word_terms = _terms_of_surfaces(found.written, word_of, surfaces, terms)
    return Postings(
        size=found.documents,
        statistics=statistics,
        terms=terms,
        offsets=offsets,
        rows=rows,
        weights=weights,
        words=tuple(surfaces),
        word_offsets=word_offsets,
        word_terms=word_terms,
    )


def _read(documents: Iterable[Document]) -> _Occurrences:
    numbers: defaultdict[str, int] = defaultdict(count().__next__)
    found, lengths = array("i"), array("i")
    documents_read = 0
    for document in documents:
        documents_read += 1
        for words in fields(document):
            lengths.append(len(words))
            found.extend(map(numbers.__getitem__, words))
    field_count = len(FIELDS)
    cells = np.repeat(np.arange(documents_read * field_count, dtype=np.int32), np.frombuffer(lengths, np.int32))
    return _Occurrences(
        rows=cells // field_count,
        fields=(cells % field_count).astype(np.int8),
        words=np.frombuffer(found, np.int32),
        written=list(numbers),
        documents=documents_read,
    )


def _lengths(found: _Occurrences) -> NDArray[np.int64]:
    cells = found.rows * np.int32(len(FIELDS)) + found.fields
    return np.bincount(cells, minlength=found.documents * len(FIELDS)).reshape(-1, len(FIELDS))


def _provisional(
    found: _Occurrences, lengths: NDArray[np.int64], surfaces: list[str], word_of: NDArray[np.int64]
) -> Statistics:
    counts = np.bincount(word_of[found.words], minlength=len(surfaces))
    means = lengths.mean(axis=0) if found.documents else np.ones(len(FIELDS))
    return Statistics(found.documents, np.maximum(means, 1.0), {}, tuple(surfaces), counts)


def _with_frequency(known: Statistics, terms: dict[str, int], offsets: NDArray[np.int64]) -> Statistics:
    frequency = dict(zip(terms, np.diff(offsets).tolist(), strict=True))
    return Statistics(known.documents, known.lengths, frequency, known.words, known.counts)


def _values(found: _Occurrences, lengths: NDArray[np.int64], known: Statistics) -> NDArray[np.float32]:
    """Return what each occurrence is worth: by field, less in a long one."""
    weight = np.array([field.weight for field in FIELDS])
    shorter = np.array([field.length for field in FIELDS])
    worth = (weight / (1 - shorter + shorter * lengths / known.lengths)).astype(np.float32)
    return worth[found.rows, found.fields]


def _terms(
    found: _Occurrences, lengths: NDArray[np.int64], known: Statistics
) -> tuple[dict[str, int], NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Return the terms by number, and per occurrence of a term its document, term and worth."""
    terms: dict[str, int] = {}
    starts, numbers, shares = [0], [], []
    for word in found.written:
        for stem, share in _stems_with_parts(word, known).items():
            numbers.append(terms.setdefault(stem, len(terms)))
            shares.append(share)
        starts.append(len(numbers))
    offsets = np.asarray(starts, np.int32)
    counts = np.diff(offsets)[found.words]
    which = np.repeat(np.arange(len(found.words), dtype=np.int32), counts)
    # Of each occurrence of a word, the terms of that word one after the other.
    cell = np.arange(len(which), dtype=np.int32)
    cell += np.repeat(offsets[found.words] - (np.cumsum(counts, dtype=np.int32) - counts), counts)
    values = _values(found, lengths, known)[which] * np.asarray(shares, np.float32)[cell]
    return terms, found.rows[which], np.asarray(numbers, np.int32)[cell], values


def _stems_with_parts(word: str, known: Statistics) -> dict[str, float]:
    found = dict.fromkeys(stems(word), 1.0)
    for part in compounds.parts(surface(word), known.known):
        for stem in stems(part):
            found.setdefault(stem, PART)
    return found


@dataclass(frozen=True, slots=True)
class _Order:
    sorted: NDArray[np.int64]
    starts: NDArray[np.int64]


def _by_term(terms: NDArray[np.int32], rows: NDArray[np.int32], count: int) -> tuple[_Order, NDArray[np.int64]]:
    """Return the order by term and document with the start of each pair, and where each term begins among those.

    Rows come in order already, so that a stable sort by term will do; by numbers of two bytes it takes a tenth.
    """
    order = np.argsort(terms.astype(np.uint16) if count < 2**16 else terms, kind="stable")
    terms, rows = terms[order], rows[order]
    begins = np.ones(len(terms), bool)
    begins[1:] = (terms[1:] != terms[:-1]) | (rows[1:] != rows[:-1])
    starts = np.flatnonzero(begins)
    per_term = np.bincount(terms[starts], minlength=count)
    return _Order(order, starts), np.concatenate([[0], np.cumsum(per_term)])


def _terms_of_surfaces(
    written: Sequence[str], word_of: NDArray[np.int64], surfaces: Sequence[str], terms: dict[str, int]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the terms of each surface, one after the other."""
    of: list[dict[int, None]] = [{} for _ in surfaces]
    for word, place in zip(written, word_of.tolist(), strict=True):
        of[place].update(dict.fromkeys(terms[stem] for stem in stems(word)))
    offsets = np.concatenate([[0], np.cumsum([len(each) for each in of])]).astype(np.int64)
    return offsets, np.fromiter((term for each in of for term in each), np.int32)
