"""What rooms above this one add to its pages: bookings, the waiting list."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum
from typing import Any

from django.http import HttpRequest

from techfinder.taxonomy.additions import Additions, Source


class Page(StrEnum):
    """Where something is added, and about what."""

    DASHBOARD = "dashboard"  # about nothing
    REQUEST = "request"  # about a Request
    ACTIVITY = "activity"  # about an Activity


_added: dict[Page, Additions[Any]] = {page: Additions() for page in Page}


def register(page: Page) -> Callable[[Source[Any]], Source[Any]]:
    """Let a room above add to a page: it gets the request and what the page is about, and returns template values."""
    return _added[page].register


def beside(page: Page, request: HttpRequest, about: Any = None) -> dict[str, Any]:
    """Everything that was added to this page."""
    return _added[page].of(request, about)
