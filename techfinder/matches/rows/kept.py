"""The rows of one side in the memory of this process, so that one item meets 100,000 of the other side in milliseconds.

What a table has now is what was kept, with those rows read again that the log of changes (`RowChange`) names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from matching.arrays import Bools, Ints
from techfinder import following
from techfinder.matches.models import RowChange
from techfinder.matches.models.rows import PRUNED, SIDES
from techfinder.matches.rows.binary import Table, ids_in

# Reads rows with a condition, in any order; the columns `id` and `live` are among them.
Read = Callable[[str, dict[str, Any]], Table]
Choose = Callable[[Table], Bools | Ints]

# Room for new rows until the columns are laid out anew.
SPARE = 4096
# Of more changed rows than one in so many, reading all is quicker.
MANY = 5
MOST_CHANGES = 200_000


class _Changes:
    """What changed in the tables, looked up once for all that is kept; one thread at a time is let in."""

    def __init__(self) -> None:
        item = f"CASE side WHEN {PRUNED} THEN {following.PRUNED} ELSE item_id * {SIDES} + side END"
        self._follower = following.Follower(RowChange._meta.db_table, item)
        self._lock = threading.RLock()
        self._inside = 0
        self._kept: list[Kept] = []

    def add(self, kept: Kept) -> None:
        self._kept.append(kept)

    @contextmanager
    def looked(self) -> Iterator[None]:
        """All that is selected inside is as this transaction sees it now: it is to write nothing meanwhile."""
        with self._lock:
            if not self._inside:
                self._look()
            self._inside += 1
            try:
                yield
            finally:
                self._inside -= 1

    def _look(self) -> None:
        changed = self._follower.look()
        for kept in self._kept:
            kept.outdate(None if changed is None else changed[changed % SIDES == kept.side] // SIDES)
        self._follower.done()


CHANGES = _Changes()


class Kept:
    """The live rows of one side, and some that were: those have `live` false."""

    def __init__(self, side: int, key: str, read: Read, *, all_of: str = "item.live") -> None:
        self.side, self._key, self._read, self._all_of = side, key, read, all_of
        self._columns: Table = {}
        self._place: dict[int, int] = {}
        self._count = 0
        # What is to be read again; None: all of it.
        self._outdated: set[int] | None = None
        CHANGES.add(self)

    def select(self, choose: Choose) -> Table:
        """The rows as this transaction sees them that `choose` says: a mask over columns of shape (rows,), or which."""
        with CHANGES.looked():
            self._catch_up()
            there = {name: column[: self._count] for name, column in self._columns.items()}
            chosen = choose(there)
            rows = np.flatnonzero(chosen) if chosen.dtype == np.bool_ else chosen
            return {name: column[rows] for name, column in there.items()}

    def outdate(self, ids: Ints | None) -> None:
        """Read these again before the next answer; None, or more than are worth it: all."""
        if ids is None or self._outdated is None:
            self._outdated = None
        else:
            self._outdated.update(ids.tolist())
            if len(self._outdated) > SPARE + self._count // MANY:
                self._outdated = None

    def _catch_up(self) -> None:
        # Whatever breaks off makes the next one start from nothing.
        outdated, self._outdated = self._outdated, None
        if outdated is None or not self._take_over(outdated):
            self._read_all()
        self._outdated = set()

    def _take_over(self, ids: set[int]) -> bool:
        """Read the changed rows again; False when there is no room for those that are new."""
        if not ids:
            return True
        found = self._read(*ids_in(self._key, ids))
        read = found["id"].tolist()
        fresh = [pk for pk in read if pk not in self._place]
        if self._count + len(fresh) > len(self._columns["id"]):
            return False
        self._drop(ids.difference(read))
        self._place.update(zip(fresh, range(self._count, self._count + len(fresh)), strict=True))
        self._count += len(fresh)
        places = [self._place[pk] for pk in read]
        for name, column in found.items():
            self._columns[name][places] = column
        return True

    def _drop(self, ids: set[int]) -> None:
        gone = [self._place.pop(pk) for pk in ids if pk in self._place]
        self._columns["live"][gone] = False

    def _read_all(self) -> None:
        found = self._read(self._all_of, {})
        self._count = len(found["id"])
        self._place = dict(zip(found["id"].tolist(), range(self._count), strict=True))
        self._columns = {name: _with_room(column) for name, column in found.items()}


def _with_room(column: Any) -> Any:
    room = np.zeros(len(column) + max(SPARE, len(column) // 8), dtype=column.dtype)
    room[: len(column)] = column
    return room


def prune_changes() -> None:
    """Shorten the log once it is long: a process that is far behind then reads all rows again, once."""
    following.prune(RowChange, most=MOST_CHANGES, marker={"side": PRUNED, "item_id": 0})
