"""Less time at the database for what everybody may ask of it, so that one slow page does not hold up the others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable, QueryCanceled


@contextmanager
def at_most(milliseconds: int) -> Iterator[None]:
    """No query in this block takes longer, waiting for locks included: Django's OperationalError says which one did."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [str(milliseconds)])
        yield


def is_too_slow(error: OperationalError) -> bool:
    """Whether a query was broken off for its time, and not for another fault of the database."""
    return isinstance(error.__cause__, QueryCanceled | LockNotAvailable)
