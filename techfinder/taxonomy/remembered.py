"""What hardly ever changes and every page needs: kept in the memory of the process, for a minute at most."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any, ParamSpec, TypeVar

SECONDS = 60
MOST = 2048

P = ParamSpec("P")
R = TypeVar("R")
_forget: list[Callable[[], None]] = []


def for_a_while(read: Callable[P, R]) -> Callable[P, R]:
    """Remember the answers of a function of hashable arguments; callers share them and change nothing of them."""

    # The minute is part of the key, so that an older answer is never found again and soon pushed out.
    @lru_cache(maxsize=MOST)
    def kept(minute: int, *args: Any, **kwargs: Any) -> R:
        return read(*args, **kwargs)

    @wraps(read)
    def remembered(*args: P.args, **kwargs: P.kwargs) -> R:
        return kept(int(time.monotonic() // SECONDS), *args, **kwargs)  # type: ignore[arg-type]

    _forget.append(kept.cache_clear)
    return remembered


def forget() -> None:
    """Read everything anew: for tests, whose data come and go faster than minutes."""
    for clear in _forget:
        clear()
