from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from techfinder.activities.imports import COLUMNS, EXTRA, import_activities
from techfinder.taxonomy.commands import ImportCommand, Report


class Command(ImportCommand):
    """Bring activities in, or up to date, by their `ref`."""

    help = (
        "Import activities from CSV (UTF-8, commas; lists inside a cell by semicolons; sessions as 2027-06-18:30; "
        f"stages as title|what happens|2027-06-18). Columns: {', '.join(COLUMNS)}. "
        f"A file may also have: {', '.join(EXTRA)}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--notify", action="store_true", help="mail people about the matches that follow")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def load(path: Path) -> Report:
            return import_activities(path=path, notify=options["notify"], progress=self.progress)

        self.run([options["file"]], load, options)
