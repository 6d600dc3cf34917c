"""What is to be stored against what is stored: new, changed, reopened and closed matches, as columns.

Only rows that differ are written, and only those are put into words. Callers hold the matching lock and own the
transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from django.db import connection
from django.utils import timezone

from matching.arrays import Bools, Ints, among, distinct
from techfinder.matches.fairness.placing import new_ids
from techfinder.matches.rows.binary import read_columns

OPEN, CLOSED, SETTLED = 0, 1, 2
# So many rows go into one statement.
BATCH = 2000

# Per pair its reasons and its shortfalls, as JSON.
Texts = Iterable[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Wanted:
    """Pairs that are to be stored, as columns of shape (n,); `score` in tenths."""

    request_id: Ints
    activity_id: Ints
    score: Ints
    fingerprint: Ints

    def __len__(self) -> int:
        return len(self.request_id)

    def take(self, which: Ints | Bools | slice) -> Wanted:
        return Wanted(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(frozen=True, eq=False)
class Known:
    """Stored matches as columns of shape (n,); `state` is OPEN, CLOSED or SETTLED, `acted` that a side acted on it."""

    id: Ints
    request_id: Ints
    activity_id: Ints
    score: Ints
    fingerprint: Ints
    state: Ints
    acted: Bools

    def __len__(self) -> int:
        return len(self.id)

    def take(self, which: Ints | Bools) -> Known:
        return Known(*(getattr(self, name)[which] for name in self.__dataclass_fields__))


@dataclass(slots=True)
class Stored:
    """How many rows changed; `arrived` are the ids of matches that are new or open again, `left` of those closed."""

    created: int = 0
    updated: int = 0
    reopened: int = 0
    closed: int = 0
    arrived: list[int] = field(default_factory=list)
    left: list[int] = field(default_factory=list)

    def add(self, other: Stored) -> None:
        self.created += other.created
        self.updated += other.updated
        self.reopened += other.reopened
        self.closed += other.closed
        self.arrived += other.arrived
        self.left += other.left


KNOWN = {
    "id": ("id", "i8"),
    "request_id": ("request_id", "i8"),
    "activity_id": ("activity_id", "i8"),
    "score": ("round(score * 10)::int4", "i4"),
    "fingerprint": ("fingerprint", "i8"),
    "state": ("(CASE state WHEN 'open' THEN 0 WHEN 'closed' THEN 1 ELSE 2 END)::int2", "i2"),
    "acted": ("asked_at IS NOT NULL OR offered_at IS NOT NULL", "?"),
}


def read_known(where: str, params: Mapping[str, Any]) -> Known:
    """The stored matches for which the condition holds, in no order."""
    columns = read_columns(KNOWN, "matches_match", where, params)
    return Known(**{name: _wide(column) for name, column in columns.items()})


def read_listed(where: str, params: Mapping[str, Any]) -> dict[str, Ints]:
    """Of the stored matches for which the condition holds, in no order, what places them in a list.

    That much is in the indexes by request and by activity: rows of a list lie far apart in the table.
    """
    fields = {name: KNOWN[name] for name in ("request_id", "activity_id", "score")}
    return {name: _wide(column) for name, column in read_columns(fields, "matches_match", where, params).items()}


def read_pairs(pairs: Paired) -> Known:
    """The open matches among these pairs, in no order."""
    values = {"requests": pairs.request_id.tolist(), "activities": pairs.activity_id.tolist()}
    return read_known(PAIRS, values)


PAIRS = """
    state = 'open' AND (request_id, activity_id) IN (
        SELECT * FROM unnest(%(requests)s::bigint[], %(activities)s::bigint[])
    )
