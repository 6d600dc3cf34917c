"""The ways to run the engine. All of them are a choice of blocks; the same rules and score decide over every block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Ints
from .block import Block, Run, Terms
from .columns import ActivityColumns, RequestColumns
from .narrow import Candidates
from .reasons import Reasons, reasons, shortfalls
from .rows import ActivityRow, RequestRow
from .rules import eligible
from .score import tenths

# Candidate pairs that are weighed together: large enough that a numpy call costs nothing per pair, small enough that
# the columns of a block stay in the processor's cache.
CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Pair:
    """An eligible pair. `rank` counts from 1 within the request; None where not all its activities were looked at."""

    request_id: int
    activity_id: int
    score: float
    rank: int | None
    reasons: Reasons
    shortfalls: Reasons


@dataclass(frozen=True, eq=False)
class Pairs:
    """Eligible pairs as columns of shape (pairs,), by request id and then by rank; score from 0 to 100, one decimal."""

    request_id: Ints
    activity_id: Ints
    score: Floats
    rank: Ints

    def __len__(self) -> int:
        return len(self.request_id)


def match_request(request: RequestRow, activities: ActivityColumns, terms: Terms) -> list[Pair]:
    """The activities that one request is eligible for, best first (design.md §5)."""
    run = Run(RequestColumns.from_rows([request]), activities, terms)
    block, score, rank = _ranked(run.all_pairs())
    return _described(block, score, rank.tolist())


def match_activity(activity: ActivityRow, requests: RequestColumns, terms: Terms) -> list[Pair]:
    """The requests that are eligible for one activity, highest score first, then lowest request id; without rank."""
    run = Run(requests, ActivityColumns.from_rows([activity]), terms)
    block = eligible(run.all_pairs())
    score = tenths(block)
    order = np.lexsort((block.r, -score))
    return _described(block.keep(order), score[order], [None] * len(order))


def match_all(requests: RequestColumns, activities: ActivityColumns, terms: Terms, *, top: int | None = None) -> Pairs:
    """All eligible pairs, or the best `top` of each request.

    Sharding is splitting `requests` (see `RequestColumns.take`): the pairs of the parts are the pairs of the whole.
    Without `top` a national run has tens of millions of pairs at 32 bytes each; `iter_all` hands them out in parts.
    """
    parts = list(iter_all(requests, activities, terms, top=top))
    if not parts:
        return _pairs(Run(requests, activities, terms).block(*np.empty((2, 0), np.int64)), *np.empty((2, 0), np.int64))
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__dataclass_fields__]
    order = np.lexsort((columns[3], columns[0]))
    return Pairs(*(column[order] for column in columns))


def iter_all(
    requests: RequestColumns, activities: ActivityColumns, terms: Terms, *, top: int | None = None
) -> Iterator[Pairs]:
    """`match_all` in parts of bounded size; each request is whole within one part, requests come in no given order."""
    run = Run(requests, activities, terms)
    for block in _candidate_blocks(run):
        yield _pairs(*_ranked(block, top))


def describe(requests: RequestColumns, activities: ActivityColumns, terms: Terms, pairs: Pairs) -> list[Pair]:
    """The pairs of `match_all` with their reasons and shortfalls, in the order given."""
    run = Run(requests, activities, terms)
    r = np.searchsorted(requests.id, pairs.request_id)
    block = run.block(r, np.searchsorted(activities.id, pairs.activity_id))
    return _described(block, np.rint(pairs.score * 10).astype(np.int64), pairs.rank.tolist())


def _candidate_blocks(run: Run) -> Iterator[Block]:
    """Blocks of about CHUNK candidate pairs, request by request, never more than CHUNK + one request's candidates."""
    candidates = Candidates(run)
    rows: list[int] = []
    found: list[Ints] = []
    size = 0
    for r in np.lexsort((run.requests.levels, run.requests.municipality)).tolist():
        activities = candidates.of(r)
        if not len(activities):
            continue
        rows.append(r)
        found.append(activities)
        size += len(activities)
        if size >= CHUNK:
            yield _joined(run, rows, found)
            rows, found, size = [], [], 0
    if found:
        yield _joined(run, rows, found)


def _joined(run: Run, rows: list[int], found: list[Ints]) -> Block:
    r = np.repeat(np.array(rows, dtype=np.int64), [len(activities) for activities in found])
    return run.block(r, np.concatenate(found))


def _ranked(block: Block, top: int | None = None) -> tuple[Block, Ints, Ints]:
    """The eligible pairs with their score in tenths and their rank, request by request, best first."""
    block = eligible(block)
    score = tenths(block)
    order = _best_first(block.r, score)
    block, score = block.keep(order), score[order]
    starts = np.flatnonzero(np.diff(block.r, prepend=-1))
    rank = np.arange(len(block)) - np.repeat(starts, np.diff(starts, append=len(block))) + 1
    if top is not None:
        best = rank <= top
        block, score, rank = block.keep(best), score[best], rank[best]
    return block, score, rank


def _best_first(r: Ints, score: Ints) -> Ints:
    """The order by group of equal `r` (as they come), then score falling, then position, which is activity id rising.

    All three go into one number: sorting numbers in place is many times faster than sorting positions by keys.
    """
    group = np.cumsum(np.diff(r, prepend=r[:1]) != 0)
    key = (group << 42) | ((1000 - score) << 32) | np.arange(len(r))
    key.sort()
    return key & 0xFFFFFFFF


def _pairs(block: Block, score: Ints, rank: Ints) -> Pairs:
    return Pairs(block.requests.id[block.r], block.activities.id[block.a], score / 10, rank)


def _described(block: Block, score: Ints, rank: list[int] | list[None]) -> list[Pair]:
    columns = (
        block.requests.id[block.r].tolist(),
        block.activities.id[block.a].tolist(),
        (score / 10).tolist(),
        rank,
        reasons(block),
        shortfalls(block),
    )
    return [Pair(*row) for row in zip(*columns, strict=True)]
