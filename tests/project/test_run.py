"""`make run` from start to Ctrl-C, in a directory of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from techfinder.env import ROOT
from techfinder.local import Place
from tests.project.test_local import processes_of
from tests.support.servers import free_port, wait_until

pytestmark = pytest.mark.xdist_group("run")


class Site:
    """The supervisor, as `make run` starts it."""

    def __init__(self, directory: Path) -> None:
        self.place = Place(directory)
        self.port = free_port()
        self.output = directory.parent / "output.log"
        environment = {name: value for name, value in os.environ.items() if not name.startswith("TECHFINDER_")}
        # The settings of the tests stay with the tests.
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.environment = {**environment, "TECHFINDER_LOCAL_DIR": str(directory)}
        self.known: list[psutil.Process] = []

    def start(self) -> None:
        command = [sys.executable, "-m", "techfinder.local.supervisor", "--port", str(self.port)]
        with self.output.open("w") as output:
            self.process = subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=output, stderr=output)

    def said(self) -> str:
        return self.output.read_text(encoding="utf-8")

    def wait_until_up(self) -> None:
        def is_up() -> bool:
            assert self.process.poll() is None, self.said()
            return "Ctrl-C" in self.said()

        wait_until(is_up, 240, "the site does not come up")
        self.known = [*psutil.Process(self.process.pid).children(recursive=True), *processes_of(self.place)]

    def get(self, path: str) -> tuple[int, str]:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as response:
            return response.status, response.read().decode()

    def left_over(self) -> list[str]:
        alive = [process for process in self.known if process.is_running() and process.status() != "zombie"]
        return [str(process) for process in [*alive, *processes_of(self.place)]]


@pytest.fixture(scope="module")
def directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for all: to fill it takes half a minute, and what a start left must do for the next."""
    return tmp_path_factory.mktemp("run") / "local"


@pytest.fixture
def site(directory: Path) -> Iterator[Site]:
    site = Site(directory)
    yield site
    if site.process.poll() is None:
        site.process.kill()
        site.process.wait()
    wait_until(lambda: not site.left_over(), 40, f"left over: {site.left_over()}")


@pytest.mark.slow
def test_it_serves_and_one_ctrl_c_ends_it_all(site: Site) -> None:
    site.start()
    site.wait_until_up()

    assert site.get("/livez") == (200, "ok\n")
    status, page = site.get("/")
    assert status == 200
    assert '<html lang="nl"' in page
    wait_until(lambda: '"healthy": true' in site.get("/readyz")[1], 60, "beat, broker and worker do not work together")
    assert f"http://127.0.0.1:{site.port}/post/" in site.said()

    site.process.send_signal(signal.SIGINT)
    assert site.process.wait(60) == 0, site.said()
    wait_until(lambda: not site.left_over(), 1, "something outlives Ctrl-C")
    assert "Traceback" not in site.said()


@pytest.mark.slow
def test_a_killed_supervisor_leaves_nothing_behind(site: Site) -> None:
    site.start()
    site.wait_until_up()
    site.process.kill()
    site.process.wait()

    wait_until(lambda: not site.left_over(), 40, "something outlives the supervisor")


@pytest.mark.slow
def test_it_ends_when_the_database_cannot_be_mended(site: Site) -> None:
    site.start()
    site.wait_until_up()
    keeper = next(each for each in processes_of(site.place) if "techfinder.local.keeper" in each.cmdline())
    keeper.kill()

    assert site.process.wait(60) == 1
    path = site.place.path
    gone = f"PostgreSQL or Redis fell over and could not be started again: see the logs in {path}.\n"
    assert gone in site.said()


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    # Nothing is there yet: it is said before anything is made.
    site = Site(tmp_path / "local")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", site.port))
        taken.listen()
        site.start()

        assert site.process.wait(60) == 1
    taken_by = f"Port {site.port} is taken by another program"
    assert site.said() == f"{taken_by}: stop it, or choose another with `make run PORT={site.port + 1}`.\n"


def test_an_old_python_is_one_sentence(tmp_path: Path) -> None:
    code = "import sys; sys.version_info = (3, 9, 2, 'final', 0); exec(open('tools/bootstrap.py').read())"
    result = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)

    assert result.returncode == 1
    assert result.stderr == "Techfinder needs Python 3.11, 3.12 or 3.13; this is Python 3.9.\n"
