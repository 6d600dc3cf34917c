import csv
import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from tqdm import tqdm

from techfinder.matches import actions
from techfinder.matches.exports import every_pair
from techfinder.matches.models import Rematch
from techfinder.matches.pairs.shards import RematchFailedError
from techfinder.matches.pairs.stored import Stored
from techfinder.taxonomy.commands import read_day

COUNTS = ("created", "updated", "reopened", "closed")


class Command(BaseCommand):
    help = (
        "Matches what changed since it was matched, or everything; tells people as the worker would. While a full "
        "rematch goes on, a second one works with it and reports the same."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="match everything anew")
        parser.add_argument("--today", type=read_day, help="as if it were this day (YYYY-MM-DD)")
        parser.add_argument("--workers", action="store_true", help="leave the work to the workers, and wait for them")
        parser.add_argument("--no-wait", action="store_true", help="only wake the workers, and say how it stands")
        parser.add_argument("--pairs", type=Path, metavar="FILE", help="also write every eligible pair as CSV")
        parser.add_argument("--json", action="store_true", help="write the summary as JSON on standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        if (options["workers"] or options["no_wait"]) and not options["all"]:
            raise CommandError("--workers and --no-wait go with --all.")
        summary = self.start(options["today"]) if options["no_wait"] else self.run(options)
        if options["pairs"]:
            summary["pairs"] = self.write_pairs(options["pairs"], options["today"])
        words = ", ".join(f"{key} {count}" for key, count in summary.items())
        self.stdout.write(json.dumps(summary) if options["json"] else words)

    def start(self, today: dt.date | None) -> dict[str, Any]:
        """How the run stands that goes on now, or that this starts."""
        run = actions.start_rematch(today=today or timezone.localdate())
        shards = run.shards.exclude(state="stored").count()
        return {
            "state": Rematch.State(run.state).value,
            "today": run.today.isoformat(),
            "started": run.started_at.isoformat(timespec="seconds"),
            "shards_left": shards,
            **counts(actions.report(run)),
        }

    def run(self, options: dict[str, Any]) -> dict[str, Any]:
        with tqdm(unit=" requests", leave=False, disable=not sys.stderr.isatty()) as bar:
            try:
                stored = actions.rematch(
                    today=options["today"],
                    everything=options["all"],
                    progress=bar.update,
                    workers=options["workers"],
                    notice=self.stderr.write,
                )
            except RematchFailedError as error:
                raise CommandError(str(error)) from error
        return counts(stored)

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


def counts(stored: Stored) -> dict[str, int]:
    return {name: getattr(stored, name) for name in COUNTS}
