"""Which pairs are stored: the best of every request and the best of every activity, kept up as items change.

Two orders: within a request score falling, then activity id rising (its `rank`); within an activity score falling, then
request id rising (its `place`). Stored are the pairs of rank or place up to K. All is said from the side of the items
that are being matched, `mine`, and holds for both sides alike: what is eligible for mine is known in full, of the
other side (`theirs`) only what is stored, and the edge of each: the last of its best K.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching import positions
from matching.arrays import Bools, Ints

# As many pairs of each item are stored.
K = 10


@dataclass(frozen=True, eq=False)
class Rows:
    """Some pairs as columns of shape (n,); `score` in tenths."""

    mine: Ints
    theirs: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.mine)

    def take(self, which: Ints | Bools) -> Rows:
        return Rows(self.mine[which], self.theirs[which], self.score[which])

    def __add__(self, other: Rows) -> Rows:
        return Rows(
            np.concatenate([self.mine, other.mine]),
            np.concatenate([self.theirs, other.theirs]),
            np.concatenate([self.score, other.score]),
        )


@dataclass(frozen=True, eq=False)
class Edges:
    """Of some items, by id rising, the last of their K best: its score and the item of the other side.

    `full` is False for an item with fewer: all that is eligible for it is stored.
    """

    id: Ints
    full: Bools
    score: Ints
    other: Ints

    def admit(self, items: Ints, score: Ints, other: Ints) -> Bools:
        """Whether pairs of `items` are no worse than the edge; an item without one, or unknown, takes any."""
        if not len(self.id):
            return np.ones(len(items), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self.id, items), len(self.id) - 1)
        has_edge = self.full[at] & (self.id[at] == items)
        better = score > self.score[at]
        level = (score == self.score[at]) & (other <= self.other[at])
        return ~has_edge | better | level

    def take(self, which: Bools) -> Edges:
        return Edges(self.id[which], self.full[which], self.score[which], self.other[which])

    def merge(self, more: Edges) -> Edges:
        """With the edges of some other items."""
        order = np.argsort(np.concatenate([self.id, more.id]))
        return Edges(*(np.concatenate([getattr(self, name), getattr(more, name)])[order] for name in COLUMNS))

    def differ(self, other: Edges) -> Bools:
        """Which are not those of the same items in `other`."""
        moved = (self.score != other.score) | (self.other != other.other)
        return (self.full != other.full) | (self.full & moved)


COLUMNS = ("id", "full", "score", "other")


def edges_of(items: Ints, group: Ints, score: Ints, other: Ints) -> Edges:
    """The edges of `items` (rising) when the pairs (group, score, other) are all that is stored of them."""
    last = positions(group, score, other) == K
    at = np.searchsorted(items, group[last])
    inside = (at < len(items)) & (items[np.minimum(at, len(items) - 1)] == group[last]) if len(items) else last[:0]
    edges = Edges(items, np.zeros(len(items), dtype=np.bool_), *np.zeros((2, len(items)), dtype=np.int64))
    edges.full[at[inside]] = True
    edges.score[at[inside]], edges.other[at[inside]] = score[last][inside], other[last][inside]
    return edges


def candidates(found: Rows, there: Bools, edges: Edges) -> Bools:
    """Which of the eligible pairs of mine may be kept: among my best, by the edge of theirs, or `there` already."""
    own = positions(found.mine, found.score, found.theirs) <= K
    return own | there | edges.admit(found.theirs, found.score, found.mine)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Masks over the candidates (kept), and over the other pairs of theirs (pushed out); edges after it, both sides.

    `unsure` says per item of `theirs` that its next best is not known any more.
    """

    kept: Bools
    beyond: Bools
    mine: Edges
    theirs: Edges
    unsure: Bools


def settle(found: Rows, acted: Bools, others: Rows, mine: Ints, edges: Edges) -> Outcome:
    """What is kept of the candidates `found`, beside `others`: the stored pairs of theirs with items that are not mine.

    `mine` are the items being matched, rising; `edges` those of all of theirs that are touched, as they were.
    `beyond` in the outcome are the others that are not among the best of theirs any more: to be pushed out, unless they
    are among the best of their own, or somebody acted on them.
    """
    known = found + others
    place = positions(known.theirs, known.score, known.mine)
    own = positions(found.mine, found.score, found.theirs)
    kept = (own <= K) | (place[: len(found)] <= K) | acted
    after = edges_of(edges.id, known.theirs, known.score, known.mine)
    return Outcome(
        kept=kept,
        beyond=place[len(found) :] > K,
        mine=edges_of(mine, found.mine, found.score, found.theirs),
        theirs=after,
        unsure=edges.full & ~_as_good(after, edges),
    )


def _as_good(after: Edges, before: Edges) -> Bools:
    """What is not stored is worse than the old edge: a new one that is no worse leaves nothing out."""
    better = after.score > before.score
    level = (after.score == before.score) & (after.other <= before.other)
    return after.full & (better | level)
