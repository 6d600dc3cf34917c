from __future__ import annotations

from techfinder.activities.imports import COLUMNS, EXTRA, import_activities
from techfinder.taxonomy.commands import RowsCommand


class Command(RowsCommand):
    """Bring activities in, or up to date, by their `ref`."""

    help = (
        "Import activities from CSV (UTF-8, commas; lists inside a cell by semicolons; sessions as 2027-06-18:30; "
        f"stages as title|what happens|2027-06-18). Columns: {', '.join(COLUMNS)}. "
        f"A file may also have: {', '.join(EXTRA)}."
    )
    load_file = staticmethod(import_activities)
