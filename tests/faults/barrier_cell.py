"""Two dispatchers that claim at the same moment, always."""

from __future__ import annotations

from pathlib import Path

from tests.faults import faults
from tests.faults.barrier import Barrier
from tests.faults.cells import Result, result
from tests.faults.processes import PATIENCE, Part, now
from tests.faults.site import Site
from tests.support.servers import wait_until

DISPATCHERS = 2


def run(site: Site, directory: Path) -> Result:
    """The workers write all mails and send none; then the dispatchers do."""
    site.post(10)
    faults.nothing(site)
    site.posting.join()
    wait_until(site.is_told, 3 * PATIENCE, "the mails are not written")
    path = str(directory / "barrier.sock")
    gate = Barrier(path, DISPATCHERS)
    ended = now()
    dispatchers = [
        Part(f"dispatcher{n}", ("tests.faults.barrier", path), site.environment(), directory)
        for n in range(DISPATCHERS)
    ]
    try:
        for each in dispatchers:
            each.start()
        verdict = site.wait_for_all()
    finally:
        for each in dispatchers:
            each.kill()
        gate.close()
    # Twice for each two mails when they never miss each other; a busy machine may keep one for longer than they wait.
    assert gate.together > verdict.mails / 2, f"they met {gate.together} times over {verdict.mails} mails"
    return result(site, "11 two dispatchers at a barrier", verdict, allowed=0, ended=ended)
