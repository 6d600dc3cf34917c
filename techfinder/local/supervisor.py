"""`make run`: web server, Celery worker and beat under one roof, on embedded PostgreSQL and Redis.

All of them end together, by Ctrl-C, by SIGTERM, and when the supervisor itself is killed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

from techfinder import env
from techfinder.local import Holding, LocalServiceError, Place, hold
from techfinder.local.processes import die_with_parent

START_SECONDS = 60
STOP_SECONDS = 25
SERVICES_STOP_SECONDS = 25
# A part that falls over this often within a minute does not get well by starting it again.
MOST_RESTARTS = 5
# PostgreSQL needs room for one more segment of its log.
LEAST_FREE = 20 * 1024 * 1024

WORKER_ENVIRONMENT = {
    # SIGTERM gives back what cannot be ended in time.
    "REMAP_SIGTERM": "SIGQUIT",
    # On a machine of one's own, root is no news.
    "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
}


class Stop(BaseException):
    """Ctrl-C, or SIGTERM."""


class SupervisorError(Exception):
    """One sentence about why the site does not run."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise Stop


class Part:
    """One process of the site, started again when it falls over."""

    def __init__(self, name: str, command: Sequence[str], environment: dict[str, str]) -> None:
        self.name = name
        self.command = [sys.executable, "-m", *command]
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None
        self.starts: deque[float] = deque(maxlen=MOST_RESTARTS)

    def start(self) -> None:
        self.starts.append(time.monotonic())
        # A session of its own: Ctrl-C reaches the supervisor only, which then ends the parts in order.
        self.process = subprocess.Popen(
            self.command,
            cwd=env.ROOT,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=die_with_parent(signal.SIGTERM),
        )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def keeps_falling(self) -> bool:
        return len(self.starts) == MOST_RESTARTS and time.monotonic() - self.starts[0] < 60

    def ask_to_stop(self) -> None:
        if self.process is not None and self.is_running():
            self.process.terminate()

    def make_stop(self, deadline: float) -> None:
        """Wait until the deadline; then the whole session goes, so that no pool process is left over."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(max(0.1, deadline - time.monotonic()))
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


def parts(port: int, local_dir: Path) -> list[Part]:
    celery = ("celery", "--app", "techfinder.worker", "--quiet")
    web = ("gunicorn", "techfinder.wsgi", "--bind", f"127.0.0.1:{port}", "--workers", "2")
    pool = ("worker", "--pool", "prefork", "--concurrency", "2", "--without-gossip", "--without-mingle")
    return [
        Part("web", (*web, "--log-level", "warning", "--graceful-timeout", "5"), {}),
        Part("worker", (*celery, *pool, "--loglevel", "WARNING"), WORKER_ENVIRONMENT),
        Part(
            "beat", (*celery, "beat", "--schedule", str(local_dir / "beat"), "--pidfile=", "--loglevel", "WARNING"), {}
        ),
    ]


def check_port(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise SupervisorError(
                f"Port {port} is taken by another program: stop it, or choose another with `make run PORT={port + 1}`."
            ) from error


def prepare() -> None:
    """Migrations and demo data, in a process of their own: this one stays small."""
    command = [sys.executable, "-m", "techfinder.local.prepare", "--demo"]
    if subprocess.run(command, cwd=env.ROOT, check=False, preexec_fn=die_with_parent(signal.SIGTERM)).returncode:
        raise SupervisorError("The database could not be made ready; the reason is above.")


def wait_for_page(port: int, web: Part) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if not web.is_running():
            raise SupervisorError("The web server ended while it was starting; what it says is above.")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/livez", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SupervisorError(f"The web server did not answer within {START_SECONDS} seconds.")


def watch(running: list[Part], holding: Holding | None) -> None:
    """For ever: a part that falls over is started again."""
    while True:
        time.sleep(0.5)
        if holding is not None and not holding.is_kept():
            raise SupervisorError(why_gone(holding.place.path))
        for part in running:
            if part.is_running():
                continue
            if part.keeps_falling():
                raise SupervisorError(f"The {part.name} fell over {MOST_RESTARTS} times within a minute.")
            print(f"The {part.name} fell over and is started again.", file=sys.stderr, flush=True)
            part.start()


def why_gone(path: Path) -> str:
    if shutil.disk_usage(path).free < LEAST_FREE:
        return f"The disk that holds {path} is full: PostgreSQL or Redis could not go on."
    return f"PostgreSQL or Redis fell over and could not be started again: see the logs in {path}."


def serve(port: int, settings: env.Env, holding: Holding | None) -> None:
    check_port(port)
    prepare()
    running = parts(port, settings.local_dir)
    try:
        for part in running:
            part.start()
        wait_for_page(port, running[0])
        print(f"\n  Techfinder       {settings.base_url}/", flush=True)
        print(f"  Mails            {settings.base_url}/post/", flush=True)
        print("  Stop             Ctrl-C\n", flush=True)
        watch(running, holding)
    finally:
        # A second Ctrl-C must not leave half of them behind.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for part in running:
            part.ask_to_stop()
        deadline = time.monotonic() + STOP_SECONDS
        for part in running:
            part.make_stop(deadline)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    port = parser.parse_args().port
    os.environ["TECHFINDER_DEBUG"] = "1"
    os.environ.setdefault("TECHFINDER_BASE_URL", f"http://127.0.0.1:{port}")
    signal.signal(signal.SIGINT, _stop)
    signal.signal(signal.SIGTERM, _stop)
    holding = None
    try:
        settings = env.current()
        check_port(port)
        if settings.is_local:
            holding = hold(Place(settings.local_dir))
        serve(port, settings, holding)
    except Stop:
        print("\nStopped.", flush=True)
        return 0
    except (SupervisorError, LocalServiceError, env.EnvironmentFaultError) as error:
        print(error, file=sys.stderr)
        return 1
    finally:
        if holding is not None and not holding.release(wait=SERVICES_STOP_SECONDS):
            print("PostgreSQL and Redis are still in use by another command of this copy.", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
