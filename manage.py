#!/usr/bin/env python
"""Django's command line, on embedded services when there are no others."""

import os
import sys


def main() -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techfinder.settings")
    try:
        from django.core.management import execute_from_command_line
    except ImportError:
        print(
            "Techfinder is not installed in this Python: run `make setup`, then use .venv/bin/python.", file=sys.stderr
        )
        return 1
    from techfinder.env import EnvironmentFaultError
    from techfinder.local import LocalServiceError
    from techfinder.startup import hold_services

    try:
        hold_services()
    except (EnvironmentFaultError, LocalServiceError) as error:
        print(error, file=sys.stderr)
        return 1
    execute_from_command_line(sys.argv)
    return 0


if __name__ == "__main__":
    sys.exit(main())
