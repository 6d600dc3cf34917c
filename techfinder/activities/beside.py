"""What rooms above this one add to the page of an activity: how its provider answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from techfinder.activities.models import Activity

Source = Callable[[HttpRequest, Activity], dict[str, Any]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a room above add to the page: it gets the request and the activity and returns values for the template."""
    _sources.append(source)
    return source


def beside(request: HttpRequest, activity: Activity) -> dict[str, Any]:
    """Everything that was added."""
    added: dict[str, Any] = {}
    for source in _sources:
        added |= source(request, activity)
    return added
