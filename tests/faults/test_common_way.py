"""The same faults upon the common way: how much it loses and doubles is put down, and nothing is asked of it."""

from __future__ import annotations

import os

import pytest

from tests.faults import faults
from tests.faults.common_way import site as common_way
from tests.faults.test_cells import ITEMS, RESULTS

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("FAULTS_COMMON_WAY"), reason="measured once: FAULTS_COMMON_WAY=1"),
]

CELLS = {
    "0 nothing breaks": (faults.nothing, 20, 0.0),
    "1 worker groups killed": (faults.kill_workers(50), 60, 0.0),
    "2 pool processes killed": (faults.kill_children(50), 30, 0.0),
    "3 Redis killed": (faults.kill_redis(10), 30, 0.0),
    "4 Redis emptied": (faults.flush_redis(5), 30, 0.0),
    "5 Redis frozen": (faults.freeze_redis(70), 60, 0.0),
    "6 no Redis at all": (faults.without_redis, 30, 0.0),
    "7 PostgreSQL restarted": (faults.restart_database(3), 30, 0.0),
    "8 mail server misbehaves": (faults.misbehave(8, resets=30, tarpit=60), 100, 0.0),
    "10 web killed after commit": (faults.kill_web, 40, 0.015),
    "13 disk of Redis full": (faults.fill_disk(20), 30, 0.0),
}


@pytest.mark.parametrize("cell", CELLS)
def test_common_way(cell, databases, tmp_path):
    fault, seconds, die = CELLS[cell]
    with common_way.CommonSite(databases, tmp_path, items=ITEMS, die=die).running() as site:
        result = common_way.run(site, cell, fault, seconds=seconds)
    result.keep(RESULTS)
    assert result.items == ITEMS
