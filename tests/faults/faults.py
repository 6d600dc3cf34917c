"""What breaks while people post. Each fault returns how many copies may come of it: one for every process or connection
that was ended and may have been inside a mail.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress

import psutil

from tests.faults.databases import Databases
from tests.faults.processes import now
from tests.faults.site import PROCESSES, Site

Fault = Callable[[Site], int]


def going(site: Site, least: float = 0) -> Iterator[None]:
    """For as long as people post, and for so many seconds at least."""
    until = now() + least
    while site.posting.is_going() or now() < until:
        yield


def nothing(site: Site) -> int:
    for _ in going(site):
        site.wait(0.2)
    return 0


# Seconds that the mail server thinks before a mail, in which a kill must not lose it, and between taking it and saying
# so, in which a kill costs a copy.
THINKING = 0.05


# So many mails go between two kills: else every mail would be lost again and again, and be set aside for a person.
MAILS_BETWEEN = 12


def let_some_go(site: Site, patience: float = 20) -> None:
    taken, until = site.sink.tell()["taken"], now() + patience
    while site.sink.tell()["taken"] < taken + MAILS_BETWEEN and now() < until:
        site.wait(0.1)


def kill_workers(times: int, thinking: float = THINKING) -> Fault:
    """The whole group of a worker that has a mail in its hand, at a random moment of that; it is started again."""

    def fault(site: Site) -> int:
        site.sink.tell(tarpit=thinking, gap=thinking)
        for _ in range(times):
            let_some_go(site)
            found = site.find_sender()
            site.wait(site.random.uniform(0, 2 * thinking))
            worker = found[0] if found else site.random.choice(site.workers)
            worker.kill()
            site.kills += 1
            worker.start()
        site.sink.tell(tarpit=0, gap=0)
        return times * PROCESSES

    return fault


def kill_children(times: int, thinking: float = THINKING) -> Fault:
    """Single pool processes that have a mail in their hand, as the out-of-memory killer takes them."""

    def fault(site: Site) -> int:
        site.sink.tell(tarpit=thinking, gap=thinking)
        while site.kills < times:
            let_some_go(site)
            if found := site.find_sender():
                site.wait(site.random.uniform(0, 2 * thinking))
                with suppress(psutil.NoSuchProcess):
                    found[1].kill()
                    site.kills += 1
            elif not site.posting.is_going():
                break
        site.sink.tell(tarpit=0, gap=0)
        return site.kills

    return fault


def kill_redis(times: int) -> Fault:
    def fault(site: Site) -> int:
        for _ in range(times):
            site.wait(site.random.uniform(1, 3))
            site.redis.kill()
            site.kills += 1
            site.wait(site.random.uniform(0.1, 1.5))
            site.redis.start()
        return 0

    return fault


def flush_redis(times: int) -> Fault:
    def fault(site: Site) -> int:
        for _ in range(times):
            site.wait(site.random.uniform(2, 8))
            site.redis.client().flushall()
            site.kills += 1
        return 0

    return fault


def freeze_redis(seconds: float) -> Fault:
    def fault(site: Site) -> int:
        site.wait(3)
        site.redis.freeze()
        site.kills += 1
        try:
            site.wait(seconds)
        finally:
            site.redis.thaw()
        return 0

    return fault


def without_redis(site: Site) -> int:
    """From before the first request until after the last."""
    site.redis.kill()
    site.kills += 1
    try:
        for _ in going(site):
            site.wait(0.2)
    finally:
        site.redis.start()
    return 0


def restart_database(times: int) -> Fault:
    """As after a power cut. Whoever was sending writes that it did when it can again."""

    def fault(site: Site) -> int:
        assert isinstance(site.databases, Databases)
        for _ in range(times):
            site.wait(site.random.uniform(5, 10))
            site.databases.cluster.restart_immediate()
            site.kills += 1
        return 0

    return fault


def fill_disk(seconds: float) -> Fault:
    """Redis cannot write to its append-only file and so takes no writes."""

    def fault(site: Site) -> int:
        site.wait(5)
        site.redis.fill_disk()
        refused, until = False, now() + seconds
        while now() < until:
            site.wait(0.5)
            refused = site.redis.refuses_writes() or refused
        site.redis.free_disk()
        assert refused, "Redis went on writing"
        site.kills += 1
        return 0

    return fault


# ------------------------------------------------------------ the mail server

UNKNOWN = "@school7.example"
MODES: dict[str, dict[str, object]] = {
    "421": {"at_sender": "421 4.3.2 too busy"},
    "451": {"at_data": "451 4.7.1 greylisted, try again later"},
    "refused": {"closed": True},
}


# Seconds in which the connections are reset at the latest: after three in a row the mail server is left alone a while.
LONGEST = 40


def misbehave(seconds: float, resets: int, tarpit: float) -> Fault:
    """One after the other: 421, 451, refused, resets after DATA, a tarpit; one domain is unknown meanwhile."""

    def fault(site: Site) -> int:
        site.sink.tell(unknown=UNKNOWN)
        for mode in MODES.values():
            site.wait(seconds)
            site.sink.tell(**mode)
            site.wait(seconds)
            site.sink.tell(**dict.fromkeys(("at_sender", "at_data"), ""), closed=False)
        site.sink.tell(resets=resets)
        until = now() + LONGEST
        while site.sink.tell()["resets"] < resets and now() < until:
            site.wait(0.5)
        site.sink.tell(resets=0, tarpit=tarpit)
        site.wait(tarpit)
        site.sink.tell(tarpit=0)
        site.kills = site.sink.tell()["resets"]
        assert site.kills, "no connection was reset"
        return site.kills

    return fault


# ------------------------------------------------------------------- the web


def kill_web(site: Site) -> int:
    """It kills itself between COMMIT and publishing, as its option says; the one in front starts another."""
    for _ in going(site):
        site.wait(0.2)
    site.kills = site.posting.broken_off
    assert site.kills, "no web process was killed"
    return 0
