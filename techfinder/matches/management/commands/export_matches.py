import csv
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from tqdm import tqdm

from techfinder.matches.exports import stored_pairs

FIELDS = ("request_ref", "activity_ref", "score", "rank", "reasons")
# A spreadsheet runs a cell that begins with one of these.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Command(BaseCommand):
    help = "Writes all stored open matches on standard output."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--format", choices=["csv", "jsonl"], default="csv")
        parser.add_argument("--json", action="store_true", help="write a summary as JSON on standard error")

    def handle(self, *args: Any, **options: Any) -> None:
        write = self.write_csv if options["format"] == "csv" else self.write_lines
        rows = tqdm(stored_pairs(), unit=" matches", leave=False, disable=not sys.stderr.isatty())
        count = write(rows)
        if options["json"]:
            self.stderr.write(json.dumps({"matches": count}))

    def write_csv(self, rows: Iterable[dict[str, Any]]) -> int:
        writer = csv.writer(self.stdout, lineterminator="\n")
        writer.writerow(FIELDS)
        count = 0
        for row in rows:
            writer.writerow(list(self.cells(row)))
            count += 1
        return count

    def cells(self, row: dict[str, Any]) -> Iterator[Any]:
        for name in FIELDS:
            value = json.dumps(row[name], ensure_ascii=False) if name == "reasons" else row[name]
            yield f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value

    def write_lines(self, rows: Iterable[dict[str, Any]]) -> int:
        count = 0
        for row in rows:
            self.stdout.write(json.dumps(row, ensure_ascii=False))
            count += 1
        return count
