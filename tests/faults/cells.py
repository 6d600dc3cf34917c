"""The cells of the table: what breaks while people post, and what may come of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.faults.counting import Verdict
from tests.faults.processes import now
from tests.faults.site import Site

# So long after the fault everything has arrived.
WITHIN = 120


@dataclass
class Result:
    """A row of docs/reliability.md."""

    cell: str
    items: int
    expected: int
    mails: int
    kills: int
    # So many copies may be, one for each time that a process or a connection was ended inside a mail.
    allowed: int
    lost: int
    copies: int
    wrong: int
    seconds: float
    states: dict[str, int]
    statuses: dict[int, int]
    broken_off: int
    fell_over: int
    slowest_post: float
    lost_examples: list[str] = field(default_factory=list)
    wrong_examples: list[str] = field(default_factory=list)

    def faults(self, within: float = WITHIN, *, failed: int = 0) -> list[str]:
        """Everything that keeps this cell from being green."""
        unfinished = {state: n for state, n in self.states.items() if state != "sent"}
        bad = {status: n for status, n in self.statuses.items() if status == 500}
        return [
            *([f"lost {self.lost}: {self.lost_examples}"] if self.lost else []),
            *([f"wrong {self.wrong}: {self.wrong_examples}"] if self.wrong else []),
            *([f"{self.copies} copies, {self.allowed} may be"] if self.copies > self.allowed else []),
            *([f"after {self.seconds:.0f} seconds"] if self.seconds > within else []),
            *([f"left over: {unfinished}"] if unfinished != ({"failed": failed} if failed else {}) else []),
            *([f"answers of the web server: {bad}"] if bad else []),
        ]


def run(
    site: Site,
    cell: str,
    fault: Callable[[Site], int],
    *,
    seconds: float,
    refused: set[str] | None = None,
    wait: float | None = None,
) -> Result:
    """Post for `seconds` while `fault` goes on, mend everything, wait, count. `fault` returns how many copies may be."""
    posting = site.post(seconds)
    allowed = fault(site)
    for part in site.parts:
        if not part.is_running():
            part.start()
    while posting.is_going():
        site.wait(0.2)
    posting.join()
    ended = now()
    verdict = site.wait_for_all(refused, **({} if wait is None else {"wait": wait}))
    return _result(site, cell, verdict, allowed, ended)


def _result(site: Site, cell: str, verdict: Verdict, allowed: int, ended: float) -> Result:
    posting = site.posting
    return Result(
        cell=cell,
        items=site.items,
        expected=verdict.expected,
        mails=verdict.mails,
        kills=site.kills,
        allowed=allowed,
        lost=len(verdict.lost),
        copies=verdict.copies,
        wrong=len(verdict.wrong),
        seconds=max(0.0, verdict.last - ended),
        states=site.states(),
        statuses=dict(posting.statuses),
        broken_off=posting.broken_off,
        fell_over=sum(part.fell_over for part in site.parts),
        slowest_post=posting.slowest,
        lost_examples=verdict.lost[:5],
        wrong_examples=verdict.wrong[:5],
    )


# ------------------------------------------------------------------ the faults


def nothing(site: Site) -> int:
    while site.posting.is_going():
        site.wait(0.2)
    return 0


def kill_workers(times: int) -> Callable[[Site], int]:
    """The whole group of one of the two workers, at random moments while mails go."""

    def fault(site: Site) -> int:
        for _ in range(times):
            site.wait(site.random.uniform(0.5, 2.5))
            worker = site.random.choice([each for each in site.workers if each.is_running()])
            site.kill(worker)
            worker.start()
        return times

    return fault


def kill_children(times: int) -> Callable[[Site], int]:
    """Single pool processes, as the out-of-memory killer takes them."""

    def fault(site: Site) -> int:
        while site.kills < times:
            site.wait(site.random.uniform(0.2, 1.2))
            site.kill_child()
        return times

    return fault


def kill_redis(times: int) -> Callable[[Site], int]:
    def fault(site: Site) -> int:
        for _ in range(times):
            site.wait(site.random.uniform(1, 4))
            site.redis.kill()
            site.kills += 1
            site.wait(site.random.uniform(0.1, 1))
            site.redis.start()
        return 0

    return fault


CELLS: dict[str, Any] = {}
