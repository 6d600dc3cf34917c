"""A cluster for all cells. The whole table is for `make faults`; `make test` has a short version."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.faults.databases import Databases
from tests.faults.site import Site

collect_ignore = [] if os.environ.get("RUN_FAULTS") else ["test_cells.py", "test_common_way.py", "test_of_the_test.py"]


@pytest.fixture(scope="session")
def databases(django_test_environment: None, django_db_blocker: Any) -> Iterator[Databases]:
    found = Databases()
    try:
        with django_db_blocker.unblock():
            found.start()
        yield found
    finally:
        found.stop()


@pytest.fixture
def _unblocked(django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


@pytest.fixture
def site(_unblocked: None, databases: Databases, tmp_path: Path) -> Callable[..., Site]:
    """`with site(items=200).running() as each:`"""

    def make(**options: Any) -> Site:
        return Site(databases, tmp_path, **options)

    return make
