"""The site's own settings on embedded services of the tests; of the environment of whoever runs them, nothing."""

from __future__ import annotations

import os

from techfinder import env
from techfinder.local import Place, hold

for name in list(os.environ):
    if (name.startswith("TECHFINDER_") and name not in env.TOLERATED) or name in env.UNPREFIXED:
        del os.environ[name]
os.environ["TECHFINDER_DEBUG"] = "1"
os.environ["TECHFINDER_LOCAL_DIR"] = os.environ.get("TECHFINDER_TEST_LOCAL_DIR") or str(env.ROOT / ".local" / "tests")
# Playwright keeps an event loop in the main thread; nothing else does, and the tests are synchronous.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# One name for a run and all its xdist workers: several runs may use the server at once.
RUN = os.environ.setdefault("PYTEST_TECHFINDER_RUN", str(os.getpid()))

# Before the settings, which only compute addresses. Held until this process ends.
SERVICES = hold(Place(env.current().local_dir, fast_and_loose=True))

from techfinder.settings import *  # noqa: E402, F403

DATABASES = {"default": {**DATABASES["default"], "CONN_MAX_AGE": 0, "TEST": {"NAME": f"test_{RUN}"}}}  # noqa: F405
# No test may publish by accident: a test that means it asks for `redis_server`.
CELERY_BROKER_URL = "redis+socket:///nowhere/redis.sock?virtual_host=0"
REDIS_URL = "unix:///nowhere/redis.sock"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# No test asks strangers for the ground of a map.
TILES = ""
# Tests pass at night and in holidays; those of the quiet hours set them.
QUIET_HOURS = None
