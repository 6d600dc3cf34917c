"""The site through gunicorn as a host would run it on two cores, with one of the searches behind its list."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from techfinder.env import ROOT
from techfinder.local.processes import die_with_parent
from tests.support.servers import free_port, wait_until

# One process per core and no threads: threads that wait for the same interpreter cost a third of the pages.
WORKERS = 2


@dataclass(frozen=True)
class Site:
    name: str
    port: int
    pid: int
    # Seconds from the start of the processes to the first page.
    first_page: float

    def get(self, address: str) -> str:
        """A page over a connection of its own: any of the workers may answer."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{address}", timeout=120) as answer:
            return str(answer.read(), "utf-8")


def production(site: Mapping[str, str], directory: Path) -> dict[str, str]:
    """The environment of a site that serves the world, without https; its files are gathered."""
    found = {name: value for name, value in os.environ.items() if not name.startswith("TECHFINDER_")}
    found |= site | {
        "TECHFINDER_DEBUG": "0",
        "TECHFINDER_SECRET_KEY": "b" * 60,
        "TECHFINDER_BASE_URL": "http://127.0.0.1:8000",
        "TECHFINDER_ALLOWED_HOSTS": "127.0.0.1",
        "TECHFINDER_MAIL_FROM": "desk@techfinder.example",
        "TECHFINDER_LOCAL_DIR": str(directory),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(command, cwd=ROOT, env=found, check=True)
    return found


@contextmanager
def running(name: str, environment: Mapping[str, str], log: Path) -> Iterator[Site]:
    """Serves until the block ends."""
    port, start = free_port(), time.perf_counter()
    command = [
        sys.executable, "-m", "gunicorn", "tests.benchmarks.search_site.wsgi", "--bind", f"127.0.0.1:{port}",
        "--workers", str(WORKERS), "--timeout", "120",
    ]  # fmt: skip
    with log.open("ab") as file:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**environment, "BENCH_SEARCH": name}, stdout=file, stderr=file,
            start_new_session=True, preexec_fn=die_with_parent(signal.SIGKILL),
        )  # fmt: skip
    try:
        wait_until(lambda: _answers(port, process, log), 120, f"{name} does not answer: see {log}")
        yield Site(name, port, process.pid, time.perf_counter() - start)
    except AssertionError as error:
        error.add_note(log.read_text()[-4000:])
        raise
    finally:
        process.terminate()
        process.wait(30)


def _answers(port: int, process: subprocess.Popen[bytes], log: Path) -> bool:
    assert process.poll() is None, log.read_text()[-4000:]
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/aanbod/", timeout=120).close()
    except urllib.error.HTTPError as error:
        raise AssertionError(log.read_text()[-4000:]) from error
    except OSError:
        return False
    return True
