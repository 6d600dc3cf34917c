from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from techfinder.requests.imports import COLUMNS, import_requests
from techfinder.taxonomy.commands import ImportCommand, Report


class Command(ImportCommand):
    """Bring requests in, or up to date, by their `ref`."""

    help = (
        "Import requests from CSV (UTF-8, commas; lists inside a cell by semicolons; school is a branch code). "
        f"Columns: {', '.join(COLUMNS)}."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--notify", action="store_true", help="mail people about the matches that follow")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def load(path: Path) -> Report:
            return import_requests(path=path, notify=options["notify"], progress=self.progress)

        self.run([options["file"]], load, options)
