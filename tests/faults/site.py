"""A whole Techfinder under fire: PostgreSQL, Redis, web server, workers, beat and mail server, each a process."""

from __future__ import annotations

import json
import os
import random
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
from celery import Celery
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models import F

from techfinder.celery import publisher
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import NothingFound, Notification
from techfinder.requests.models import Request
from tests.faults import changes
from tests.faults.counting import Inbox, Verdict, judge
from tests.faults.country import BY_WEB, Country, Expected
from tests.faults.databases import Borrowed, Databases
from tests.faults.posting import Posting
from tests.faults.processes import PATIENCE, FullDisk, Part, Sink, now
from tests.support.servers import free_port, wait_until

State = OutgoingMail.State
WORKERS = 2
# Of each worker: so many mails can be in its hands.
PROCESSES = 2
# Everything is to be there so long after a fault; we wait longer to say how late it was.
WAIT = 300
# With nothing on its way for so long nothing comes.
SILENCE = 20
# Notices to one person are put together for half an hour: too long to wait for in a test.
BUNDLE = 4


class Site:
    """`with site.running():` and all of it runs; what is killed stays down until it is started or `tend` finds it."""

    def __init__(
        self,
        databases: Databases | Borrowed,
        directory: Path,
        *,
        items: int,
        companies_want: Mapping[str, Any] | None = None,
        by_web: int = BY_WEB,
        beats: int = 1,
        **options: Any,
    ) -> None:
        self.databases = databases
        self.directory = directory
        self.items = items
        self.companies_want = companies_want or {}
        self.by_web = by_web
        self.beats = beats
        # What the processes are told (`changes`).
        self.options = {"bundle": BUNDLE, **options}
        self.random = random.Random(items)
        self.kills = 0
        self.redis = FullDisk()
        self.sink = Sink(directory)
        self.inbox = Inbox(self.sink.file)
        self.port = free_port()

    # ------------------------------------------------------------- start, stop

    @contextmanager
    def running(self) -> Iterator[Site]:
        before = settings.REDIS_URL, settings.CELERY_BROKER_URL
        with self.databases.fresh() as self.database:
            try:
                self._start()
                yield self
            finally:
                for part in (*self.__dict__.get("parts", ()), self.sink):
                    part.kill()
                self.redis.close()
                settings.REDIS_URL, settings.CELERY_BROKER_URL = before
                publisher.forget()

    def _start(self) -> None:
        self.redis.start()
        settings.REDIS_URL = self.redis.url
        settings.CELERY_BROKER_URL = self.redis.broker_url
        publisher.forget()
        self.sink.start()
        self.country = Country(self.items, by_web=self.by_web)
        self.country.settle(**self.companies_want)
        self.expected: Expected = self.country.expected()
        self.start_parts()

    def start_parts(self, *, beats: bool = True) -> None:
        """Web server, workers and (unless they come later) beats, as `options` are now."""
        self.web, self.workers, self.beat = self._web(), self._workers(), self._beats()
        for part in (self.web, *self.workers, *(self.beat if beats else ())):
            part.start()
        wait_until(self._is_up, PATIENCE, "the site does not come up")

    def stop_parts(self) -> None:
        for part in self.parts:
            part.kill()

    @property
    def parts(self) -> list[Part]:
        return [self.web, *self.workers, *self.beat]

    def _is_up(self) -> bool:
        # An application of its own: the pool of ours may still know the broker of the cell before.
        with Celery("probe", broker=self.redis.broker_url, set_as_current=False) as probe:
            answers = probe.control.ping(timeout=1)
        for part in self.parts:
            assert part.is_running() or not part.wanted, part.log()
        return len(answers) == WORKERS and is_open(self.port)

    def _web(self) -> Part:
        bind = ("--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "info", "--no-control-socket")
        return Part("web", ("gunicorn", "tests.faults.web", *bind), self.environment(), self.directory)

    def _workers(self) -> list[Part]:
        words = (
            "--pool",
            "prefork",
            "--concurrency",
            str(PROCESSES),
            "--without-gossip",
            "--without-mingle",
            "--loglevel",
            "INFO",
        )
        return [
            Part(
                f"worker{n}",
                ("tests.faults.launcher", "worker", "--hostname", f"worker{n}@%h", "--loglevel", "INFO", *words),
                {**self.environment(), "REMAP_SIGTERM": "SIGQUIT"},
                self.directory,
            )
            for n in range(WORKERS)
        ]

    def _beats(self) -> list[Part]:
        return [
            Part(
                f"beat{n}",
                (
                    *("tests.faults.launcher", "beat", "--pidfile=", "--loglevel", "INFO"),
                    *("--schedule", str(self.directory / f"beat-schedule{n}")),
                ),
                self.environment(),
                self.directory,
            )
            for n in range(self.beats)
        ]

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TECHFINDER_")}
        return {
            **own,
            "DJANGO_SETTINGS_MODULE": "techfinder.settings",
            "DATABASE_URL": self.databases.url(self.database),
            "REDIS_URL": self.redis.url,
            "TECHFINDER_SECRET_KEY": settings.SECRET_KEY,
            "TECHFINDER_LOCAL_DIR": str(self.databases.local_dir),
            "TECHFINDER_BASE_URL": f"http://127.0.0.1:{self.port}",
            "TECHFINDER_MAIL_FROM": settings.DEFAULT_FROM_EMAIL,
            "TECHFINDER_EMAIL_HOST": "127.0.0.1",
            "TECHFINDER_EMAIL_PORT": str(self.sink.port),
            "TECHFINDER_EMAIL_TLS": "0",
            "TECHFINDER_QUIET_HOURS": "none",
            changes.VARIABLE: json.dumps(self.options),
        }

    # ------------------------------------------------------------------ faults

    def post(self, seconds: float) -> Posting:
        self.posting = Posting(self.country, self.port, seconds)
        self.posting.start()
        return self.posting

    def tend(self) -> None:
        """As systemd or Docker would: what fell over is started again."""
        for part in self.parts:
            part.mend()

    def wait(self, seconds: float) -> None:
        until = now() + seconds
        while now() < until:
            self.tend()
            time.sleep(min(0.2, max(0.0, until - now())))

    def find_sender(self, wait: float = 20) -> tuple[Part, psutil.Process] | None:
        """A pool process that has a mail in its hand, with the worker that it is of; None when there is none."""
        until = now() + wait
        while now() < until:
            holding = OutgoingMail.objects.filter(state=State.SENDING).values_list("worker", flat=True)
            pids = {int(each.rpartition(":")[2]) for each in holding}
            senders = [(part, each) for part in self.workers for each in part.children() if each.pid in pids]
            if senders:
                return self.random.choice(senders)
            self.wait(0.02)
        return None

    # ----------------------------------------------------------------- what came

    def refused(self) -> set[str]:
        """Addresses of which the mail server said that they do not exist."""
        return set(self.sink.tell()["unknown"])

    def judged(self) -> Verdict:
        return judge(self.expected, self.inbox.look(), self.refused())

    def wait_for_all(self, wait: float = WAIT) -> Verdict:
        """Until everything arrived, or nothing is on its way any more, or for `wait` seconds."""
        until, quiet_since = now() + wait, now()
        while now() < until:
            self.wait(0.5)
            if not self.is_quiet():
                quiet_since = now()
            elif self.judged().complete or now() - quiet_since > SILENCE:
                break
        return self.judged()

    def is_quiet(self) -> bool:
        """Nothing waits to be matched, told or sent."""
        try:
            waits = (
                OutgoingMail.objects.filter(state__in=[State.QUEUED, State.SENDING]),
                Notification.objects.filter(told_at=None),
                NothingFound.objects.filter(told_at=None),
                Request.objects.filter(matched_version__lt=F("version")),
            )
            return not any(each.exists() for each in waits)
        except DatabaseError:
            connection.close()
            return False

    def states(self) -> dict[str, int]:
        connections.close_all()
        found: dict[str, int] = {}
        for state in OutgoingMail.objects.values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
        return found

    def is_matched(self) -> bool:
        """What was posted is matched; what is to be told may wait for its hour."""
        connection.close()
        return not Request.objects.filter(matched_version__lt=F("version")).exists()

    def is_told(self) -> bool:
        """All mails are written; nobody need have sent one."""
        connection.close()
        told = Notification.objects.filter(told_at=None), NothingFound.objects.filter(told_at=None)
        return self.is_matched() and not any(each.exists() for each in told)

    def schools_are_told(self) -> bool:
        connection.close()
        waits = OutgoingMail.objects.filter(state__in=[State.QUEUED, State.SENDING])
        tell = Notification.objects.filter(told_at=None, side=Notification.Side.SCHOOL)
        return not (waits.exists() or tell.exists() or NothingFound.objects.filter(told_at=None).exists())

    def logs(self) -> str:
        return "\n".join(f"== {part.name}\n{part.log()[-3000:]}" for part in (*self.parts, self.sink))


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
