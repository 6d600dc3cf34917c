"""The rows of one side in the memory of this process, so that one item meets 100,000 of the other side in milliseconds.

What a table has now is what was kept, with those rows read again that the log of changes (`RowChange`) names. A
transaction is told by the log only once it has committed, and in no order. So each time the oldest transaction still
open is remembered: whatever was not seen then has that number or a higher one.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from django.db import connection, transaction

from matching.arrays import Bools, Ints
from techfinder.matches.models import RowChange
from techfinder.matches.models.rows import PRUNED
from techfinder.matches.rows.binary import Table, read_columns
from techfinder.matches.rows.narrowing import ids_in

# Reads rows with a condition, in any order; the columns `id` and `live` are among them.
Read = Callable[[str, dict[str, Any]], Table]
Choose = Callable[[Table], Bools]

# Room for new rows until the columns are laid out anew.
SPARE = 4096
# Of more changed rows than one in so many, reading all is quicker.
MANY = 5
MOST_CHANGES = 200_000

NOW = """
    SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned()::text::bigint
"""


class Kept:
    """The live rows of one side, and some that were: those have `live` false. One thread at a time is let in."""

    def __init__(self, side: int, key: str, read: Read, *, all_of: str = "item.live") -> None:
        self._side, self._key, self._read, self._all_of = side, key, read, all_of
        self._lock = threading.Lock()
        self._database: int | None = None
        self._oldest = 0
        self._seen: set[int] = set()
        # Touched by a transaction that was open when they were read: it may be rolled back.
        self._doubtful: Ints = np.empty(0, dtype=np.int64)
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
        with connection.cursor() as cursor:
            cursor.execute(NOW)
            database, oldest, own = cursor.fetchone()
        changes = self._changes() if database == self._database else None
        # Until all is done: whatever breaks off here makes the next one start from nothing.
        self._database = None
        if changes is None or not self._take_over(changes):
            self._seen = set()
            self._read_all()
            changes = self._log("xact = %(own)s", {"own": own or 0})
        mine = changes["xact"] == (own or 0)
        self._doubtful = np.unique(changes["item"][mine])
        self._seen = {xact for xact in self._seen.union(changes["xact"][~mine].tolist()) if xact >= oldest}
        self._database, self._oldest = database, oldest

    def _changes(self) -> Table:
        seen = f"{{{','.join(map(str, self._seen))}}}"
        fresh = "xact >= %(oldest)s AND (side = %(pruned)s OR xact <> ALL(%(seen)s::bigint[]))"
        return self._log(fresh, {"oldest": self._oldest, "seen": seen})

    def _log(self, where: str, params: dict[str, Any]) -> Table:
        fields = {"item": ("item_id", "i8"), "xact": ("xact", "i8"), "side": ("side", "i2")}
        sides = {"side": self._side, "pruned": PRUNED}
        return read_columns(fields, "matches_rowchange", f"side IN (%(side)s, %(pruned)s) AND {where}", params | sides)

    def _take_over(self, changes: Table) -> bool:
        """Read the changed rows again; False when there is more to read than that."""
        ids = np.unique(np.concatenate([changes["item"], self._doubtful]))
        if (changes["side"] == PRUNED).any() or len(ids) > SPARE + self._count // MANY:
            return False
        if not len(ids):
            return True
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


@transaction.atomic
def prune_changes() -> None:
    """Shorten the log once it is long: processes then read all rows again, once."""
    if RowChange.objects.count() < MOST_CHANGES:
        return
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        _, oldest, _ = cursor.fetchone()
    RowChange.objects.filter(xact__lt=oldest).delete()
    RowChange.objects.create(side=PRUNED, item_id=0, xact=oldest - 1)
