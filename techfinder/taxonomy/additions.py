"""What rooms above a page add to it: each registers a function that gives values for the template."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.http import HttpRequest

About = TypeVar("About")
Source = Callable[[HttpRequest, About], dict[str, Any]]


class Additions(Generic[About]):
    """Of one page, which is about something."""

    def __init__(self) -> None:
        self._sources: list[Source[About]] = []

    def register(self, source: Source[About]) -> Source[About]:
        """Let a room above add to the page: it gets the request and what the page is about."""
        self._sources.append(source)
        return source

    def of(self, request: HttpRequest, about: About) -> dict[str, Any]:
        """Everything that was added."""
        added: dict[str, Any] = {}
        for source in self._sources:
            added |= source(request, about)
        return added
