"""The advisory locks of matching, each until the end of the transaction.

Single items are matched one after another. Parts of a full rematch are stored beside each other, and not beside single
items; one part at a time of each province.
"""

from __future__ import annotations

from zlib import crc32

from django.db import connection

LOCK = 0x7EC4F1


def alone() -> None:
    """Nobody else matches or stores."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


def beside_others(province: str) -> None:
    """Other provinces may be stored at the same time; this one may not, and no single item is matched."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK, crc32(province.encode()) >> 1])
