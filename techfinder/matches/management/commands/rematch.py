import csv
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from techfinder.matches import actions
from techfinder.matches.exports import every_pair
from techfinder.taxonomy.commands import read_day


class Command(BaseCommand):
    help = "Matches what changed since it was matched, or everything; tells people as the worker would."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="match everything anew")
        parser.add_argument("--today", type=read_day, help="as if it were this day (YYYY-MM-DD)")
        parser.add_argument("--pairs", type=Path, metavar="FILE", help="also write every eligible pair as CSV")
        parser.add_argument("--json", action="store_true", help="write the summary as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        with tqdm(unit=" requests", leave=False, disable=not sys.stderr.isatty()) as bar:
            stored = actions.rematch(today=options["today"], everything=options["all"], progress=bar.update)
        summary = {
            "created": stored.created,
            "updated": stored.updated,
            "reopened": stored.reopened,
            "closed": stored.closed,
        }
        if options["pairs"]:
            summary["pairs"] = self.write_pairs(options["pairs"], options["today"])
        words = ", ".join(f"{key} {count}" for key, count in summary.items())
        self.stdout.write(json.dumps(summary) if options["json"] else words)

    def write_pairs(self, path: Path, today: dt.date | None) -> int:
        """Every eligible pair, also those beyond the best that are stored."""
        count = 0
        try:
            with path.open("w", encoding="utf-8", newline="") as stream:
                writer = csv.writer(stream)
                writer.writerow(["request_ref", "activity_ref"])
                for pair in every_pair(today=today):
                    writer.writerow(pair)
                    count += 1
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror or error}") from error
        return count
