"""Where the embedded services live, and how a process holds them."""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

# sun_path has 108 bytes on Linux and 104 elsewhere; PostgreSQL adds "/.s.PGSQL.5432".
LONGEST_SOCKET_DIR = 80
CHANGING_SECONDS = 10
# Redis addresses are URLs without escapes: other characters would have to be quoted, each client in its own way.
PLAIN_PATH = re.compile(r"[A-Za-z0-9/._-]+")
ROOT = Path(__file__).resolve().parent.parent.parent


class LocalServiceError(RuntimeError):
    """One sentence for a person about why the embedded services do not run."""


@dataclass(frozen=True)
class Place:
    """The files of one pair of embedded services."""

    path: Path
    # A database for tests may forget everything when the power fails.
    fast_and_loose: bool = False

    @property
    def sockets(self) -> Path:
        path = self.path.absolute() / "run"
        if len(os.fsencode(path)) <= LONGEST_SOCKET_DIR and PLAIN_PATH.fullmatch(str(path)):
            return path
        mark = hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"techfinder-{os.getuid()}-{mark}"

    @property
    def redis_socket(self) -> Path:
        return self.sockets / "redis.sock"

    def database_url(self, name: str = "techfinder") -> str:
        return f"postgresql://postgres@/{name}?host={self.sockets}"

    @property
    def redis_url(self) -> str:
        return f"unix://{self.redis_socket}"

    @property
    def holders(self) -> Path:
        return self.path / "holders.lock"

    @property
    def starting(self) -> Path:
        return self.path / "starting.lock"

    @property
    def keeper(self) -> Path:
        return self.path / "keeper.lock"

    def make(self) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        self.sockets.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.getuid() not in (0, self.sockets.stat().st_uid):
            raise LocalServiceError(f"{self.sockets} belongs to somebody else: remove it, or set TECHFINDER_LOCAL_DIR.")


class Holding:
    """Keeps the services up until `release`, or until this process and its forks are gone."""

    def __init__(self, place: Place, handle: IO[str]) -> None:
        self.place = place
        self._handle = handle

    def is_kept(self) -> bool:
        """Whether somebody still looks after the services: a keeper that cannot mend them gives up."""
        return not _is_free(self.place.keeper)

    def release(self, *, wait: float = 0) -> bool:
        """Lets go. With `wait`, says whether the services were gone within so many seconds."""
        self._handle.close()
        deadline = time.monotonic() + wait
        while time.monotonic() < deadline:
            if _is_free(self.place.keeper):
                return True
            time.sleep(0.05)
        return False


def hold(place: Place) -> Holding:
    """Start PostgreSQL and Redis at `place` unless they run, and hold them."""
    try:
        place.make()
        handle = place.holders.open("a")
        # A keeper that is stopping has this lock exclusively, so this waits for its end.
        fcntl.flock(handle, fcntl.LOCK_SH)
        with place.starting.open("a") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            if _keeper_is_gone(place):
                _start_keeper(place)
    except OSError as error:
        raise LocalServiceError(f"Cannot keep PostgreSQL and Redis in {place.path}: {error.strerror}.") from error
    return Holding(place, handle)


def _keeper_is_gone(place: Place) -> bool:
    """Whether to start one. The system frees the locks of a process that ends in an order of its own, so a keeper
    that has its lock and no PostgreSQL may still be going away, or is starting PostgreSQL again.
    """
    deadline = time.monotonic() + CHANGING_SECONDS
    while time.monotonic() < deadline:
        if _is_free(place.keeper):
            return True
        if (place.sockets / ".s.PGSQL.5432").exists():
            return False
        time.sleep(0.02)
    return False


def _is_free(path: Path) -> bool:
    with path.open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _start_keeper(place: Place) -> None:
    """Run the keeper apart from this terminal and wait until it says that both services answer."""
    command = [sys.executable, "-m", "techfinder.local.keeper", str(place.path.absolute())]
    if place.fast_and_loose:
        command.append("--fast-and-loose")
    with (place.path / "keeper.log").open("a") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            text=True,
        )
    assert process.stdout is not None
    with process.stdout:
        answer = process.stdout.readline().strip()
    if answer != "ready":
        process.wait()
        raise LocalServiceError(answer or f"The embedded services did not start: see {place.path / 'keeper.log'}.")
