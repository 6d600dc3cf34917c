"""What a school changed last by a near miss, and how to put it back: kept in its session until the next change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from django.contrib.sessions.backends.base import SessionBase

from techfinder.matches.queries import Step
from techfinder.requests.models import Request

KEY = "loosened"


def remember(session: SessionBase, changed: Request, *, old: dict[str, Any], step: Step) -> None:
    """Keep the values that a step replaced, for as long as the request stays at this version."""
    session[KEY] = {
        "request": str(changed.uuid),
        "version": changed.version,
        "old": {name: _encoded(value) for name, value in old.items()},
        "title": step.title,
        "was": step.was,
    }


def last(session: SessionBase, request: Request) -> dict[str, Any] | None:
    """The step (`title`, `was`) that made this version of the request."""
    kept: dict[str, Any] | None = session.get(KEY)
    if kept is None or (kept["request"], kept["version"]) != (str(request.uuid), request.version):
        return None
    return kept


def take_back(session: SessionBase, request: Request) -> dict[str, Any] | None:
    """The values to put back, once; None when they are not known, or something else changed since."""
    kept = last(session, request)
    if kept is None:
        return None
    del session[KEY]
    return {name: Request._meta.get_field(name).to_python(value) for name, value in kept["old"].items()}  # type: ignore[union-attr]


def _encoded(value: Any) -> Any:
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