"""


def _wide(column: Any) -> Any:
    return column if column.dtype == np.bool_ else column.astype(np.int64)


# ------------------------------------------------------------- the difference


@dataclass(frozen=True, eq=False)
class Difference:
    """Positions in what is wanted and what is known. Of `changed` what is said differs, or the score."""

    fresh: Ints
    changed: tuple[Ints, Ints]
    reopened: tuple[Ints, Ints]
    gone: Ints
    refused: Ints


def difference(wanted: Wanted, known: Known) -> Difference:
    """What is to be written so that the open ones of `known` are those of `wanted`; settled ones are left alone.

    `refused` are the wanted pairs that somebody put aside meanwhile.
    """
    keys, known_keys = _keys(wanted, known)
    _, at, met = np.intersect1d(keys, known_keys, assume_unique=True, return_indices=True)
    state = known.state[met]
    is_open, is_closed = state == OPEN, state == CLOSED
    words = wanted.fingerprint[at] != known.fingerprint[met]
    missed = np.ones(len(known), dtype=np.bool_)
    missed[met] = False
    return Difference(
        fresh=_without(len(wanted), at),
        changed=(at[is_open & words], met[is_open & words]),
        reopened=(at[is_closed], met[is_closed]),
        gone=np.flatnonzero(missed & (known.state == OPEN)),
        refused=at[state == SETTLED],
    )


class Paired(Protocol):
    """Anything with pairs as columns."""

    @property
    def request_id(self) -> Ints: ...
    @property
    def activity_id(self) -> Ints: ...


def same(pairs: Paired, others: Paired) -> Bools:
    """Which of the pairs are among the others."""
    keys, others_keys = _keys(pairs, others)
    return among(keys, np.sort(others_keys))


def _keys(pairs: Paired, others: Paired) -> tuple[Ints, Ints]:
    """One number per pair, on both sides alike."""
    ids = distinct(np.concatenate([pairs.activity_id, others.activity_id]))
    first, second = (each.request_id * len(ids) + np.searchsorted(ids, each.activity_id) for each in (pairs, others))
    return first, second


def _without(count: int, rows: Ints) -> Ints:
    left = np.ones(count, dtype=np.bool_)
    left[rows] = False
    return np.flatnonzero(left)


# -------------------------------------------------------------------- writing


def store(wanted: Wanted, known: Known, words: Callable[[Wanted], Texts]) -> Stored:
    """Write the difference; `words` is asked for pairs that are new or of which the words changed."""
    parts = difference(wanted, known)
    stored = Stored(len(parts.fresh), len(parts.changed[0]), len(parts.reopened[0]), len(parts.gone))
    stored.left = known.id[parts.gone].tolist()
    close(stored.left)
    for at, met in (parts.changed, parts.reopened):
        _change(known.id[met], wanted.take(at), words)
    stored.arrived = known.id[parts.reopened[1]].tolist() + _insert(wanted.take(parts.fresh), words)
    return stored


def close(ids: Collection[int]) -> None:
    """Close these open matches."""
    if ids:
        with connection.cursor() as cursor:
            cursor.execute(CLOSE, {"ids": list(ids), "now": timezone.now()})


def _change(ids: Ints, pairs: Wanted, words: Callable[[Wanted], Texts]) -> None:
    for part in batches(len(ids)):
        rows = pairs.take(part)
        reasons, shortfalls = zip(*words(rows), strict=True)
        values = {
            "ids": ids[part].tolist(),
            "score": (rows.score / 10).tolist(),
            "fingerprint": rows.fingerprint.tolist(),
            "reasons": list(reasons),
            "shortfalls": list(shortfalls),
        }
        with connection.cursor() as cursor:
            cursor.execute(CHANGE, values)


def _insert(pairs: Wanted, words: Callable[[Wanted], Texts]) -> list[int]:
    """New rows by one COPY, which PostgreSQL works on while the next are put into words; their ids.

    Those of a provider without a cap are put before people at once, which spares writing them twice (`placing`).
    """
    if not len(pairs):
        return []
    ids, uncapped = new_ids(len(pairs), distinct(pairs.activity_id).tolist())
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for part in batches(len(pairs)):
            rows = pairs.take(part)
            copy.write("".join(_lines(ids[part], rows, words(rows), uncapped)))
    return ids


def _lines(ids: list[int], rows: Wanted, texts: Texts, uncapped: set[int]) -> Iterator[str]:
    """Rows as COPY reads them; JSON holds no tab and no new line, and its backslashes are doubled.

    Nothing can be asked of a connection that copies: whoever makes the words has all that it needs.
    """
    now = timezone.now().isoformat()
    columns = (rows.request_id, rows.activity_id, rows.score / 10, rows.fingerprint)
    numbers = zip(ids, *(column.tolist() for column in columns), texts, strict=True)
    for pk, request_id, activity_id, score, fingerprint, (reasons, shortfalls) in numbers:
        placed = now if activity_id in uncapped else "\\N"
        said = f"{reasons}\t{shortfalls}".replace("\\", "\\\\")
        yield f"{pk}\t{request_id}\t{activity_id}\t{score}\t{fingerprint}\topen\t{now}\t\t{placed}\tf\t{said}\n"


def batches(count: int) -> Iterator[slice]:
    """Slices of so many rows as go into one statement."""
    return (slice(start, start + BATCH) for start in range(0, count, BATCH))


COPY = """
    COPY matches_match (id, request_id, activity_id, score, fingerprint, state, created_at, held, placed_at,
        place_filled, reasons, shortfalls) FROM STDIN
"""
CLOSE = "UPDATE matches_match SET state = 'closed', closed_at = %(now)s WHERE id = ANY(%(ids)s) AND state = 'open'"
# A person may put a pair aside while we work: that stands.
CHANGE = """
    UPDATE matches_match AS match SET score = new.score, fingerprint = new.fingerprint,
        reasons = new.reasons, shortfalls = new.shortfalls, state = 'open', closed_at = NULL
    FROM unnest(%(ids)s::bigint[], %(score)s::float8[], %(fingerprint)s::bigint[],
        %(reasons)s::jsonb[], %(shortfalls)s::jsonb[]) AS new (id, score, fingerprint, reasons, shortfalls)
    WHERE match.id = new.id AND match.state IN ('open', 'closed')
"""
