"""A light load of pages: connections that stay open, each asking for the next address when it has the last one."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import psutil


@dataclass
class Load:
    """What a load took. Seconds; `own` is the processor time of the load itself, `served` that of the servers."""

    took: list[float] = field(default_factory=list)
    size: int = 0
    wall: float = 0.0
    own: float = 0.0
    served: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        return len(self.took) / self.wall

    @property
    def each_ms(self) -> float:
        """Processor time of the servers for one page."""
        return sum(self.served.values()) / len(self.took) * 1000


def run(port: int, addresses: list[str], processes: dict[str, Callable[[], float]], connections: int = 8) -> Load:
    """Ask for each address once; `processes` gives the processor time so far of whoever serves, by name."""
    load, waiting = Load(), iter(addresses)
    before = {name: used() for name, used in processes.items()}
    start, own = time.perf_counter(), _own()
    asyncio.run(_all(port, waiting, load, connections))
    load.wall, load.own = time.perf_counter() - start, _own() - own
    load.served = {name: used() - before[name] for name, used in processes.items()}
    return load


async def _all(port: int, waiting: Iterator[str], load: Load, connections: int) -> None:
    await asyncio.gather(*(_one(port, waiting, load) for _ in range(connections)))


async def _one(port: int, waiting: Iterator[str], load: Load) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for address in waiting:
        start = time.perf_counter()
        writer.write(f"GET {address} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept-Language: nl\r\n\r\n".encode())
        size, stays = await _answer(reader, address)
        load.took.append(time.perf_counter() - start)
        load.size += size
        if not stays:
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()


async def _answer(reader: asyncio.StreamReader, address: str) -> tuple[int, bool]:
    """The size of the page, and whether the connection stays open."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    assert head.startswith("http/1.1 200"), f"{address}: {head.splitlines()[0]}"
    size = int(head.split("content-length:")[1].split("\r\n")[0])
    await reader.readexactly(size)
    return size, "connection: close" not in head


def _own() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def processor_of(parent: int) -> Callable[[], float]:
    """Processor seconds so far of a process and those below it."""

    def used() -> float:
        # With what is inherited from children that have ended.
        return sum(_spent(each) for each in _family(parent))

    return used


def _spent(process: psutil.Process) -> float:
    with contextlib.suppress(psutil.NoSuchProcess):
        return sum(process.cpu_times()[:4])
    return 0.0


def _family(parent: int) -> list[psutil.Process]:
    top = psutil.Process(parent)
    return [top, *top.children(recursive=True)]


def memory_of(parent: int) -> list[float]:
    """Resident megabytes of each worker below a process."""
    return [each.memory_info().rss / 1e6 for each in psutil.Process(parent).children()]
