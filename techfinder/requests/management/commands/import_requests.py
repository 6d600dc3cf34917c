from __future__ import annotations

from techfinder.requests.imports import COLUMNS, import_requests
from techfinder.taxonomy.commands import RowsCommand


class Command(RowsCommand):
    """Bring requests in, or up to date, by their `ref`."""

    help = (
        "Import requests from CSV (UTF-8, commas; lists inside a cell by semicolons; school is a branch code). "
        f"Columns: {', '.join(COLUMNS)}."
    )
    load_file = staticmethod(import_requests)
