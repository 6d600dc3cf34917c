"""Wall time, processor time and memory, printed."""

from __future__ import annotations

import contextlib
import resource
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil


@dataclass(slots=True)
class Taken:
    """Seconds on the clock, seconds of the processor in this process, and the most memory above the start (MB)."""

    wall: float = 0.0
    cpu: float = 0.0
    peak: float = 0.0


@contextlib.contextmanager
def clock(what: str) -> Iterator[Taken]:
    """Prints what the block took; the memory is looked at every 20 ms."""
    taken, done = Taken(), threading.Event()
    before = _resident()
    watcher = threading.Thread(target=_watch, args=(taken, before, done), daemon=True)
    watcher.start()
    wall, cpu = time.perf_counter(), _cpu()
    try:
        yield taken
    finally:
        taken.wall, taken.cpu = time.perf_counter() - wall, _cpu() - cpu
        done.set()
        watcher.join()
    line(what, f"{taken.wall:9.2f} s, processor {taken.cpu:8.2f} s, memory + {taken.peak:5.0f} MB")


def _watch(taken: Taken, before: float, done: threading.Event) -> None:
    while not done.wait(0.02):
        taken.peak = max(taken.peak, _resident() - before)


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def line(what: str, figures: str) -> None:
    print(f"  {what:<62} {figures}")


def ratio(what: str, slow: float, fast: float) -> float:
    line(what, f"{slow / fast:9.1f} x")
    return slow / fast


def histogram(what: str, seconds: list[float]) -> float:
    """Prints p50, p95, p99 and the spread in milliseconds; gives p95 in seconds."""
    cuts = statistics.quantiles(seconds, n=100)
    steps = (5, 10, 20, 30, 50, 100, 200, 1e9)
    counts = [
        sum(below <= each * 1000 < step for each in seconds) for below, step in zip((0, *steps), steps, strict=False)
    ]
    spread = "  ".join(f"<{step:g}: {count}" for step, count in zip(steps[:-1], counts, strict=False))
    line(what, f"p50 {cuts[49] * 1000:.1f} ms, p95 {cuts[94] * 1000:.1f} ms, p99 {cuts[98] * 1000:.1f} ms")
    line("", f"{spread}  more: {counts[-1]}")
    return cuts[94]


def seconds(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def machine() -> str:
    """The processor and how many of it, for the record."""
    info = Path("/proc/cpuinfo")
    names = [row.split(":")[1].strip() for row in info.read_text().splitlines() if row.startswith("model name")]
    return f"{len(names)} x {names[0]}" if names else "unknown"
