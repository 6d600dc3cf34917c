"""What rooms above this one add to the page of a provider: its offers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest

from techfinder.organisations.models import Provider

Source = Callable[[HttpRequest, Provider], dict[str, Any]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a room above add to the page: it gets the request and the provider and returns values for the template."""
    _sources.append(source)
    return source


def beside(request: HttpRequest, provider: Provider) -> dict[str, Any]:
    """Everything that was added."""
    added: dict[str, Any] = {}
    for source in _sources:
        added |= source(request, provider)
    return added
