"""Narrow rows into their tables: only those that differ, without touching what matching keeps in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import Exists, F, Func, OuterRef, QuerySet

from techfinder.matches.models import EngineRow
from techfinder.matches.rows.masks import LAYOUT
from techfinder.prepared import cursor_for

PER_PART = 5000


def in_parts(ids: Collection[int]) -> Iterator[list[int]]:
    """The ids in rising order: two who write the same rows do so in the same order."""
    ordered = sorted(ids)
    return (ordered[start : start + PER_PART] for start in range(0, len(ordered), PER_PART))


def hash_of(values: Iterable[str | F]) -> Func:
    """One number for these values of an item, made by the database."""
    return Func(
        *values,
        template="hash_record_extended(ROW(%(expressions)s), 0)",
        output_field=models.BigIntegerField(),
    )


def outdated(table: type[EngineRow], items: QuerySet[Any], made_of: Func) -> list[int]:
    """The ids of the items whose row is missing, or was made of other values or by other code."""
    same = {name: OuterRef(name) for name in ("pk", "version", "source")}
    rows = table._default_manager.filter(layout=LAYOUT, **same)
    changed = items.alias(source=made_of).filter(~Exists(rows))
    return list(changed.order_by("pk").values_list("pk", flat=True))


def write(table: type[EngineRow], columns: tuple[str, ...], rows: Sequence[Sequence[Any]]) -> int:
    """Insert or update these rows (values in the order of `columns`, the key first); returns how many were written.

    An item that was deleted meanwhile is left out, and so is a row that was made of an older version than is there.
    """
    if not rows:
        return 0
    with cursor_for(len(rows)) as cursor:
        cursor.execute(_statement(table, columns), [_literal(values) for values in zip(*rows, strict=True)])
        return int(cursor.rowcount)


@cache
def _statement(table: type[EngineRow], columns: tuple[str, ...]) -> str:
    meta = table._meta
    fields = {field.column: field for field in meta.concrete_fields}
    key, names = columns[0], ", ".join(columns)
    item = meta.pk.related_model._meta.db_table  # type: ignore[union-attr]
    return f"""
        INSERT INTO {meta.db_table} ({names}, stale)
        SELECT {names}, false FROM unnest({", ".join(_array(fields[name]) for name in columns)}) AS made ({names})
        WHERE EXISTS (SELECT FROM {item} item WHERE item.id = made.{key})
        ON CONFLICT ({key}) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in columns[1:])}
        WHERE {meta.db_table}.version <= excluded.version
            AND ({_of(meta.db_table, columns)}) IS DISTINCT FROM ({_of("excluded", columns)})
    """  # noqa: S608  # names of our own columns


def _array(field: models.Field[Any, Any]) -> str:
    return f"%s::{field.db_type(connection)}[]"


def _literal(values: Iterable[Any]) -> str:
    """Numbers, dates and booleans as an array: the driver's own way takes many times longer."""
    return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"


def _of(table: str, columns: Sequence[str]) -> str:
    return ", ".join(f"{table}.{name}" for name in columns)
