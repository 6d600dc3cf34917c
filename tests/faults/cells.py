"""One cell of the table: people post, something breaks, all is mended, and what arrived is counted."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path

from tests.faults.counting import Verdict
from tests.faults.faults import Fault
from tests.faults.processes import now
from tests.faults.site import WAIT, Site

# So many seconds after the fault everything has arrived; longer on a machine that is busy with other things.
WITHIN = float(os.environ.get("FAULTS_WITHIN", "120"))


@dataclass
class Result:
    """A row of docs/reliability.md."""

    cell: str
    items: int
    expected: int
    mails: int
    kills: int
    # So many copies may be.
    allowed: int
    lost: int
    copies: int
    wrong: int
    # From the end of the fault, or of posting when that is later, to the last mail.
    seconds: float
    states: dict[str, int]
    # Answers of the web server, and how often there was none.
    answers: dict[int, int]
    broken_off: int
    # Seconds for a post over the web: half of them, and 99 of 100, took less.
    post_p50: float
    post_p99: float
    # Processes that ended by themselves.
    fell_over: int
    examples: list[str] = field(default_factory=list)
    failed: int = 0

    def faults(self, within: float = WITHIN) -> list[str]:
        """Everything that keeps this cell from being green."""
        states = {"sent": self.mails, **({"failed": self.failed} if self.failed else {})}
        found = {
            f"lost {self.lost}": self.lost,
            f"wrong {self.wrong}": self.wrong,
            f"{self.copies} copies, {self.allowed} may be": self.copies > self.allowed,
            f"the last after {self.seconds:.0f} seconds": self.seconds > within,
            f"states {self.states}, not {states}": self.states != states,
            f"answers {self.answers}": self.answers.get(500),
        }
        return [*(what for what, is_so in found.items() if is_so), *self.examples]

    def keep(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"day": date.today().isoformat(), **asdict(self)}) + "\n")


def run(site: Site, cell: str, fault: Fault, *, seconds: float, wait: float = WAIT) -> Result:
    """Post for `seconds` while `fault` goes on; mend, wait for `wait` seconds at most, count."""
    posting = site.post(seconds)
    allowed = fault(site)
    while posting.is_going():
        site.wait(0.2)
    posting.join()
    ended = now()
    return result(site, cell, site.wait_for_all(wait), allowed=allowed, ended=ended)


def result(site: Site, cell: str, verdict: Verdict, *, allowed: int, ended: float) -> Result:
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
        answers=dict(posting.answers),
        broken_off=posting.broken_off,
        post_p50=part_of(posting.took, 0.5),
        post_p99=part_of(posting.took, 0.99),
        fell_over=sum(part.fell_over for part in site.parts),
        examples=[*verdict.lost[:4], *verdict.wrong[:4]],
        failed=len(site.refused()),
    )


def part_of(seconds: list[float], part: float) -> float:
    """So many seconds that this part of all took less."""
    return sorted(seconds)[int(part * len(seconds))] if seconds else 0.0
