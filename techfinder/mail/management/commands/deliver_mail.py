import json
import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from techfinder.mail import actions


class Command(BaseCommand):
    help = "Delivers the outbox without broker or worker: with --once from cron, else until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now and stop")
        parser.add_argument("--json", action="store_true", help="print a summary for a machine")
        parser.add_argument("--pause", type=float, default=5.0, help="seconds between two looks (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = self.run()
        while not options["once"]:
            time.sleep(options["pause"])
            sent += self.run()
        self.stdout.write(json.dumps({"sent": sent}) if options["json"] else f"{sent} sent")

    def run(self) -> int:
        actions.sweep()
        return actions.deliver_due()
