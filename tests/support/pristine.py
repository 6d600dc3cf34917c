"""Puts a database back to what it was when it was copied: a copy takes most of a second of the processor.

What a test left in tables that were empty is deleted, what it changed in the others is read in again, and sequences
start anew. Whoever changed more than rows gets a new copy.
"""

from __future__ import annotations

import psycopg
from django.conf import settings
from psycopg import sql

END_OTHERS = """
    SELECT coalesce(bool_and(pg_terminate_backend(pid, 10000)), true) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
# Of everything that is not rows, in our own schema.
SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT (attrelid, attnum, attname, atttypid, atttypmod, attnotnull, atthasdef, attgenerated)::text
          FROM pg_attribute JOIN pg_class c ON c.oid = attrelid WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT (oid, relname, relkind, relrowsecurity)::text
          FROM pg_class WHERE relnamespace = 'public'::regnamespace
        UNION ALL SELECT (indexrelid, indisvalid, indisunique)::text FROM pg_index
        UNION ALL SELECT (oid, conname, convalidated, condeferred)::text FROM pg_constraint
        UNION ALL SELECT (oid, tgname, tgenabled)::text FROM pg_trigger
        UNION ALL SELECT (oid, proname, md5(prosrc))::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace
        UNION ALL SELECT (oid, extname)::text FROM pg_extension
        UNION ALL SELECT (oid, nspname)::text FROM pg_namespace WHERE nspname !~ '^pg_'
    ) AS parts (line)
"""
SIZES = """
    SELECT relname, pg_relation_size(oid) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
"""
SEQUENCES = "SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public'"
VACUUM = "VACUUM (INDEX_CLEANUP on, TRUNCATE on, PARALLEL 0) {}"


class Pristine:
    """What a fresh copy of the template is."""

    def __init__(self, name: str) -> None:
        self.url = settings.LOCAL.database_url(name)
        with psycopg.connect(self.url, autocommit=True) as db:
            self.shape = _one(db, SHAPE)
            self.sequences = _sequences(db)
            self.rows = {table: _read(db, table) for table, size in _sizes(db).items() if size}

    def put_back(self) -> bool:
        """Whoever is connected goes. False when that is not enough."""
        with psycopg.connect(self.url, autocommit=True) as db:
            if not _one(db, END_OTHERS) or _one(db, SHAPE) != self.shape:
                return False
            if changed := self._changed(db):
                self._restore(db, changed)
            self._wind_back(db)
        _forget_what_is_kept()
        return True

    def _changed(self, db: psycopg.Connection) -> list[str]:
        sizes = _sizes(db)
        used = [table for table, size in sizes.items() if size and table not in self.rows]
        return used + [table for table, rows in self.rows.items() if _read(db, table) != rows]

    def _restore(self, db: psycopg.Connection, tables: list[str]) -> None:
        with db.transaction():
            # No triggers: neither those of foreign keys nor our own.
            db.execute("SET LOCAL session_replication_role = replica")
            for table in tables:
                db.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))
        # Before anything is read in: rows then lie in the order in which they came, as in a copy.
        db.execute(sql.SQL(VACUUM).format(sql.SQL(", ").join(map(sql.Identifier, tables))))
        with db.transaction():
            db.execute("SET LOCAL session_replication_role = replica")
            for table in self.rows.keys() & set(tables):
                with db.cursor().copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(table))) as copy:
                    copy.write(self.rows[table])

    def _wind_back(self, db: psycopg.Connection) -> None:
        for name in dict(_sequences(db).items() - self.sequences.items()):
            first = self.sequences[name]
            db.execute("SELECT setval(%s::regclass, %s, %s)", [f'"{name}"', first or 1, first is not None])


def _forget_what_is_kept() -> None:
    """Processes keep rows by the log of their changes, and areas by their numbers: this one saw neither go back."""
    from techfinder.activities import search
    from techfinder.matches.rows import CHANGES, geography

    search.KEPT._log._database = CHANGES._follower._database = None
    geography._known = None


def _one(db: psycopg.Connection, query: str) -> object:
    row = db.execute(query).fetchone()  # type: ignore[call-overload]
    return row and row[0]


def _sizes(db: psycopg.Connection) -> dict[str, int]:
    return dict(db.execute(SIZES).fetchall())


def _sequences(db: psycopg.Connection) -> dict[str, int | None]:
    """The last number that each gave; they begin at 1."""
    return dict(db.execute(SEQUENCES).fetchall())


def _read(db: psycopg.Connection, table: str) -> bytes:
    with db.cursor().copy(sql.SQL("COPY {} TO STDOUT").format(sql.Identifier(table))) as copy:
        return b"".join(bytes(each) for each in copy)
