"""The cache in Redis, of which the site does not depend: without Redis each process remembers for itself."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

# While Redis is frozen each call costs a time-out: after one failure the next are spared for a while.
PAUSE_SECONDS = 10


class ForgivingRedisCache(RedisCache):
    """Redis; a cache of this process's own while Redis does not answer, so that rate limits go on counting."""

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, params)
        own = {name: value for name, value in params.items() if name not in ("OPTIONS", "BACKEND", "LOCATION")}
        self._fallback = LocMemCache("without-redis", own)
        self._paused_until = 0.0

    def _attempt(self, name: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= self._paused_until:
            try:
                method: Callable[..., Any] = getattr(super(), name)
                return method(*args, **kwargs)
            except (RedisError, OSError) as error:
                self._paused_until = time.monotonic() + PAUSE_SECONDS
                logger.warning("cache: Redis does not answer (%s); going on without it", type(error).__name__)
        return getattr(self._fallback, name)(*args, **kwargs)

    def add(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("add", *args, **kwargs)

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("touch", *args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("delete", *args, **kwargs)

    def get_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("get_many", *args, **kwargs)

    def set_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("set_many", *args, **kwargs)

    def delete_many(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("delete_many", *args, **kwargs)

    def has_key(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("has_key", *args, **kwargs)

    def incr(self, *args: Any, **kwargs: Any) -> Any:
        return self._attempt("incr", *args, **kwargs)

    def clear(self) -> Any:
        return self._attempt("clear")
