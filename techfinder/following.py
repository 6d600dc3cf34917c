"""What changed in a table since a process last looked, by a log of (item, transaction).

A transaction is told by the log only once it has committed, and in no order. So each time the oldest transaction still
open is remembered: whatever was not seen then has that number or a higher one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pgtrigger
from django.db import connection, models, transaction
from numpy.typing import NDArray

Ints = NDArray[np.int64]

# An item with this number says that changes up to its transaction are no longer listed.
PRUNED = -1

NOW = """
    SELECT (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
        pg_snapshot_xmin(pg_current_snapshot())::text::bigint, pg_current_xact_id_if_assigned()::text::bigint
"""


def log_rows(name: str, insert: str, *, key: str = "id", changed: Any = pgtrigger.Update) -> list[pgtrigger.Trigger]:
    """Triggers that log each row that comes, goes or is `changed`.

    `insert`: the statement that writes the log, with `{id}` for the item; `key`: the column of the row that has it.
    """
    rows = {"made": (pgtrigger.Insert, "NEW"), "changed": (changed, "NEW"), "gone": (pgtrigger.Delete, "OLD")}
    return [
        pgtrigger.Trigger(
            name=f"{name}_{what}",
            when=pgtrigger.After,
            operation=operation,
            func=f"{insert.format(id=f'{row}.{key}')}; RETURN NULL;",
        )
        for what, (operation, row) in rows.items()
    ]


class Follower:
    """Follows one log. Not safe under threads: whoever has one lets them in one at a time."""

    def __init__(self, log: str, item: str) -> None:
        """`log`: the table, with a column `xact`. `item`: SQL for the item of a row."""
        changes = f"""
            SELECT array_agg(array[({item})::bigint, xact]) FROM {log}
            WHERE xact = pg_current_xact_id_if_assigned()::text::bigint
                OR xact >= coalesce(%(oldest)s, pg_snapshot_xmin(pg_current_snapshot())::text::bigint)
                    AND (({item}) = {PRUNED} OR xact <> ALL(%(seen)s::bigint[]))
        """  # noqa: S608  # all of it is written in the code
        self._query = f"{NOW}, ({changes})"
        self._database: int | None = None
        self._oldest = 0
        self._seen: set[int] = set()
        # Touched by a transaction that was open when they were read: it may be rolled back.
        self._doubtful: Ints = np.empty(0, dtype=np.int64)
        self._next: tuple[int, int, set[int], Ints] | None = None

    def look(self) -> Ints | None:
        """The items that are to be read again, in one query; None: all of them. `done` says that they were read.

        Whatever breaks off before `done` makes the next one start from nothing.
        """
        known = self._database
        with connection.cursor() as cursor:
            seen = f"{{{','.join(map(str, self._seen))}}}"
            cursor.execute(self._query, {"oldest": None if known is None else self._oldest, "seen": seen})
            database, oldest, own, found = cursor.fetchone()
        self._database = None
        changes = np.array(found or [], dtype=np.int64).reshape(-1, 2)
        fresh = database != known
        mine = changes[:, 1] == (own or 0)
        # A first look too: what it sees beside a transaction that is still open is not read twice.
        seen_now = (set() if fresh else self._seen).union(changes[~mine, 1].tolist())
        self._next = (database, oldest, {xact for xact in seen_now if xact >= oldest}, np.unique(changes[mine, 0]))
        if fresh or (changes[:, 0] == PRUNED).any():
            return None
        return np.unique(np.concatenate([changes[:, 0], self._doubtful]))

    def done(self) -> None:
        """What `look` named has been read."""
        assert self._next is not None
        self._database, self._oldest, self._seen, self._doubtful = self._next


@transaction.atomic
def prune(log: type[models.Model], *, most: int, marker: dict[str, Any]) -> None:
    """Shorten a log of more than `most` rows to a quarter; who is farther behind then reads all again, once.

    `marker` are the values of the row that says so.
    """
    rows = log._default_manager
    if rows.count() < most:
        return
    with connection.cursor() as cursor:
        cursor.execute(NOW)
        _, limit, _ = cursor.fetchone()
    kept = rows.order_by("-pk").values_list("xact", flat=True)[: most // 4]
    limit = min([limit, *kept])
    rows.filter(xact__lt=limit).delete()
    rows.create(**marker, xact=limit - 1)
