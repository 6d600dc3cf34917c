"""Takes in one mail on standard input, as the pipe of a mail server hands it over; the exit code is the answer."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import Error

from techfinder.mail.inbound.reading import LARGEST
from techfinder.mail.inbound.receiving import WORDS, Exit, receive


class Command(BaseCommand):
    help = "Take in a mail to one of the site's reply addresses: the mail on standard input, sysexits as exit codes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", default="", help="The address it is delivered to, such as Postfix's ${recipient}.")

    def handle(self, *args: Any, **options: Any) -> None:
        raw = sys.stdin.buffer.read(LARGEST + 1)
        try:
            answer = receive(raw=raw, to=options["to"])
        except Error:
            # The database is away: the mail server keeps the mail and tries again.
            answer = Exit.TEMPORARY
        if answer is not Exit.OK:
            self.stderr.write(str(WORDS[answer]))
            sys.exit(answer)
