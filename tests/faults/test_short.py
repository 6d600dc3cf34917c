"""The short version of the fault suite: two cells with a small load, in every run of the tests."""

from __future__ import annotations

import pytest

from tests.faults import cells, faults
from tests.faults.databases import Borrowed

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

ITEMS = 150
# Others may be using this machine.
WITHIN = 240


@pytest.fixture
def databases(transactional_db, tmp_path):
    """No cell of these stops PostgreSQL."""
    return Borrowed(tmp_path / "local")


def test_workers_are_killed(site):
    with site(items=ITEMS).running() as running:
        result = cells.run(running, "1", faults.kill_workers(3), seconds=5)
        assert result.faults(WITHIN) == [], running.logs()


def test_the_mail_server_misbehaves(site):
    with site(items=ITEMS).running() as running:
        result = cells.run(running, "8", faults.misbehave(2, resets=5, tarpit=3), seconds=15)
        assert result.faults(WITHIN) == [], running.logs()
