"""The advisory locks of matching, each until the end of the transaction.

Single items are matched one after another. Parts of a full rematch are stored beside each other, and not beside single
items; one part at a time of each province.
"""

from __future__ import annotations

from zlib import crc32

from django.db import connection

from techfinder.prepared import prepared_cursor

LOCK = 0x7EC4F1
ALONE = "SELECT pg_advisory_xact_lock(%s)"
# For a single item PostgreSQL would plan each statement anew, as one that knows the number of items is a tenth cheaper
# to run; and a plan made while a table was empty reads all of it, also when it has filled.
BY_KEY = "set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)"
AS_EVER = "set_config('plan_cache_mode', 'auto', true), set_config('enable_seqscan', 'on', true)"


def alone() -> None:
    """Nobody else matches or stores."""
    _ask(ALONE, LOCK)


def alone_for_few() -> None:
    """Nobody else matches or stores. Until the end of the transaction what is prepared has one plan, which looks rows
    up by key."""
    _ask(f"{ALONE}, {BY_KEY}", LOCK)


def plan_for_many() -> None:
    """They turned out to be many: statements are planned as ever."""
    _ask(f"SELECT {AS_EVER}")


def _ask(statement: str, *values: int) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(statement, values)


def beside_others(province: str) -> None:
    """Other provinces may be stored at the same time; this one may not, and no single item is matched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(province.encode()) >> 1])
