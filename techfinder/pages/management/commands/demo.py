"""A believable country in small, and the accounts to walk through it."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from techfinder.accounts.models import User
from techfinder.pages.demo.build import STEPS, build, is_empty, is_there
from techfinder.pages.demo.country import is_local
from techfinder.pages.demo.people import SEES, Account, accounts


class Command(BaseCommand):
    help = "Put schools, companies, offers and questions that do not exist into the database, and print the accounts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are schools or offers already"
        )
        parser.add_argument("--accounts", action="store_true", help="only print the accounts of the demo")
        parser.add_argument("--json", action="store_true", help="print a summary for machines")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_local():
            raise CommandError("The demo has accounts with known addresses: it is only for a machine of your own.")
        counts: dict[str, int] = {}
        if not options["accounts"]:
            counts = self._build(if_empty=options["if_empty"])
        shown = [] if options["if_empty"] else accounts()
        if options["json"]:
            self.stdout.write(json.dumps({**counts, "accounts": [asdict(each) for each in shown]}))
        else:
            self._print(counts, shown)

    def _build(self, *, if_empty: bool) -> dict[str, int]:
        if is_there() or (if_empty and not is_empty()):
            return {}
        if User.objects.filter(email__in=SEES).exists():
            raise CommandError("An account with an address of the demo exists already, without the demo's offers.")
        with tqdm(total=STEPS, desc="demo", leave=False, disable=None) as bar:

            def tell(step: str) -> None:
                bar.set_postfix_str(step)
                bar.update()

            return build(tell)

    def _print(self, counts: dict[str, int], shown: list[Account]) -> None:
        if counts:
            self.stdout.write("Demo: " + ", ".join(f"{number} {name}" for name, number in counts.items()))
        if shown:
            self.stdout.write("Log in met een van deze adressen; de code staat in de mail op /post/")
        for each in shown:
            self.stdout.write(f"  {each.email:<24} {each.sees}")
            if each.totp_secret:
                self.stdout.write(f"  {'':<24} tweede stap: herstelcode {each.recovery_code}")
                self.stdout.write(f"  {'':<24} of een authenticator-app met geheim {each.totp_secret}")
                self.stdout.write(f"  {'':<24} (die toont nu {each.code_now})")
