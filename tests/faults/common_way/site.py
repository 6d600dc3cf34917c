"""The common way under the same fire: its workers, its posts, and one mail expected for each row that was committed."""

from __future__ import annotations

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import psycopg

from tests.faults.cells import Result
from tests.faults.counting import Inbox
from tests.faults.databases import Databases
from tests.faults.faults import Fault
from tests.faults.processes import PATIENCE, FullDisk, Part, Sink, now
from tests.faults.site import WORKERS, Site
from tests.support.servers import wait_until

CELERY = "tests.faults.common_way.celery"
# A task that was not acknowledged comes back after half a minute; twice that long without a mail, and nothing comes.
SILENCE = 75
TABLE = "CREATE TABLE common_way_posted (id bigserial PRIMARY KEY, number int UNIQUE, email varchar(254))"


@dataclass
class CommonPosting:
    """Posts in a process of its own, which is started again where it ended."""

    site: CommonSite
    seconds: float
    die: float
    broken_off: int = 0

    def start(self) -> None:
        self.began = now()
        self._start(0)

    def _start(self, first: int) -> None:
        left = max(0.0, self.began + self.seconds - now())
        words = ("tests.faults.common_way.post", *map(str, (first, self.site.items, left, self.die)))
        self.part = Part("post", words, self.site.environment(), self.site.directory)
        self.part.start()

    def is_going(self) -> bool:
        if self.part.is_running():
            return True
        assert self.part.process is not None
        if self.part.process.returncode == 0:
            return False
        assert self.die, self.part.log()
        self.broken_off += 1
        self._start(self.site.posted())
        return True

    def errors(self) -> int:
        return self.part.log().count("not published")


class CommonSite(Site):
    """The same faults find the same parts."""

    def __init__(self, databases: Databases, directory: Path, *, items: int, die: float = 0) -> None:
        self.databases, self.directory, self.items, self.die = databases, directory, items, die
        self.random = random.Random(items)
        self.kills = 0
        self.redis = FullDisk()
        self.sink = Sink(directory)
        self.inbox = Inbox(self.sink.file)
        self.workers: list[Part] = []

    @property
    def parts(self) -> list[Part]:
        return self.workers

    @contextmanager
    def running(self) -> Iterator[CommonSite]:
        with self.databases.fresh() as self.database:
            try:
                self._query(TABLE)
                self.redis.start()
                self.sink.start()
                self.workers = [self._worker(n) for n in range(WORKERS)]
                for worker in self.workers:
                    worker.start()
                wait_until(lambda: all(" ready." in each.log() for each in self.workers), PATIENCE, "no worker")
                yield self
            finally:
                for part in (*self.workers, self.sink):
                    part.kill()
                self.redis.close()

    def _worker(self, n: int) -> Part:
        words = ("--pool", "prefork", "--concurrency", "2", "--loglevel", "INFO", "--hostname", f"worker{n}@%h")
        command = ("celery", "--app", CELERY, "worker", *words)
        return Part(f"worker{n}", command, self.environment(), self.directory)

    def environment(self) -> dict[str, str]:
        own = {name: value for name, value in os.environ.items() if not name.startswith("TECHFINDER_")}
        return {
            **own,
            "DJANGO_SETTINGS_MODULE": "tests.faults.common_way.settings",
            "COMMON_DATABASE": self.database,
            "COMMON_DATABASE_HOST": str(self.databases.cluster.place.sockets),
            "COMMON_BROKER": self.redis.broker_url,
            "COMMON_EMAIL_PORT": str(self.sink.port),
        }

    def find_sender(self, wait: float = 20) -> tuple[Part, psutil.Process] | None:
        """Nobody writes down who sends: any pool process."""
        found = [(part, each) for part in self.workers for each in part.children()]
        return self.random.choice(found) if found else None

    def _query(self, statement: str) -> list[tuple[int]]:
        with psycopg.connect(self.databases.cluster.place.database_url(self.database), autocommit=True) as server:
            answer = server.execute(statement)  # type: ignore[call-overload]
            return list(answer.fetchall()) if answer.description else []

    def posted(self) -> int:
        return int(self._query("SELECT count(*) FROM common_way_posted")[0][0])


def run(site: CommonSite, cell: str, fault: Fault, *, seconds: float) -> Result:
    """As `cells.run`; what is lost and doubled is counted, and nothing is asked."""
    posting = CommonPosting(site, seconds, site.die)
    site.posting = posting  # type: ignore[assignment]
    posting.start()
    fault(site)
    while posting.is_going():
        site.wait(0.2)
    ended = now()
    _wait_for_silence(site, ended)
    refused = set(site.sink.tell()["unknown"])
    arrived = Counter(each.about for each in site.inbox.look())
    numbers = {f"R{n:06d}" for n in range(site.items) if f"leraar{n}@school{n % 200}.example" not in refused}
    lost = numbers - set(arrived)
    return Result(
        cell=f"common way: {cell}",
        items=site.posted(),
        expected=len(numbers),
        mails=len(arrived),
        kills=site.kills,
        allowed=0,
        lost=len(lost),
        copies=sum(arrived.values()) - len(arrived),
        wrong=0,
        seconds=max(0.0, max((each.at for each in site.inbox.arrivals), default=0) - ended),
        states={},
        answers={500: posting.errors()},
        broken_off=posting.broken_off,
        post_p50=0,
        post_p99=0,
        fell_over=sum(part.fell_over for part in site.parts),
        examples=sorted(lost)[:8],
        failed=len(refused),
    )


def _wait_for_silence(site: CommonSite, ended: float) -> None:
    last = ended
    while now() - last < SILENCE and len({each.about for each in site.inbox.arrivals}) < site.items:
        site.wait(1)
        last = max([ended, *(each.at for each in site.inbox.look())])
