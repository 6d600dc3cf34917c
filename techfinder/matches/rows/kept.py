"""The rows of one side in the memory of this process, so that one item meets 100,000 of the other side in milliseconds.

What a table has now is what was kept, with those rows read again that the log of changes (`RowChange`) names.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np

from matching.arrays import Bools, Ints
from techfinder import following
from techfinder.matches.models import RowChange
from techfinder.matches.models.rows import PRUNED
from techfinder.matches.rows.binary import Table, ids_in

# Reads rows with a condition, in any order; the columns `id` and `live` are among them.
Read = Callable[[str, dict[str, Any]], Table]
Choose = Callable[[Table], Bools]

# Room for new rows until the columns are laid out anew.
SPARE = 4096
# Of more changed rows than one in so many, reading all is quicker.
MANY = 5
MOST_CHANGES = 200_000


class Kept:
    """The live rows of one side, and some that were: those have `live` false. One thread at a time is let in."""

    def __init__(self, side: int, key: str, read: Read, *, all_of: str = "item.live") -> None:
        self._key, self._read, self._all_of = key, read, all_of
        self._lock = threading.Lock()
        item = f"CASE side WHEN {PRUNED} THEN {following.PRUNED} ELSE item_id END"
        self._log = following.Follower(RowChange._meta.db_table, item, f"side IN ({side}, {PRUNED})")
        self._columns: Table = {}
        self._place: dict[int, int] = {}
        self._count = 0

    def select(self, choose: Choose) -> Table:
        """The rows as this transaction sees them that `choose` says (a mask over columns of shape (rows,))."""
        with self._lock:
            self._catch_up()
            there = {name: column[: self._count] for name, column in self._columns.items()}
            rows = np.flatnonzero(choose(there))
            return {name: column[rows] for name, column in there.items()}

    def _catch_up(self) -> None:
        changed = self._log.look()
        if changed is None or not self._take_over(changed):
            self._read_all()
        self._log.done()

    def _take_over(self, ids: Ints) -> bool:
        """Read the changed rows again; False when there is more to read than that."""
        if not len(ids):
            return True
        if len(ids) > SPARE + self._count // MANY:
            return False
        found = self._read(*ids_in(self._key, ids.tolist()))
        known = np.array([self._place.get(pk, -1) for pk in found["id"].tolist()], dtype=np.int64)
        fresh = int((known < 0).sum())
        if self._count + fresh > len(self._columns["id"]):
            return False
        self._drop(np.setdiff1d(ids, found["id"]))
        known[known < 0] = np.arange(self._count, self._count + fresh)
        for name, column in found.items():
            self._columns[name][known] = column
        self._place.update(zip(found["id"].tolist(), known.tolist(), strict=True))
        self._count += fresh
        return True

    def _drop(self, ids: Ints) -> None:
        gone = [self._place.pop(pk) for pk in ids.tolist() if pk in self._place]
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
