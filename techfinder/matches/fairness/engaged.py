"""What the room above knows of the places of a provider: which requests it was asked about, and still has to answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from typing import Any, NamedTuple


class Engaged(NamedTuple):
    """A request that a provider was asked about; `awaits` while its answer is awaited."""

    provider_id: int
    request_id: int
    awaits: bool


# Of these providers: what they were asked since a moment, and what still awaits their answer, however long.
Source = Callable[[Collection[int], dt.datetime], Iterable[Engaged]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a room above say which requests take a place of a provider, or no longer do."""
    _sources.append(source)
    return source


def columns(provider_ids: Collection[int], since: dt.datetime) -> dict[str, list[Any]]:
    """All that was said of these providers, as `placing` reads it."""
    found = [each for source in _sources for each in source(provider_ids, since)]
    return {
        "engaged_providers": [each.provider_id for each in found],
        "engaged_requests": [each.request_id for each in found],
        "engaged_awaits": [each.awaits for each in found],
    }
