"""The Celery application, and the one way to wake it.

The queue is a wake-up and no store: what must happen is a row, and a sweeper finds every row that nobody was woken
for. So a wake-up that fails is logged and forgotten.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import partial

from celery import Celery
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "techfinder.settings")

logger = logging.getLogger(__name__)

app = Celery("techfinder")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# While Redis is frozen each attempt costs a second: after one failure the next are spared for a while.
PAUSE_SECONDS = 5


class _Publisher:
    """A second application that only publishes: the worker's patient time-outs would hold up a web request."""

    def __init__(self) -> None:
        self._app: Celery | None = None
        self._paused_until = 0.0

    def app(self) -> Celery:
        if self._app is None:
            from django.conf import settings

            self._app = Celery("techfinder-publisher", set_as_current=False)
            self._app.config_from_object("django.conf:settings", namespace="CELERY")
            self._app.conf.update(
                broker_transport_options={
                    **settings.CELERY_BROKER_TRANSPORT_OPTIONS,
                    **settings.PUBLISHER_TRANSPORT_OPTIONS,
                },
                task_publish_retry=True,
                task_publish_retry_policy=settings.PUBLISHER_RETRY_POLICY,
            )
        return self._app

    def forget(self) -> None:
        """Read the settings again (tests change the broker)."""
        if self._app is not None:
            self._app.close()
        self.__init__()  # type: ignore[misc]

    def publish(self, name: str, args: tuple[int | str, ...]) -> bool:
        if time.monotonic() < self._paused_until:
            return False
        try:
            self.app().send_task(name, args=args)
        except (KombuError, RedisError, OSError) as error:
            self._paused_until = time.monotonic() + PAUSE_SECONDS
            logger.warning("cannot wake %s (%s): the sweeper will find its rows", name, type(error).__name__)
            return False
        return True


publisher = _Publisher()

# What is to be woken at the end of the block; None outside.
_gathered: ContextVar[dict[tuple[str, tuple[int | str, ...]], None] | None] = ContextVar("gathered", default=None)


@contextmanager
def once_each() -> Iterator[None]:
    """Publish each wake-up of this block once, at its end: for runs of many short transactions that wake the same."""
    token = _gathered.set({})
    try:
        yield
    finally:
        gathered = _gathered.get() or {}
        _gathered.reset(token)
        for name, args in gathered:
            publisher.publish(name, args)


def _publish(name: str, args: tuple[int | str, ...]) -> None:
    gathered = _gathered.get()
    if gathered is None:
        publisher.publish(name, args)
    else:
        gathered[name, args] = None


def wake(task_name: str, *args: int | str) -> None:
    """After commit, ask a worker to run the task; never raises, and never waits for more than about a second."""
    transaction.on_commit(partial(_publish, task_name, args), robust=True)
