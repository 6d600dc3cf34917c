"""The parts of a site under fire: each can be killed, and whoever watches starts it again."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import redis

from techfinder.env import ROOT
from techfinder.local import Place
from techfinder.local.postgres import Postgres
from techfinder.local.processes import die_with_parent
from techfinder.local.redis import command as redis_command
from tests.support.servers import RedisServer, free_port, wait_until

# The machine may be busy with others.
PATIENCE = 120


class Part:
    """A process with its children in a group of its own."""

    def __init__(self, name: str, command: Sequence[str], environment: Mapping[str, str], directory: Path) -> None:
        self.name = name
        self.command = [sys.executable, "-m", *command]
        self.environment = dict(environment)
        self.log_file = directory / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.wanted = False
        # Besides those that were killed.
        self.fell_over = 0

    def start(self) -> None:
        self.wanted = True
        with self.log_file.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGKILL),
            )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """SIGKILL to all of it at once; nobody starts it again until `start`."""
        self.wanted = False
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def mend(self) -> None:
        """What systemd and Docker do: start again what should run and does not."""
        if self.wanted and not self.is_running():
            self.fell_over += 1
            self.start()

    def children(self) -> list[psutil.Process]:
        if self.process is None or not self.is_running():
            return []
        with suppress(psutil.NoSuchProcess):
            return [each for each in psutil.Process(self.process.pid).children() if each.status() != "zombie"]
        return []

    def log(self) -> str:
        return self.log_file.read_text(encoding="utf-8", errors="replace") if self.log_file.exists() else ""


class Sink(Part):
    """The mail server (`sink.py`)."""

    def __init__(self, directory: Path) -> None:
        self.port = free_port()
        self.file = directory / "mails.jsonl"
        self.control = str(directory / "sink.sock")
        command = ("tests.faults.sink", str(self.port), str(self.file), self.control)
        super().__init__("sink", command, os.environ, directory)

    def start(self) -> None:
        super().start()
        wait_until(lambda: Path(self.control).exists(), PATIENCE, "the mail server does not start")

    def tell(self, **wanted: Any) -> dict[str, Any]:
        """Set how it behaves; what it counted so far."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(self.control)
            line.sendall(json.dumps(wanted).encode() + b"\n")
            with line.makefile("rb") as answer:
                counted: dict[str, Any] = json.loads(answer.readline())
        return counted


class Cluster:
    """A PostgreSQL of the tests' own, so that it may be stopped as by a power cut."""

    def __init__(self, directory: Path) -> None:
        self.place = Place(directory)
        self.place.make()
        self.postgres = Postgres(self.place)

    def start(self) -> None:
        self.postgres.start()
        self.postgres.wait_until_ready()

    def restart_immediate(self) -> None:
        """Every session ends in the middle of what it does, and the log is replayed at the start."""
        process = self.postgres.process
        assert process is not None
        process.send_signal(signal.SIGQUIT)
        process.wait(PATIENCE)
        self.start()

    def stop(self) -> None:
        self.postgres.stop()


class FullDisk(RedisServer):
    """A Redis whose append-only file can be made to hold no more: each write to it then fails."""

    def start(self) -> None:
        with (self.directory / "redis.log").open("ab") as log:
            self.process = subprocess.Popen(
                redis_command(self.directory, self.socket),
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=self._before,
            )
        wait_until(self.answers, PATIENCE, "Redis does not answer")

    @staticmethod
    def _before() -> None:
        # Ignored, a write past the limit fails with EFBIG, as ENOSPC does on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        die_with_parent(signal.SIGKILL)()

    def _limit(self, size: int) -> None:
        assert self.process is not None
        hard = resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE)[1]
        resource.prlimit(self.process.pid, resource.RLIMIT_FSIZE, (size, hard))

    def fill_disk(self) -> None:
        sizes = [path.stat().st_size for path in self.directory.rglob("*aof*") if path.is_file()]
        self._limit(max(sizes))

    def free_disk(self) -> None:
        self._limit(resource.RLIM_INFINITY)

    def refuses_writes(self) -> bool:
        try:
            self.client().set("faults:probe", "1")
        except redis.ResponseError as error:
            return "MISCONF" in str(error)
        return False


def now() -> float:
    """The same clock in all processes of the machine, whatever time they are told it is."""
    return time.monotonic()
