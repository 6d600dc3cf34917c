"""The embedded services: shared, found again, and gone when nobody holds them, also after a SIGKILL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from techfinder.env import ROOT
from techfinder.local import LocalServiceError, Place, hold
from tests.support.servers import wait_until

HOLDER = """
    import sys, time
    from pathlib import Path
    from techfinder.local import Place, hold
    holding = hold(Place(Path(sys.argv[1]), fast_and_loose=True))
    print("holding", flush=True)
    time.sleep(600)
"""


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    place = Place(tmp_path / "local", fast_and_loose=True)
    yield place
    wait_until(lambda: not processes_of(place), 20, "something is left running")


def processes_of(place: Place) -> list[psutil.Process]:
    """The keeper and both servers: each has the directory, or the sockets', in its command line."""
    marks = (str(place.path), str(place.sockets))
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = " ".join(process.info["cmdline"] or ())
        if process.pid != os.getpid() and any(mark in words for mark in marks):
            found.append(process)
    return found


def start_holder(place: Place) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(HOLDER), str(place.path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    with process.stdout:
        assert process.stdout.readline() == "holding\n"
    return process


def ask(place: Place) -> str:
    with psycopg.connect(place.database_url()) as connection:
        row = connection.execute("SELECT to_tsvector('dutch', 'scholen')::text").fetchone()
    assert redis.Redis.from_url(place.redis_url).ping()
    assert row is not None
    return str(row[0])


@pytest.mark.slow
def test_both_answer_and_keep_what_they_hold(place: Place) -> None:
    holding = hold(place)
    redis.Redis.from_url(place.redis_url).set("kept", "yes")
    assert ask(place) == "'schol':1"
    assert holding.release(wait=20)
    wait_until(lambda: not processes_of(place), 2)

    again = hold(place)
    assert redis.Redis.from_url(place.redis_url, decode_responses=True).get("kept") == "yes"
    assert again.release(wait=20)


@pytest.mark.slow
def test_they_stay_for_the_last_holder(place: Place) -> None:
    first = hold(place)
    other = start_holder(place)
    assert first.release(wait=1) is False
    assert ask(place)

    other.terminate()
    other.wait()


@pytest.mark.slow
def test_a_killed_holder_leaves_nothing_running(place: Place) -> None:
    holder = start_holder(place)
    holder.kill()
    holder.wait()

    wait_until(lambda: not processes_of(place), 20, "the services outlive a killed holder")


@pytest.mark.slow
def test_a_killed_keeper_is_replaced(place: Place) -> None:
    holding = hold(place)
    keeper = next(process for process in processes_of(place) if "techfinder.local.keeper" in process.cmdline())
    keeper.kill()
    wait_until(lambda: not keeper.is_running() or keeper.status() == psutil.STATUS_ZOMBIE, 5)

    again = hold(place)
    assert ask(place)
    holding.release()
    assert again.release(wait=20)


@pytest.mark.slow
def test_a_killed_server_is_started_again(place: Place) -> None:
    holding = hold(place)
    client = redis.Redis.from_url(place.redis_url)
    number = client.info("server")["process_id"]
    os.kill(number, signal.SIGKILL)

    def answers_anew() -> bool:
        try:
            return bool(client.info("server")["process_id"] != number)
        except redis.RedisError:
            return False

    wait_until(answers_anew, 10)
    assert holding.release(wait=20)


@pytest.mark.slow
def test_a_long_or_odd_path_is_no_obstacle(tmp_path: Path) -> None:
    odd = Place(tmp_path / ("een lange map met spaties " * 4) / "local", fast_and_loose=True)
    holding = hold(odd)
    assert ask(odd)
    assert holding.release(wait=20)


def test_a_directory_that_cannot_be_made_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LocalServiceError, match=r"^Cannot keep PostgreSQL and Redis in .*\.$"):
        hold(Place(tmp_path / "file" / "local"))


@pytest.mark.slow
def test_data_of_another_version_is_left_alone(place: Place) -> None:
    data = place.path / "postgres"
    data.mkdir(parents=True)
    (data / "PG_VERSION").write_text("12\n")

    with pytest.raises(LocalServiceError, match="made by PostgreSQL 12"):
        hold(place)
    assert (data / "PG_VERSION").read_text() == "12\n"
