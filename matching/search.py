"""The best pairs of each request, and of each activity, without weighing the others.

Groups of requests meet their candidates on a grid of bounds. Of each request those that promise most are weighed
first; its last place among them is the bar for the rest. Activities have such a bar too, and it rises as requests
stream by. What no bound takes over a bar is never looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from .arrays import Bools, Ints
from .best import Leaders, Order, numbered
from .block import Run
from .bound import Bounds, Grid
from .narrow import Candidates
from .rules import eligible
from .score import tenths

# Cells of grids that are searched together: 16 MB of bounds.
CELLS = 1 << 22
# What is weighed first: per request so many times the best, out of so many candidates.
FIRST, COLUMNS = 3, 512
# Requests and activities, column by column.
Pairs = tuple[Ints, Ints]


@dataclass(frozen=True, eq=False)
class _Group:
    """Requests at `rows` with their candidates at `found`, those that promise most first. Per candidate what it has for
    all of them (`own`) and the most that it can have for any (`ceiling`), without what hangs on the request alone."""

    rows: Ints
    found: Ints
    own: Grid
    ceiling: Grid


def search(run: Run, best: int, leaders: Leaders | None = None) -> Iterator[Ints]:
    """The `best` pairs of all requests, in parts: rows r, a, score (tenths) and rank, by request and rank.

    Each request is whole within a part. With `leaders` all pairs that are among the best of their activity are added
    to it, too.
    """
    searcher = Search(run, best, leaders)
    for groups in searcher.parts():
        yield searcher.tops(groups)


class Search:
    def __init__(self, run: Run, best: int, leaders: Leaders | None) -> None:
        self._run, self._best, self._leaders = run, best, leaders
        self._bounds = Bounds(run)
        self._order = Order(len(run.activities))
        self._bars = np.zeros(len(run.requests), dtype=np.float32)
        self._cuts = np.zeros(len(run.requests), dtype=np.float32)

    def parts(self) -> Iterator[list[_Group]]:
        candidates = Candidates(self._run)
        groups: list[_Group] = []
        cells = 0
        for rows, found in _groups(candidates):
            groups.append(self._group(rows, found))
            cells += len(rows) * len(found)
            if cells >= CELLS:
                yield groups
                groups, cells = [], 0
        if groups:
            yield groups

    def _group(self, rows: Ints, found: Ints) -> _Group:
        own = self._bounds.own(rows, found)
        ceiling = own + self._bounds.nearness(rows, found)
        order = np.argsort(-ceiling)
        return _Group(rows, found[order], own[order], ceiling[order])

    def tops(self, groups: list[_Group]) -> Ints:
        first = self._weighed(groups, self._look_first)
        r, _, score, rank = self._first(first)
        self._bars[r[rank == self._best]] = score[rank == self._best]
        rest = self._weighed(groups, self._look_again)
        r, a, score = both = np.concatenate([first, rest], axis=1)
        if self._leaders is not None:
            self._leaders.add(r, a, score)
        return self._first(both)

    def _look_first(self, group: _Group) -> tuple[Ints, Ints]:
        """Of each request the cells that promise most, out of the first columns."""
        bounds = self._bounds.grid(group.rows, group.found[:COLUMNS], group.own[:COLUMNS])
        cut = _cut(bounds, self._best * FIRST)
        self._cuts[group.rows] = cut[:, 0]
        return _cells(bounds >= cut, group.rows, group.found[:COLUMNS])

    def _look_again(self, group: _Group) -> tuple[Ints, Ints]:
        """What may be over a bar and was not looked at."""
        of_request = self._bounds.of_request[group.rows]
        need = self._bars[group.rows] - of_request
        wanted = group.ceiling >= need.min()
        if self._leaders is not None:
            wanted |= group.ceiling + of_request.max() >= self._leaders.bars[group.found]
        columns = np.flatnonzero(wanted)
        found = group.found[columns]
        bounds = self._bounds.grid(group.rows, found, group.own[columns])
        over = bounds >= need[:, None]
        if self._leaders is not None:
            over |= bounds >= self._leaders.bars[found] - of_request[:, None]
        seen = np.searchsorted(columns, COLUMNS)
        over[:, :seen] &= bounds[:, :seen] < self._cuts[group.rows][:, None]
        return _cells(over, group.rows, found)

    def _weighed(self, groups: list[_Group], look: Callable[[_Group], Pairs]) -> Ints:
        """The eligible pairs among those that a look at some groups finds: rows r, a and score."""
        r, a = (np.concatenate(side) for side in zip(*map(look, groups), strict=True))
        block = eligible(self._run.block(r, a))
        return np.stack([block.r, block.a, tenths(block)])

    def _first(self, pairs: Ints) -> Ints:
        """The best of each request: rows r, a, score and rank."""
        order = self._order
        keys = order.keys(pairs[0], pairs[2], pairs[1])
        keys.sort()
        rank = numbered(order.groups(keys))
        keys, rank = keys[rank <= self._best], rank[rank <= self._best]
        return np.stack([order.groups(keys), order.members_of(keys), order.scores(keys), rank])


def _cells(chosen: Bools, rows: Ints, found: Ints) -> Pairs:
    row, column = np.divmod(np.flatnonzero(chosen), len(found))
    return rows[row], found[column]


def _groups(candidates: Candidates) -> Iterator[tuple[Ints, Ints]]:
    """Groups in an order like that of a draw, so that the bars of all activities rise early."""
    groups = candidates.groups()
    for at in np.random.default_rng(0).permutation(len(groups)).tolist():
        rows = groups[at]
        found = candidates.of_group(int(rows[0]))
        if len(found):
            step = max(1, CELLS // len(found))
            yield from ((rows[start : start + step], found) for start in range(0, len(rows), step))


def _cut(bounds: Grid, number: int) -> Grid:
    """Per request a bound that at least `number` activities reach, and not many more; 0 where there are not so many.

    The highest of each of many columns, then the last of the best of those: a look at each cell and no sorting.
    """
    columns = min(4 * number, bounds.shape[1])
    if columns < number:
        return np.zeros((len(bounds), 1), dtype=np.float32)
    deep = bounds[:, : bounds.shape[1] // columns * columns].reshape(len(bounds), -1, columns).max(axis=1)
    cut = np.partition(deep, columns - number, axis=1)[:, columns - number, None]
    return np.maximum(cut, 0)
