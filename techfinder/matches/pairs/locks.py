"""The advisory locks of matching, each until the end of the transaction.

Single items are matched one after another. Parts of a full rematch are stored beside each other, and not beside single
items; one part at a time of each province.
"""

from __future__ import annotations

from zlib import crc32

from django.db import connection

from techfinder.prepared import prepared_cursor

LOCK = 0x7EC4F1
ALONE = "SELECT pg_advisory_xact_lock(%s), set_config('plan_cache_mode', 'force_generic_plan', true)"


def alone() -> None:
    """Nobody else matches or stores. What is prepared has one plan until the end of the transaction: PostgreSQL makes a
    new one for each single item, as it is a tenth cheaper to run, and planning costs more than that."""
    with prepared_cursor() as cursor:
        cursor.execute(ALONE, [LOCK])


def beside_others(province: str) -> None:
    """Other provinces may be stored at the same time; this one may not, and no single item is matched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(province.encode()) >> 1])
