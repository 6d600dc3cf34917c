"""Lists as CSV for a spreadsheet: streamed, and harmless."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from django.http import StreamingHttpResponse
from django.utils import timezone

# Spreadsheets read the letters rightly when the file begins with this mark.
MARK = "\ufeff"


def csv_file(rows: Iterable[list[Any]], *, name: str) -> StreamingHttpResponse:
    """A download named after the day: `name`-2027-03-01.csv."""
    headers = {"Content-Disposition": f'attachment; filename="{name}-{timezone.localdate():%Y-%m-%d}.csv"'}
    return StreamingHttpResponse(_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[list[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield MARK
    yield from (writer.writerow([_harmless(cell) for cell in row]) for row in rows)


class _Echo:
    """A file that hands back what is written to it."""

    def write(self, line: str) -> str:
        return line


def _harmless(cell: Any) -> Any:
    """A spreadsheet takes text that starts like a formula for one."""
    return f"'{cell}" if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell
