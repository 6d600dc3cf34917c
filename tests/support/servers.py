"""Real servers for tests: Redis, a Celery worker, an SMTP sink. Each can be killed, frozen or made to fail."""

from __future__ import annotations

import asyncio
import email
import email.policy
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import psutil
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from celery import Celery

from techfinder.env import ROOT
from techfinder.local.processes import die_with_parent
from techfinder.local.redis import command as redis_command

T = TypeVar("T")


def wait_until(condition: Callable[[], T], timeout: float = 10, message: str = "") -> T:
    """The first true answer of `condition`; fails when there is none within `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(message or f"{condition} did not become true within {timeout} seconds: {answer!r}")
        time.sleep(0.05)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


class RedisServer:
    """A Redis with an append-only file, as in production."""

    def __init__(self) -> None:
        # A short path: the socket's name must fit into a hundred bytes.
        self._directory = tempfile.TemporaryDirectory(prefix="tf-redis-")
        self.directory = Path(self._directory.name)
        self.socket = self.directory / "redis.sock"
        self.url = f"unix://{self.socket}"
        self.broker_url = f"redis+socket://{self.socket}?virtual_host=0"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with (self.directory / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                redis_command(self.directory, self.socket),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        wait_until(self.answers, 10, "Redis does not answer")

    def client(self) -> redis.Redis:
        return redis.Redis.from_url(self.url, socket_timeout=2)

    def answers(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.RedisError:
            return False

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)
        assert self.process is not None
        self.process.wait()

    def freeze(self) -> None:
        self.signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.signal(signal.SIGCONT)

    def close(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self._directory.cleanup()


class CeleryProcess:
    """`celery worker` (with beat when asked) as a process of its own, on the database of the test."""

    def __init__(self, environment: Mapping[str, str], directory: Path, *, beat: bool = False) -> None:
        self.environment = {**os.environ, **environment, "REMAP_SIGTERM": "SIGQUIT"}
        self.log_file = directory / "worker.log"
        self.beat = ["--beat", "--schedule", str(directory / "beat-schedule")] if beat else []
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, timeout: float = 30) -> None:
        command = [
            *(sys.executable, "-m", "celery", "--app", "techfinder.worker", "worker", "--pool", "prefork"),
            *("--concurrency", "2", "--without-gossip", "--without-mingle", "--loglevel", "INFO", *self.beat),
        ]
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )
        wait_until(self._answers, timeout, "the Celery worker does not answer")

    def _answers(self) -> bool:
        if self._died():
            raise AssertionError(f"the Celery worker ended by itself:\n{self.log()}")
        broker = self.environment["REDIS_URL"].replace("unix://", "redis+socket://") + "?virtual_host=0"
        with Celery("probe", broker=broker, set_as_current=False) as probe:
            return bool(probe.control.ping(timeout=0.5, limit=1))

    def _died(self) -> bool:
        assert self.process is not None
        return self.process.poll() is not None

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8") if self.log_file.exists() else ""

    def children(self) -> list[psutil.Process]:
        """The pool processes, which do the work."""
        assert self.process is not None
        return psutil.Process(self.process.pid).children()

    def kill(self) -> None:
        """SIGKILL to the worker and its pool at once."""
        assert self.process is not None
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        parsed: Any = email.message_from_bytes(self.raw, policy=email.policy.default)
        return parsed

    @property
    def text(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @property
    def html(self) -> str:
        part = self.message.get_body(("html",))
        return str(part.get_content()) if part is not None else ""


@dataclass
class SmtpSink:
    """A mail server that keeps everything; `answers` are given to the next messages instead of 250."""

    host: str = "127.0.0.1"
    port: int = field(default_factory=free_port)
    messages: list[Received] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    # Before it says yes to a recipient, and before it says yes to a message that it has whole.
    delay_before: float = 0
    delay: float = 0

    def __post_init__(self) -> None:
        self._controller = Controller(self, hostname=self.host, port=self.port)

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        await asyncio.sleep(self.delay_before)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.delay:
            await asyncio.sleep(self.delay)
        if self.answers:
            return self.answers.pop(0)
        content = envelope.content
        raw = content if isinstance(content, bytes) else str(content).encode()
        self.messages.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), raw))
        return "250 OK"

    def to(self, address: str) -> list[Received]:
        return [message for message in self.messages if address in message.recipients]

    def start(self) -> None:
        self._controller.start()

    def stop(self) -> None:
        self._controller.stop()
