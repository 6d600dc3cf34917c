"""The suite can fail: without the sweeper, or with mails marked before they are sent, it is red. Run once and put down.

RUN_FAULTS=1 pytest tests/faults/test_of_the_test.py -p no:xdist
"""

from __future__ import annotations

import pytest

from tests.faults import cells, faults
from tests.faults.test_cells import ITEMS, RESULTS

pytestmark = pytest.mark.slow

MUTATIONS = {"no_sweeper": "nobody sweeps or gives back", "mark_first": "marked before it is sent"}
# As long as everything takes with all in order, and a half more.
WAIT = 180


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_the_suite_is_red(mutation, site):
    with site(items=ITEMS, mutation=mutation).running() as running:
        result = cells.run(
            running, f"red: {MUTATIONS[mutation]}", faults.kill_workers(10, thinking=0.2), seconds=30, wait=WAIT
        )
    result.keep(RESULTS)
    assert result.lost or result.states.get("sending")
    assert result.faults() != []
