from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser

from techfinder.organisations.register.actions import close_missing, import_register
from techfinder.organisations.register.points import PointBook, read_points, read_postcodes, read_pupils
from techfinder.organisations.register.reader import RegisterFile, open_register
from techfinder.taxonomy.commands import ImportCommand, Report, UnreadableFileError


class Command(ImportCommand):
    """Bring the national school register in, or up to date."""

    help = "Import register files of schools: primary, special, secondary and vocational, of any edition."
    keys = ("created", "updated", "unchanged", "closed", "rejected")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--points", type=Path, action="append", default=[], help="CSV: vestigingscode,lat,lon")
        parser.add_argument(
            "--pupils", type=Path, action="append", default=[], help="CSV: vestigingscode,leerlingen_YYYY"
        )
        parser.add_argument("--pc4", type=Path, help="CSV: pc4,lat,lon")
        parser.add_argument(
            "--close-missing", action="store_true", help="close schools of these sectors that are not in the files"
        )
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        book = self._points(options)
        try:
            files = {path: open_register(path) for path in options["files"]}
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        seen: dict[tuple[str, int], set[str]] = {}

        def load(path: Path) -> Report:
            return self._load(files, path, book, seen if options["close_missing"] else None)

        self.run(options["files"], load, options)

    def _points(self, options: dict[str, Any]) -> PointBook:
        book = PointBook()
        try:
            for path in options["points"]:
                read_points(book, path)
            for path in options["pupils"]:
                read_pupils(book, path)
            if options["pc4"]:
                read_postcodes(book, options["pc4"])
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        for path, fault in book.faults:
            self.stderr.write(f"{path}:{fault.line}: {fault.reason}")
        if book.faults and options["strict"]:
            raise CommandError(f"{len(book.faults)} bad points or pupils: nothing was changed")
        return book

    def _load(
        self, files: dict[Path, RegisterFile], path: Path, book: PointBook, seen: dict[tuple[str, int], set[str]] | None
    ) -> Report:
        file = files[path]
        run = import_register(file=file, book=book, progress=self.progress)
        if seen is not None and run.seen:
            key = (file.sector, len(next(iter(run.seen))))
            seen.setdefault(key, set()).update(run.seen)
            if _is_last(files, path):
                run.report.closed = close_missing(sector=file.sector, seen=seen[key])
        return run.report


def _is_last(files: dict[Path, RegisterFile], path: Path) -> bool:
    """A sector may come in several files: what is missing is known after the last of them."""
    kind = (files[path].sector, "VESTIGINGSCODE" in files[path].columns)
    same = [other for other, file in files.items() if (file.sector, "VESTIGINGSCODE" in file.columns) == kind]
    return same[-1] == path
