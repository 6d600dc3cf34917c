"""Statements that PostgreSQL plans once per connection: to plan one for a single item takes as long as to run it.

Only for statements that are the same text each time and look rows up by key, so that one plan is good for any values.
"""

from __future__ import annotations

from typing import Any

from django.db import connection
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import Connection, Cursor
from psycopg.types.numeric import Int8Dumper

# So many items are still looked up one by one; for more a plan of their own is worth its time.
FEW = 500


class _Cursor(Cursor[Any]):
    """With integers of one width: else a statement with small numbers is another one than the same with large ones."""

    def __init__(self, link: Connection[Any]) -> None:
        super().__init__(link)
        self.adapters.register_dumper(int, Int8Dumper)


class _Logged(CursorDebugWrapper):
    """Logs the statement: Django asks the cursor for what it sent, and this kind does not tell."""

    def execute(self, sql: str, params: Any = None) -> None:  # type: ignore[override]
        with self.debug_sql(sql, params):
            CursorWrapper.execute(self, sql, params)


def prepared_cursor() -> CursorWrapper:
    """A cursor of Django's that sends values apart from the statement, and has it prepared at its first use.

    Needs `prepare_threshold` in the options of the database, which has no effect on other cursors. In a web request it
    is an ordinary one: the history of rows puts who asked before each statement, which makes two of one.
    """
    if connection.execute_wrappers:
        return connection.cursor()
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    wrapper = _Logged if connection.queries_logged else CursorWrapper
    return wrapper(_Cursor(connection.connection), connection)


def cursor_for(items: int) -> CursorWrapper:
    """A prepared cursor for a statement about few items; for many one that has it planned for them."""
    return prepared_cursor() if items <= FEW else connection.cursor()
