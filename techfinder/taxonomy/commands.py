"""What the import commands have in common: files in, rows counted, faults told by line, a summary out."""

from __future__ import annotations

import csv
import datetime as dt
import json
import sys
from argparse import ArgumentTypeError
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

T = TypeVar("T")
# A cell may be a long text, not a book: more is a file without its closing quote.
MAX_CELL = 100_000
# First and last year that a school could mean.
YEARS = (2000, 2100)


class UnreadableFileError(Exception):
    """The file as a whole cannot be read; the message is a sentence for the administrator."""


class BadRowError(Exception):
    """This row cannot be taken in; the message says why."""


@dataclass(frozen=True, slots=True)
class Fault:
    line: int
    reason: str


@dataclass(slots=True)
class Report:
    """What became of the rows of one or more files."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.faults)

    def reject(self, line: int, reason: str) -> None:
        self.faults.append(Fault(line, reason))

    def summary(self, keys: Sequence[str]) -> dict[str, int]:
        return {key: getattr(self, key) for key in keys}

    def add(self, other: Report) -> None:
        self.created += other.created
        self.updated += other.updated
        self.unchanged += other.unchanged
        self.closed += other.closed
        self.faults += other.faults


def quiet_progress(rows: Iterable[T], total: int | None = None) -> Iterable[T]:
    """Pass the rows on and show nothing: for callers without a terminal."""
    return rows


def batches(rows: Iterable[T], size: int) -> Iterator[list[T]]:
    """Cut the rows into lists of at most `size`."""
    batch: list[T] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


def read_csv(
    path: Path, *, required: Sequence[str], known: Sequence[str]
) -> Iterator[tuple[int, dict[str, str] | Fault]]:
    """Yield line number and cells by column name of a UTF-8 file with commas; a row of the wrong length is a Fault."""
    with _open(path) as stream:
        reader = csv.reader(_without_nul(stream), strict=True)
        columns = _header(path, reader, required, known)
        line = reader.line_num + 1
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    yield line, _named(line, columns, cells)
                line = reader.line_num + 1
        except UnicodeDecodeError as error:
            raise UnreadableFileError(f"{path}: this file is not UTF-8 text") from error
        except csv.Error as error:
            raise UnreadableFileError(f"{path}, line {line}: {error}") from error


def _open(path: Path) -> Any:
    try:
        return path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise UnreadableFileError(f"{path}: {error.strerror or error}") from error


def _without_nul(stream: Iterable[str]) -> Iterator[str]:
    # PostgreSQL stores no NUL, and no cell means one.
    for line in stream:
        yield line.replace("\0", "")


def _header(path: Path, reader: Any, required: Sequence[str], known: Sequence[str]) -> list[str]:
    csv.field_size_limit(MAX_CELL)
    try:
        columns = [cell.strip().lower() for cell in next(reader, [])]
    except (UnicodeDecodeError, csv.Error, OSError) as error:
        raise UnreadableFileError(f"{path}: this file is not UTF-8 text with commas") from error
    missing = [name for name in required if name not in columns]
    unknown = [name for name in columns if name not in known]
    doubled = {name for name in columns if columns.count(name) > 1}
    faults = {"lacks the column": missing, "has an unknown column": unknown, "has twice the column": doubled}
    for what, names in faults.items():
        if names:
            raise UnreadableFileError(f"{path} {what}: {', '.join(sorted(names))}")
    return columns


def _named(line: int, columns: list[str], cells: list[str]) -> dict[str, str] | Fault:
    if len(cells) != len(columns):
        return Fault(line, f"{len(cells)} columns instead of {len(columns)}")
    return dict(zip(columns, (cell.strip() for cell in cells), strict=True))


class _UndoError(Exception):
    """Leaves the transaction without a trace of it."""


class ImportCommand(BaseCommand):
    """An import: one transaction per file, or one for all of them with --strict or --dry-run."""

    keys: Sequence[str] = ("created", "updated", "unchanged", "rejected")

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--strict", action="store_true", help="one bad row, and nothing changes")
        parser.add_argument("--dry-run", action="store_true", help="say what would happen, and change nothing")
        parser.add_argument("--json", action="store_true", help="write the summary as JSON on standard output")

    def run(self, files: Sequence[Path], load: Callable[[Path], Report], options: dict[str, Any]) -> None:
        """Load each file with `load`, tell faults on standard error, and end with a summary."""
        total = Report()
        try:
            if options["strict"] or options["dry_run"]:
                self._together(files, load, total, dry_run=options["dry_run"])
            else:
                self._one_by_one(files, load, total)
        except UnreadableFileError as error:
            raise CommandError(str(error)) from error
        self._summarise(total, options)

    def progress(self, rows: Iterable[T], total: int | None = None) -> Iterable[T]:
        """Show a bar on a terminal, and nothing elsewhere."""
        return cast(Iterable[T], tqdm(rows, total=total, unit=" rows", leave=False, disable=not sys.stderr.isatty()))

    def _one_by_one(self, files: Sequence[Path], load: Callable[[Path], Report], total: Report) -> None:
        for path in files:
            with transaction.atomic():
                report = load(path)
            self._tell(path, report)
            total.add(report)

    def _together(self, files: Sequence[Path], load: Callable[[Path], Report], total: Report, *, dry_run: bool) -> None:
        with suppress(_UndoError), transaction.atomic():
            for path in files:
                report = load(path)
                self._tell(path, report)
                total.add(report)
            if dry_run or total.faults:
                raise _UndoError

    def _tell(self, path: Path, report: Report) -> None:
        for fault in report.faults:
            self.stderr.write(f"{path}:{fault.line}: {fault.reason}")

    def _summarise(self, total: Report, options: dict[str, Any]) -> None:
        summary = total.summary(self.keys)
        if options["strict"] and total.faults:
            # Nothing of it was kept, and the summary must not say otherwise.
            summary = {key: total.rejected if key == "rejected" else 0 for key in self.keys}
        said = json.dumps(summary) if options["json"] else ", ".join(f"{key} {n}" for key, n in summary.items())
        self.stdout.write(said)
        if options["strict"] and total.faults:
            raise CommandError(f"{total.rejected} bad rows: nothing was changed")


class RowsCommand(ImportCommand):
    """An import of one CSV file whose rows have a `ref`: what its matches lead to is mailed only if asked."""

    load_file: Callable[..., Report]

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--notify", action="store_true", help="mail people about the matches that follow")
        super().add_arguments(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        def load(path: Path) -> Report:
            return self.load_file(path=path, notify=options["notify"], progress=self.progress)

        self.run([options["file"]], load, options)


def is_of_ours(day: dt.date) -> bool:
    """Whether the day is of a year that a school could mean."""
    return YEARS[0] <= day.year <= YEARS[1]


def read_day(text: str) -> dt.date:
    """A day as an argument of a command."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text!r} is not a day: write it as 2027-05-03") from error
    if not is_of_ours(day):
        raise ArgumentTypeError(f"{text} is not of a year of ours: {YEARS[0]} to {YEARS[1]}")
    return day
