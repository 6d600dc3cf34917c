"""What rooms above this one add to its pages: bookings, the waiting list."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.http import HttpRequest


class Page(StrEnum):
    """Where something is added, and about what."""

    DASHBOARD = "dashboard"  # about nothing
    REQUEST = "request"  # about a Request
    ACTIVITY = "activity"  # about an Activity


Source = Callable[[HttpRequest, Any], dict[str, Any]]
_sources: dict[Page, list[Source]] = defaultdict(list)


def register(page: Page) -> Callable[[Source], Source]:
    """Let a room above add to a page: it gets the request and what the page is about, and returns template values."""

    def keep(source: Source) -> Source:
        _sources[page].append(source)
        return source

    return keep


def beside(page: Page, request: HttpRequest, about: Any = None) -> dict[str, Any]:
    """Everything that was added to this page."""
    added: dict[str, Any] = {}
    for source in _sources[page]:
        added |= source(request, about)
    return added
