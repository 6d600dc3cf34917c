"""One matching of some items against the whole other side: what is found, kept, pushed out, and not known any more.

Runs inside the transaction and under the lock of its caller (`actions.matching`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matching import fingerprints, weigh
from matching.arrays import Bools, Ints, among, distinct
from techfinder.matches.pairs.lists import Edges, Rows, candidates, settle
from techfinder.matches.pairs.sides import (
    Outdated,
    Side,
    Table,
    find,
    loaded_edges,
    other,
    read_edges,
    rows_of,
    write_all_edges,
)
from techfinder.matches.pairs.spelling import Speller
from techfinder.matches.pairs.stored import (
    OPEN,
    SETTLED,
    Known,
    Stored,
    Wanted,
    close,
    read_known,
    read_listed,
    read_pairs,
    same,
    store,
)
from techfinder.matches.rows import World


@dataclass(frozen=True, eq=False)
class Found:
    """Eligible pairs as columns of shape (n,); `score` in tenths."""

    request_id: Ints
    activity_id: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.request_id)

    def take(self, which: Ints | Bools) -> Found:
        return Found(self.request_id[which], self.activity_id[which], self.score[which])

    def __add__(self, more: Found) -> Found:
        return Found(
            np.concatenate([self.request_id, more.request_id]),
            np.concatenate([self.activity_id, more.activity_id]),
            np.concatenate([self.score, more.score]),
        )


class Work:
    """What was loaded of both sides, and what is stored of mine; `store` does it all."""

    def __init__(self, side: Side, table: Table, world: World) -> None:
        self.side, self.table, self.world = side, table, world
        # How many items of the other side lost a pair, so that their next best is not known.
        self.unsure = 0
        self.mine: Ints = table.mine.columns.id
        self.known = read_known(f"{side.key} = ANY(%(ids)s::bigint[])", {"ids": self.mine.tolist()})
        self.open = self.known.take(self.known.state == OPEN)
        self.acted = self.known.take(self.known.acted & (self.known.state != SETTLED))
        settled = self.known.take(self.known.state == SETTLED)
        self.terms = world.terms(list(zip(settled.request_id.tolist(), settled.activity_id.tolist(), strict=True)))

    def store(self) -> Stored:
        """Write what is kept and close what is pushed out, with the edges of all that is touched."""
        found = self._found()
        edges = self._edges(self._touched(found))
        others = self._others(edges.id)
        outcome = settle(self._rows(found), same(found, self.acted), self._rows(others), self.mine, edges)
        pushed = self._pushed_out(others.take(outcome.beyond), edges)
        close(pushed)
        stored = self._write(found.take(outcome.kept))
        stored.closed += len(pushed)
        stored.left += pushed
        self.unsure = int(outcome.unsure.sum())
        theirs = Outdated(other(self.side), outcome.theirs, stale=edges.id[outcome.unsure])
        write_all_edges([theirs, Outdated(self.side, outcome.mine, done=self.mine)])
        return stored

    def _rows(self, pairs: Found | Known) -> Rows:
        return rows_of(self.side, pairs.request_id, pairs.activity_id, pairs.score)

    def _found(self) -> Found:
        """The eligible pairs that may be kept."""
        pairs = Found(*find(self.table, self.terms))
        if len(self.mine) > 1:
            pairs += self._acted_beyond(pairs)
        edges = loaded_edges(self.table.theirs)
        return pairs.take(candidates(self._rows(pairs), same(pairs, self.open) | same(pairs, self.acted), edges))

    def _acted_beyond(self, pairs: Found) -> Found:
        """Of many items only the best are found: those on which somebody acted stay as long as they are eligible."""
        beyond = self.acted.take(~same(self.acted, pairs))
        columns = self.table.requests, self.table.activities
        return Found(*weigh(*columns, self.terms, beyond.request_id, beyond.activity_id))

    def _touched(self, found: Found) -> Ints:
        """The items of the other side whose lists may change."""
        return distinct(np.concatenate([self._rows(found).theirs, self._rows(self.open).theirs]))

    def _edges(self, theirs: Ints) -> Edges:
        """The edges of these items of the other side: of most they were loaded with the rows."""
        loaded = loaded_edges(self.table.theirs)
        others = theirs[~among(theirs, loaded.id)]
        known = loaded.take(among(loaded.id, theirs))
        return known.merge(read_edges(other(self.side), others)) if len(others) else known

    def _others(self, theirs: Ints) -> Found:
        """The stored pairs of the other side with items that are not mine."""
        across = other(self.side).key
        where = (
            f"{across} = ANY(%(theirs)s::bigint[]) AND state = 'open' AND {self.side.key} <> ALL(%(mine)s::bigint[])"
        )
        return Found(**read_listed(where, {"theirs": theirs.tolist(), "mine": self.mine.tolist()}))

    def _pushed_out(self, beyond: Found, before: Edges) -> list[int]:
        """The ids of those that were among the best of theirs until now, and are not among the best of their own
        either; what somebody acted on stays.

        What was beyond the edge of theirs already is there for its own item, of which nothing changed.
        """
        rows = self._rows(beyond)
        inside = before.admit(rows.theirs, rows.score, rows.mine)
        rows, fell = rows.take(inside), beyond.take(inside)
        if not len(fell):
            return []
        own = read_edges(self.side, distinct(rows.mine))
        known = read_pairs(fell.take(~own.admit(rows.mine, rows.score, rows.theirs)))
        pushed: list[int] = known.id[~known.acted].tolist()
        return pushed

    def _write(self, kept: Found) -> Stored:
        columns = self.table.requests, self.table.activities
        prints = fingerprints(*columns, self.terms, kept.request_id, kept.activity_id)
        wanted = Wanted(kept.request_id, kept.activity_id, kept.score, prints)
        return store(wanted, self.known, Speller(*columns, self.terms, self.world))
