"""The way in of the Celery worker and of beat: `celery --app techfinder.worker ...`."""

from __future__ import annotations

from techfinder.startup import serve

serve()

from techfinder.celery import app  # noqa: E402

__all__ = ["app"]
