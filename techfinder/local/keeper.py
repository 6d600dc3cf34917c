"""The one process that owns the embedded PostgreSQL and Redis: starts, mends and stops them.

It ends them when nobody holds them any more. It watches a lock and no list of process numbers, because a lock is
also given up by a process that is killed.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import IO

from .holding import LocalServiceError, Place
from .postgres import Postgres
from .redis import Redis

Services = tuple[Postgres | Redis, ...]
POLL_SECONDS = 0.2
MOST_RESTARTS = 20


class _Stop(BaseException):
    """The machine, or a person, asks the keeper to end."""


def _stop(signum: int, frame: FrameType | None) -> None:
    raise _Stop


# Open until the very end of this process: whoever gets the lock may take it that the keeper is gone.
_until_exit: list[IO[str]] = []


def _lock_until_exit(place: Place) -> IO[str]:
    """The holders' file, open until this process is gone: who comes while the services stop, waits for their end."""
    own_lock = place.keeper.open("a")
    fcntl.flock(own_lock, fcntl.LOCK_EX)
    holders = place.holders.open("a")
    _until_exit.extend((own_lock, holders))
    return holders


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("path", type=Path)
    parser.add_argument("--fast-and-loose", action="store_true")
    options = parser.parse_args()
    place = Place(options.path, fast_and_loose=options.fast_and_loose)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    holders = _lock_until_exit(place)
    services: Services = (Postgres(place), Redis(place))
    try:
        return _keep(holders, services)
    except _Stop:
        return 0
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        for service in reversed(services):
            service.stop()


def _keep(holders: IO[str], services: Services) -> int:
    try:
        for service in services:
            service.start()
        for service in services:
            service.wait_until_ready()
    except (LocalServiceError, OSError) as error:
        print(error, flush=True)
        return 1
    print("ready", flush=True)
    # The starter reads one line and goes away.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return _watch(holders, services)


def _watch(holders: IO[str], services: Services) -> int:
    """Until nobody holds; a service that falls over on the way is started again, but not for ever."""
    restarts = 0
    while not _nobody(holders):
        for service in services:
            if service.is_running():
                continue
            restarts += 1
            if restarts > MOST_RESTARTS:
                print(f"{type(service).__name__} keeps falling over", file=sys.stderr, flush=True)
                return 1
            print(f"{type(service).__name__} is gone: starting it again", file=sys.stderr, flush=True)
            service.start()
        time.sleep(POLL_SECONDS)
    return 0


def _nobody(holders: IO[str]) -> bool:
    try:
        fcntl.flock(holders, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Without the interpreter's tidying up, during which the lock would be free and the process still there.
    os._exit(code)
