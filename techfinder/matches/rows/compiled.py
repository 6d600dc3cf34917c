"""Queries of which the SQL is made once per process: Django takes several times as long to make it as PostgreSQL to
answer for one item.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL
from django.utils.functional import cached_property

from techfinder.prepared import cursor_for

# What stands for the ids while the SQL is made; told from other values by being this very list.
_IDS: list[int] = []


class Compiled:
    """A query of `values`, for any ids."""

    def __init__(self, make: Callable[[RawSQL], QuerySet[Any, Any]]) -> None:
        """`make` gets what stands for the ids, for a filter such as `pk__in`."""
        self._make = make

    @cached_property
    def _compiled(self) -> tuple[str, tuple[Any, ...]]:
        query = self._make(RawSQL("SELECT unnest(%s::bigint[])", [_IDS])).query
        sql, params = query.sql_with_params()
        return str(sql), tuple(params)

    def rows(self, ids: Collection[int] = ()) -> list[dict[str, Any]]:
        """The rows for these ids, by the names of `values`."""
        sql, params = self._compiled
        with cursor_for(len(ids)) as cursor:
            cursor.execute(sql, [list(ids) if each is _IDS else each for each in params])
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
