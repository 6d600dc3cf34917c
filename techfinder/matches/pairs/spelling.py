"""The words of matches as the database keeps them: reasons and shortfalls as JSON, in the site's codes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from matching import ActivityColumns, RequestColumns, Terms, describe
from techfinder.matches.pairs.stored import Wanted
from techfinder.matches.rows import World, in_codes

# Thousands of pairs say the same few things; more different ones than this are forgotten again.
REMEMBERED = 100_000


class Speller:
    """Puts pairs of these rows into words."""

    def __init__(self, requests: RequestColumns, activities: ActivityColumns, terms: Terms, world: World) -> None:
        self._rows = requests, activities, terms
        self._world = world
        # Read now: who writes by COPY can ask nothing meanwhile.
        for codes in (world.themes, world.kinds):
            codes.ask_no_more()
        self._said: dict[Any, str] = {}

    def __call__(self, pairs: Wanted) -> Iterator[tuple[str, str]]:
        """Reasons and shortfalls of each pair, in the order given."""
        for reasons, shortfalls in describe(*self._rows, pairs.request_id, pairs.activity_id):
            yield self._json(reasons), self._json(shortfalls)

    def _json(self, said: tuple[Any, ...]) -> str:
        return f"[{', '.join([self._said.get(each) or self._spell(each) for each in said])}]"

    def _spell(self, reason: Any) -> str:
        if len(self._said) >= REMEMBERED:
            self._said.clear()
        self._said[reason] = text = json.dumps(in_codes([reason], self._world)[0])
        return text
