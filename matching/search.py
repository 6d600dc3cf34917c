"""The best pairs of each request, and of each activity, without weighing the others.

Groups of requests meet their candidates. Of each request those that promise most are weighed first; its last place
among them is the bar for the rest. Activities have such a bar too, and it rises as requests stream by. What no bound
lifts over a bar is never looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from .arrays import Bools, Ints
from .best import Leaders, Order, numbered
from .block import Run
from .bound import SLACK, Bounds, Points
from .columns import WORD
from .narrow import Candidates, Narrow
from .rules import eligible
from .score import tenths

# Requests times candidates that are searched together, so that calls cost nothing per pair.
CELLS = 1 << 22
# What is weighed first: per request so many times the best, out of so many candidates.
FIRST, COLUMNS = 3, 512
# Below the bound of every pair that has a workable delivery.
TINY = np.float32(SLACK / 2)


@dataclass(frozen=True, eq=False)
class _Group:
    """Requests at `rows` with their candidates at `found`: per candidate what it has for all of them (`own`), and the
    most that it can have for any, without what hangs on the request alone (`ceiling`).

    What is weighed first: the candidates at `columns`, and of those the cells `seen`.
    """

    rows: Ints
    found: Ints
    own: Points
    ceiling: Points
    columns: Ints
    seen: Bools


def search(run: Run, best: int, leaders: Leaders) -> Iterator[Ints]:
    """The `best` pairs of all requests, in parts: rows r, a, score (tenths) and rank, by request and rank.

    Each request is whole within a part. All pairs that are among the best of their activity are added to `leaders`.
    """
    searcher = _Search(run, best, leaders)
    for part in searcher.parts():
        yield searcher.tops(part)


class _Search:
    """A search under way: the bars of requests, and of activities in `leaders`."""

    def __init__(self, run: Run, best: int, leaders: Leaders) -> None:
        self._run, self._best, self._leaders = run, best, leaders
        self._narrow = Narrow(run)
        self._bounds = Bounds(run, self._narrow)
        self._order = Order(len(run.activities))
        self._bars = np.zeros(len(run.requests), dtype=np.float32)

    def parts(self) -> Iterator[list[_Group]]:
        """All groups, some at a time."""
        part: list[_Group] = []
        size = 0
        for rows, found in groups(self._run, CELLS):
            part.append(self._group(rows, found))
            size += len(rows) * len(found)
            if size >= CELLS:
                yield part
                part, size = [], 0
        if part:
            yield part

    def tops(self, part: list[_Group]) -> Ints:
        """The best of each request of the groups: rows r, a, score and rank."""
        first = self._weighed(*_joined(_pairs(group, group.columns, group.seen)[:2] for group in part))
        r, _, score, rank = self._first(first)
        self._bars[r[rank == self._best]] = score[rank == self._best]
        rest = self._weighed(*self._over_a_bar(*_joined(map(self._look_again, part))))
        both = np.concatenate([first, rest], axis=1)
        self._leaders.add(*both)
        return self._first(both)

    def _group(self, rows: Ints, found: Ints) -> _Group:
        """What each of `rows` may take, and of that the first few by ceiling as `seen`."""
        own = self._bounds.own(rows)[found]
        ceiling = own + self._bounds.nearness(rows)[found]
        columns = _highest(ceiling, COLUMNS)
        holds = self._narrow.holds(rows, found[columns])
        seen = holds & (np.cumsum(holds, axis=1, dtype=np.uint32) <= FIRST * self._best)
        return _Group(rows, found, own, ceiling, columns, seen)

    def _look_again(self, group: _Group) -> tuple[Ints, Ints, Points]:
        """What may be over a bar by its ceiling and was not seen: r, a, and what the group has."""
        of_request = self._bounds.of_request[group.rows][:, None]
        over = group.ceiling >= self._bars[group.rows][:, None] - of_request
        over |= group.ceiling - self._leaders.bars[group.found] >= -of_request
        over &= self._narrow.holds(group.rows, group.found)
        over[:, group.columns] &= ~group.seen
        return _pairs(group, slice(None), over)

    def _over_a_bar(self, r: Ints, a: Ints, own: Points) -> tuple[Ints, Ints]:
        """Those pairs that may be over a bar by a closer look."""
        bound = self._bounds.of_pairs(r, a, own)
        over = bound >= np.maximum(self._bars[r], TINY)
        over |= bound >= np.maximum(self._leaders.bars[a], TINY)
        return r[over], a[over]

    def _weighed(self, r: Ints, a: Ints) -> Ints:
        """The eligible ones of some pairs: rows r, a and score."""
        block = eligible(self._run.block(r, a))
        return np.stack([block.r, block.a, tenths(block)])

    def _first(self, pairs: Ints) -> Ints:
        """The best of each request among some pairs: rows r, a, score and rank."""
        order, (r, a, score) = self._order, pairs
        keys = order.keys(r, score, a)
        keys.sort()
        rank = numbered(order.groups(keys))
        keys, rank = keys[rank <= self._best], rank[rank <= self._best]
        return np.stack([order.groups(keys), order.members_of(keys), order.scores(keys), rank])


def groups(run: Run, size: int) -> Iterator[tuple[Ints, Ints]]:
    """Requests that are alike and their candidates, as positions; not many more than `size` pairs at a time.

    Municipalities come in an order like that of a draw, so that the bars of all activities rise early.
    """
    candidates = Candidates(run)
    draw = np.random.default_rng(0).random(len(run.activities.regions) * WORD)
    for rows in sorted(candidates.groups(), key=lambda rows: draw[run.municipality_bit[rows[0]]]):
        found = candidates.of_group(rows)
        if len(found):
            step = max(1, size // len(found))
            yield from ((rows[start : start + step], found) for start in range(0, len(rows), step))


def _highest(points: Points, number: int) -> Ints:
    """The positions of so many of the highest, highest first."""
    if len(points) > number:
        most = np.argpartition(points, len(points) - number)[-number:]
        return most[np.argsort(-points[most])]
    return np.argsort(-points)


def _pairs(group: _Group, columns: Ints | slice, chosen: Bools) -> tuple[Ints, Ints, Points]:
    """The chosen cells of some columns of a group, with what its candidates have for all."""
    r, at = cells(group.rows, np.arange(chosen.shape[1]), chosen)
    return r, group.found[columns][at], group.own[columns][at]


def cells(rows: Ints, found: Ints, chosen: Bools) -> tuple[Ints, Ints]:
    """The chosen pairs of a grid of `rows` and `found`."""
    column = np.flatnonzero(chosen)
    column %= chosen.shape[1]
    return np.repeat(rows, np.count_nonzero(chosen, axis=1)), found[column]


def _joined(parts: Iterable[tuple[Any, ...]]) -> tuple[Any, ...]:
    return tuple(np.concatenate(side) for side in zip(*parts, strict=True))
