"""`python -m tests.faults.launcher worker|beat ...`: Celery as in production, with the changes of a fault test."""

from __future__ import annotations

import sys

from tests.faults import changes

if __name__ == "__main__":
    options = changes.asked()
    changes.set_clock(options)

    import django
    from celery.__main__ import main

    import techfinder.worker  # noqa: F401

    django.setup()
    changes.apply(options)
    sys.argv = ["celery", "--app", "techfinder.worker", *sys.argv[1:]]
    main()
