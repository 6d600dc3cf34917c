"""Brings the local database to the state of the code; with --demo, puts a small country into an empty one."""

from __future__ import annotations

import argparse
import os
import sys

import django
from django.core.management import CommandError, call_command, get_commands
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from techfinder.env import EnvironmentFaultError
from techfinder.local import LocalServiceError
from techfinder.startup import hold_services


def migrate() -> None:
    """Django's own command takes a second to find out that there is nothing to do."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        print("  Database ...", flush=True)
        call_command("migrate", verbosity=0, interactive=False)


def demo() -> None:
    if "demo" not in get_commands():
        return
    call_command("demo", if_empty=True)
    call_command("demo", accounts=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--demo", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techfinder.settings")
    try:
        hold_services()
        django.setup()
        migrate()
        if options.demo:
            demo()
    except (CommandError, DatabaseError, EnvironmentFaultError, LocalServiceError, OSError) as error:
        full = "No space left on device" in str(error)
        print("The disk is full: the database cannot grow." if full else error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
