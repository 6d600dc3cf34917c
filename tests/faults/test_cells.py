"""All cells of the table, with the whole load: `make faults`."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest

from tests.faults import barrier_cell, cells, clock_cells, faults, table
from tests.faults.clock_cells import AMSTERDAM

pytestmark = pytest.mark.slow

ITEMS = int(os.environ.get("FAULTS_ITEMS", "2000"))
RESULTS = Path(os.environ.get("FAULTS_RESULTS") or table.RESULTS)


def check(result, site):
    result.keep(RESULTS)
    assert result.faults() == [], site.logs()


CELLS = {
    "0 nothing breaks": (faults.nothing, 40, {}),
    "1 worker groups killed": (faults.kill_workers(50), 60, {}),
    "2 pool processes killed": (faults.kill_children(50), 30, {}),
    "3 Redis killed": (faults.kill_redis(10), 30, {}),
    "4 Redis emptied": (faults.flush_redis(5), 30, {}),
    "5 Redis frozen": (faults.freeze_redis(70), 60, {}),
    "6 no Redis at all": (faults.without_redis, 30, {}),
    "7 PostgreSQL restarted": (faults.restart_database(3), 30, {}),
    "8 mail server misbehaves": (faults.misbehave(8, resets=30, tarpit=60), 100, {}),
    "10 web killed after commit": (faults.kill_web, 40, {"die_before_publish": 0.15}),
    "13 disk of Redis full": (faults.fill_disk(20), 30, {}),
}


@pytest.mark.parametrize("cell", CELLS)
def test_cell(cell, site):
    fault, seconds, options = CELLS[cell]
    with site(items=ITEMS, **options).running() as running:
        check(cells.run(running, cell, fault, seconds=seconds), running)


def test_two_beats_and_a_missed_tick(site):
    first = dt.datetime.combine(dt.date(2026, 11, 24), dt.time(5), AMSTERDAM)
    found = site(items=ITEMS, beats=2, companies_want=clock_cells.weekly(first.date()), every=clock_cells.EVERY)
    cell = "9 two beats, a missed tick"
    check(clock_cells.overviews(found, cell, first=first, seconds=20, beat_late_by=20), found)


# The half minute before the clock jumps, in UTC: 02:00 becomes 03:00, and 03:00 becomes 02:00.
NIGHTS = {
    "spring": dt.datetime(2027, 3, 28, 0, 59, 30, tzinfo=dt.UTC),
    "autumn": dt.datetime(2027, 10, 31, 0, 59, 30, tzinfo=dt.UTC),
}


@pytest.mark.parametrize("night", NIGHTS)
def test_the_clock_jumps(night, site):
    first = NIGHTS[night].astimezone(AMSTERDAM)
    found = site(items=ITEMS // 2, companies_want=clock_cells.weekly(first.date()), every=clock_cells.EVERY)
    check(clock_cells.overviews(found, f"12 the clock jumps ({night})", first=first, seconds=45, beat_late_by=0), found)


def test_two_dispatchers_at_a_barrier(site, tmp_path):
    with site(items=ITEMS, deliver=False).running() as running:
        check(barrier_cell.run(running, tmp_path), running)
