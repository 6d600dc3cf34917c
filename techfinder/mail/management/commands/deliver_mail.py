import json
import logging
import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections

from techfinder.mail import actions

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = "Delivers the outbox without broker or worker: with --once from cron, else until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="send what is due now and stop")
        parser.add_argument("--json", action="store_true", help="print a summary for a machine")
        parser.add_argument("--pause", type=float, default=5.0, help="seconds between two looks (default 5)")

    def handle(self, *args: Any, **options: Any) -> None:
        sent = self.once() if options["once"] else self.until_stopped(options["pause"])
        self.stdout.write(json.dumps({"sent": sent}) if options["json"] else f"{sent} sent")

    def until_stopped(self, pause: float) -> int:
        """Look, and look again; a signal ends it after the mail that is being sent."""
        sent, over = 0, threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: over.set())
        while not over.is_set():
            went = self.run_anyhow()
            sent += went
            if not went:
                over.wait(pause)
        return sent

    def run_anyhow(self) -> int:
        """A database that is away is no reason to end: it is looked at again."""
        close_old_connections()
        try:
            return actions.deliver_due(seconds=3)
        except (OperationalError, InterfaceError) as error:
            logger.warning("the outbox cannot be read: %s", error)
            return 0

    def once(self) -> int:
        """All that is due now."""
        sent = 0
        while went := actions.deliver_due():
            sent += went
        return sent
