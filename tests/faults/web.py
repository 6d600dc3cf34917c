"""The way in of the web server of a fault test: `gunicorn tests.faults.web`."""

from __future__ import annotations

from tests.faults import changes

options = changes.asked()
changes.set_clock(options)

from techfinder.wsgi import application  # noqa: E402

changes.apply(options)

__all__ = ["application"]
