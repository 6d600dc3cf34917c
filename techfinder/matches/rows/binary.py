"""Query results as numpy columns, by COPY in PostgreSQL's binary format: no Python object per row.

Every field has a fixed width, so that all rows are equally long and one view over the bytes is the table. A value that
may be missing is to be replaced by a sentinel in the query: NULL would make its row shorter.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from numpy.typing import NDArray
from psycopg import pq
from psycopg.errors import error_from_result

from matching.arrays import Bools

# Columns of shape (rows,) by name, in the byte order of this machine.
Table = dict[str, NDArray[Any]]
# SQL over the rows of a table that goes by the name `item`, and its values.
Condition = tuple[str, dict[str, Any]]

HEADER_BYTES = 19
TRAILER = b"\xff\xff"
# PostgreSQL counts days from 2000-01-01, Python from 0001-01-01.
DAY_ZERO = 730120


def read_columns(
    fields: Mapping[str, tuple[str, str]], tables: str, where: str = "true", params: Mapping[str, Any] | None = None
) -> Table:
    """The rows of a query as columns. `fields` gives per name its SQL and its numpy type ("i8", "?", "f8").

    A `date` is to be read as "i4" and shifted by `DAY_ZERO` to be a proleptic ordinal. ValueError when a row has
    another shape than `fields` says, such as one with a NULL.
    """
    values = ", ".join(sql for sql, _ in fields.values())
    query = f"SELECT {values} FROM {tables} WHERE {where}"  # noqa: S608  # all of it is written here; values are in params
    data = _copy_out(query, params or {})
    wire = _wire(tuple(kind for _, kind in fields.values()))
    rows, rest = divmod(len(data) - HEADER_BYTES - len(TRAILER), wire.row.itemsize)
    if rest or not data.endswith(TRAILER):
        raise ValueError("the rows are not all as wide as their fields: is a value missing?")
    if rows:
        _check_frame(data, rows, wire)
    table = np.frombuffer(data, dtype=wire.row, count=rows, offset=HEADER_BYTES)
    return {
        name: table[f"value{at}"].astype(np.dtype(kind).newbyteorder("="))
        for at, (name, (_, kind)) in enumerate(fields.items())
    }


def ids_in(column: str, ids: Collection[int]) -> Condition:
    # A list of the driver's own costs it a microsecond and a half for each id.
    return f"item.{column} = ANY(%(ids)s::bigint[])", {"ids": f"{{{','.join(map(str, sorted(ids)))}}}"}


class _Wire(NamedTuple):
    """A row as it is sent: the number of fields, then each with its width before it; big end first.

    `frame` says which bytes are those numbers, of shape (bytes of a row,); `numbers` is what they are to be.
    """

    row: np.dtype[Any]
    frame: Bools
    numbers: NDArray[np.uint8]


@cache
def _wire(kinds: tuple[str, ...]) -> _Wire:
    values = [np.dtype(kind).newbyteorder(">") for kind in kinds]
    parts = [("fields", ">i2")]
    for at, value in enumerate(values):
        parts += [(f"width{at}", ">i4"), (f"value{at}", value.str)]
    row = np.dtype(parts)
    blank, full = np.zeros(1, dtype=row), np.frombuffer(b"\xff" * row.itemsize, dtype=row).copy()
    for empty in (blank, full):
        empty["fields"] = len(values)
        for at, value in enumerate(values):
            empty[f"width{at}"] = value.itemsize
    frame = blank.view(np.uint8) == full.view(np.uint8)
    return _Wire(row, frame, blank.view(np.uint8)[frame])


def _check_frame(data: bytes, rows: int, wire: _Wire) -> None:
    table = np.frombuffer(data, dtype=np.uint8, count=rows * wire.row.itemsize, offset=HEADER_BYTES)
    if not (table.reshape(rows, -1)[:, wire.frame] == wire.numbers).all():
        raise ValueError("the rows have other fields than were asked for, or one has no value")


def _copy_out(query: str, params: Mapping[str, Any]) -> bytes:
    """What COPY sends. Read below psycopg's cursor, which takes several microseconds per row."""
    with connection.cursor() as cursor:
        statement = cursor.mogrify(f"COPY ({query}) TO STDOUT (FORMAT BINARY)", params)
        raw = cursor.connection
        if raw.pgconn.transaction_status == pq.TransactionStatus.IDLE:
            # Opens the transaction that we may be in: psycopg sends BEGIN with the first statement through a cursor.
            cursor.execute("")
        with connection.wrap_database_errors:
            try:
                return _drain(raw.pgconn, statement.encode())
            except BaseException:
                if raw.pgconn.transaction_status == pq.TransactionStatus.ACTIVE:
                    raw.close()  # broken off halfway: what is still under way would be taken for the next answer
                raise


def _drain(link: pq.abc.PGconn, statement: bytes) -> bytes:
    begun = link.exec_(statement)
    if begun.status != pq.ExecStatus.COPY_OUT:
        raise error_from_result(begun)
    data = bytearray()
    while True:
        size, part = link.get_copy_data(0)
        if size < 0:
            break
        data += part
    while (ended := link.get_result()) is not None:
        if ended.status != pq.ExecStatus.COMMAND_OK:
            raise error_from_result(ended)
    return bytes(data)
