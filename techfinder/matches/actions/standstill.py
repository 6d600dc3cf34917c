"""Telling who waits for a full rematch why nothing happens."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from techfinder.matches.models import Rematch

Notice = Callable[[str], None]
# Without progress for so long there is something to say.
PATIENCE = 5.0


class Standstill:
    """Looks at the shards of a run; each thing that is to be said is said once."""

    def __init__(self, run: Rematch, notice: Notice | None) -> None:
        self._run, self._notice = run, notice
        self._seen: list[Any] = []
        self._since = time.monotonic()
        self._said: set[bool] = set()

    def look(self) -> None:
        """Say why nothing happens, when that has been so for some seconds."""
        if self._notice is None:
            return
        shards = list(self._run.shards.order_by("pk").values_list("state", "attempts", "lease_until"))
        if shards != self._seen:
            self._seen, self._since = shards, time.monotonic()
        elif time.monotonic() - self._since >= PATIENCE:
            self._say(max((until for *_, until in shards if until and until > timezone.now()), default=None))

    def _say(self, until: Any) -> None:
        if self._notice is None or bool(until) in self._said:
            return
        self._said.add(bool(until))
        if until:
            self._notice(f"Another process holds a part until {timezone.localtime(until):%H:%M:%S}.")
        else:
            self._notice("No worker has taken a part yet; is one running?")
