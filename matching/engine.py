"""The ways to run the engine. All of them are a choice of blocks; the same rules and score decide over every block."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .arrays import Floats, Ints, among
from .best import Best, Leaders, Order, numbered
from .block import Block, Run, Terms
from .columns import ActivityColumns, RequestColumns
from .fingerprint import fingerprint
from .narrow import Narrow
from .reasons import Reasons, reasons, shortfalls
from .rows import ActivityRow, RequestRow
from .rules import eligible
from .score import tenths
from .search import cells, groups, search

# Candidate pairs that are weighed together: large enough that a numpy call costs nothing per pair, small enough that
# the columns of a block stay in the processor's cache.
CHUNK = 1 << 16


class Pair(NamedTuple):
    """An eligible pair. `rank` counts from 1 within the request; None where not all its activities were looked at.

    `fingerprint` stands for score, reasons and shortfalls: see `fingerprints`.
    """

    request_id: int
    activity_id: int
    score: float
    rank: int | None
    reasons: Reasons
    shortfalls: Reasons
    fingerprint: int


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


def match_all(requests: RequestColumns, activities: ActivityColumns, terms: Terms) -> Pairs:
    """All eligible pairs.

    Sharding is splitting `requests` (see `RequestColumns.take`): the pairs of the parts are the pairs of the whole.
    A national run has tens of millions of pairs at 32 bytes each; `iter_all` hands them out in parts.
    """
    parts = list(iter_all(requests, activities, terms))
    if not parts:
        return _pairs(Run(requests, activities, terms).block(*np.empty((2, 0), np.int64)), *np.empty((2, 0), np.int64))
    columns = [np.concatenate([getattr(part, name) for part in parts]) for name in Pairs.__dataclass_fields__]
    order = np.lexsort((columns[3], columns[0]))
    return Pairs(*(column[order] for column in columns))


def iter_all(requests: RequestColumns, activities: ActivityColumns, terms: Terms) -> Iterator[Pairs]:
    """`match_all` in parts of bounded size; each request is whole within one part, requests come in no given order."""
    for block in _candidate_blocks(Run(requests, activities, terms)):
        yield _pairs(*_ranked(block))


def best_pairs(requests: RequestColumns, activities: ActivityColumns, terms: Terms, *, best: int = 10) -> Best:
    """The pairs among the `best` of their request or among the `best` of their activity's requests (of these requests).

    Runs over parts of the requests are put together by `combine`. ValueError when `best` is less than 1.
    """
    if best < 1:
        raise ValueError(f"the best {best} of each are none")
    run = Run(requests, activities, terms)
    leaders = Leaders(len(requests), len(activities), best)
    tops = np.concatenate([np.empty((4, 0), dtype=np.int64), *search(run, best, leaders)], axis=1)
    return _kept(run, tops, leaders.pairs(), best)


def _kept(run: Run, tops: Ints, leaders: Ints, best: int) -> Best:
    """The union of the best of requests (rows r, a, score, rank) and of activities (r, a, score, place)."""
    order = Order(len(run.activities))
    by_rank, by_place = order.keys(tops[0], tops[2], tops[1]), order.keys(leaders[0], leaders[2], leaders[1])
    keys = np.concatenate([by_rank, by_place])
    keys.sort()
    keys = keys[np.diff(keys, prepend=-1) != 0]
    rank, place = (np.full(len(keys), best + 1) for _ in range(2))
    rank[np.searchsorted(keys, by_rank)] = tops[3]
    place[np.searchsorted(keys, by_place)] = leaders[3]
    r, a = order.groups(keys), order.members_of(keys)
    return Best(run.requests.id[r], run.activities.id[a], order.scores(keys), rank, place, _fingerprints(run, r, a))


def weigh(
    requests: RequestColumns,
    activities: ActivityColumns,
    terms: Terms,
    request_id: Ints | None = None,
    activity_id: Ints | None = None,
) -> tuple[Ints, Ints, Ints]:
    """Request id, activity id and score (tenths of a point) of the eligible ones among some pairs, in their order.

    The pairs are ids of shape (pairs,), of which unknown ones are not eligible; without them all pairs are meant, so
    that one side must be short.
    """
    run = Run(requests, activities, terms)
    if request_id is None or activity_id is None:
        block = eligible(run.all_pairs())
    else:
        known = among(request_id, requests.id) & among(activity_id, activities.id)
        block = eligible(run.block(_at(requests.id, request_id[known]), _at(activities.id, activity_id[known])))
    return requests.id[block.r], activities.id[block.a], tenths(block)


def fingerprints(
    requests: RequestColumns, activities: ActivityColumns, terms: Terms, request_id: Ints, activity_id: Ints
) -> Ints:
    """Per eligible pair (ids of shape (pairs,)) the number that stands for its score, reasons and shortfalls.

    Equal numbers are equal words, in this run and in others, whatever the other rows. KeyError for an unknown id.
    """
    run = Run(requests, activities, terms)
    return _fingerprints(run, _at(requests.id, request_id), _at(activities.id, activity_id))


def _at(ids: Ints, wanted: Ints) -> Ints:
    missing = ~among(wanted, ids)
    if missing.any():
        raise KeyError(int(wanted[missing].min()))
    return np.searchsorted(ids, wanted)


def _fingerprints(run: Run, r: Ints, a: Ints) -> Ints:
    parts = [slice(start, start + CHUNK) for start in range(0, len(r), CHUNK)]
    found = [fingerprint(run.block(r[part], a[part])) for part in parts]
    return np.concatenate([np.empty(0, dtype=np.int64), *found])


def describe(
    requests: RequestColumns, activities: ActivityColumns, terms: Terms, request_id: Ints, activity_id: Ints
) -> list[tuple[Reasons, Reasons]]:
    """Per eligible pair (ids of shape (pairs,)) its reasons and its shortfalls. KeyError for an unknown id."""
    run = Run(requests, activities, terms)
    block = run.block(_at(requests.id, request_id), _at(activities.id, activity_id))
    return list(zip(reasons(block), shortfalls(block), strict=True))


def _candidate_blocks(run: Run) -> Iterator[Block]:
    """Blocks of about CHUNK candidate pairs, request by request, never more than CHUNK + one group's candidates."""
    narrow = Narrow(run)
    parts: list[tuple[Ints, Ints]] = []
    size = 0
    for rows, found in groups(run, CHUNK):
        parts.append(cells(rows, found, narrow.holds(rows, found)))
        size += len(parts[-1][0])
        if size >= CHUNK:
            yield _joined(run, parts)
            parts, size = [], 0
    if size:
        yield _joined(run, parts)


def _joined(run: Run, parts: list[tuple[Ints, Ints]]) -> Block:
    r, a = (np.concatenate(side) for side in zip(*parts, strict=True))
    return run.block(r, a)


def _ranked(block: Block) -> tuple[Block, Ints, Ints]:
    """The eligible pairs with their score in tenths and their rank, request by request, best first."""
    block = eligible(block)
    score = tenths(block)
    order = _best_first(block.r, score)
    block, score = block.keep(order), score[order]
    rank = numbered(block.r)
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
        fingerprint(block).tolist(),
    )
    return list(map(Pair._make, zip(*columns, strict=True)))
