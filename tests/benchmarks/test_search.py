"""The search page through gunicorn, beside four others; and how well teachers find, beside two others.

`make bench`; docs/performance.md. BENCH_SCALE=0.05 makes a twentieth, to try the benchmark itself.
"""

from __future__ import annotations

import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from django.db import connection
from django.db.models import Q
from django.http import QueryDict
from django.test import Client
from django.test.utils import CaptureQueriesContext

from techfinder.activities import search
from techfinder.activities.filters import ActivityFilter
from techfinder.activities.models import Activity
from tests.benchmarks import country, load, search_country
from tests.benchmarks.clock import clock, line, machine, ratio
from tests.benchmarks.load import Load
from tests.benchmarks.search_site import engine, plain
from tests.benchmarks.search_site.running import Site, production, running
from tests.search import quality

pytestmark = pytest.mark.django_db(transaction=True)

SCALE = float(os.environ.get("BENCH_SCALE", "1"))
ACTIVITIES = int(50_000 * SCALE)
ROUNDS = 3
# How many pages of the slow ones: enough to know, and few enough to wait for.
OF_PLAIN, OF_ENGINE = 40, 400
CONNECTIONS = 8
RATE, P95, MOST_QUERIES, TIMES_PLAIN, TIMES_LIMIT, SEEN_WITHIN = 150, 0.150, 10, 5, 3, 1.0


def test_the_search_page(tmp_path: Path, site_environment: dict[str, str]) -> None:
    print(f"\n{ACTIVITIES} activities of about {search_country.WORDS} words; {machine()}")
    country.import_schools(country.school_table(tmp_path))
    with clock("(made the country)"):
        search_country.make(ACTIVITIES)
    with clock("(made the indexes of the other searches)"):
        plain.prepare()
        engine.build(_directory(tmp_path / "engine"))
    addresses = search_country.addresses()
    same_counts(addresses)
    assert queries_of(addresses) <= MOST_QUERIES
    environment = production(site_environment, tmp_path / "local") | {"BENCH_ENGINE": str(tmp_path / "engine")}
    ours, size = measure_ours(environment, addresses, tmp_path)
    theirs = measure_others(environment | {"BENCH_BYTES": str(size)}, addresses, tmp_path)
    check(ours, theirs)


def check(ours: Load, theirs: dict[str, Load]) -> None:
    """The targets, on the whole country only."""
    faster = ratio("ours against the straightforward version, pages a second", ours.rate, theirs["plain"].rate)
    ratio("  by processor time", theirs["plain"].each_ms, ours.each_ms)
    ratio("ours against the search engine", ours.rate, theirs["engine"].rate)
    ratio("  by processor time", theirs["engine"].each_ms, ours.each_ms)
    slower = ratio("drawing alone against ours", theirs["drawn"].rate, ours.rate)
    ratio("  by processor time", ours.each_ms, theirs["drawn"].each_ms)
    ratio("a page that is one long text against ours", theirs["bare"].rate, ours.rate)
    ratio("  by processor time", ours.each_ms, theirs["bare"].each_ms)
    if SCALE >= 1:
        assert ours.rate >= RATE
        assert statistics.quantiles(ours.took, n=100)[94] < P95
        assert faster >= TIMES_PLAIN
        assert slower <= TIMES_LIMIT


def measure_ours(environment: dict[str, str], addresses: list[str], directory: Path) -> tuple[Load, int]:
    """The load, and the bytes of a page."""
    with running("ours", environment, directory / "ours.log") as site:
        _load(site, addresses[:100])
        measured = _load(site, addresses * ROUNDS)
        report(site, measured)
        visible_at_once(site)
    return measured, measured.size // len(measured.took)


def measure_others(environment: dict[str, str], addresses: list[str], directory: Path) -> dict[str, Load]:
    found = {}
    every = len(addresses) * ROUNDS
    for name, some in (("plain", OF_PLAIN), ("engine", OF_ENGINE), ("drawn", every), ("bare", every)):
        with running(name, environment, directory / f"{name}.log") as site:
            chosen = (addresses * ROUNDS)[:some]
            # Each worker works out every page before what only draws is measured.
            _load(site, chosen * 2 if name == "drawn" else chosen[: min(8, some)])
            found[name] = _load(site, chosen)
            report(site, found[name])
    return found


def _load(site: Site, addresses: list[str]) -> Load:
    # The servers of PostgreSQL are counted whole: nobody else uses it meanwhile.
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        postmaster = psutil.Process(cursor.fetchone()[0]).ppid()
    connection.close()
    served = {"Python": load.processor_of(site.pid), "PostgreSQL": load.processor_of(postmaster)}
    return load.run(site.port, addresses, served, CONNECTIONS)


def report(site: Site, measured: Load) -> None:
    p50, p95, p99 = (statistics.quantiles(measured.took, n=100)[at] * 1000 for at in (49, 94, 98))
    line(f"{site.name}: {len(measured.took)} pages over {CONNECTIONS} connections", f"{measured.rate:7.1f} a second")
    line(
        "  a page",
        f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, {measured.size // len(measured.took):,} bytes",
    )
    used = ", ".join(f"{name} {spent / len(measured.took) * 1000:.1f} ms" for name, spent in measured.served.items())
    own = measured.own / (measured.own + sum(measured.served.values()))
    line("  processor time of a page", f"{used}; of all of it {own:.0%} is the load's own")
    memory = ", ".join(f"{each:.0f}" for each in load.memory_of(site.pid))
    line("  first page after the start; memory of the workers", f"{site.first_page:.1f} s; {memory} MB")


def visible_at_once(site: Site) -> None:
    """A committed change is on the page of every worker within the bound."""
    activity = Activity.objects.order_by("pk")[ACTIVITIES // 2]
    took = []
    for word in ("kwikstaartproef", "zilvermeeuwenquiz", "boomklevermeting"):
        activity.title = f"Een {word}"
        activity.save(update_fields=["title"])
        took.append(_until_seen(site, word))
    line("  a change is on the page of every worker after", ", ".join(f"{each * 1000:.0f} ms" for each in took))
    assert max(took) < SEEN_WITHIN


def _until_seen(site: Site, word: str) -> float:
    """Seconds until the first of ten pages in a row that have it: a worker that has not would give one of them."""
    start, seen = time.perf_counter(), []
    while len(seen) < 10:
        has_it = f"Een {word}" in site.get(f"/aanbod/?q={word}")
        seen = [*seen, time.perf_counter() - start] if has_it else []
        assert time.perf_counter() - start < 30
    return seen[0]


def queries_of(addresses: list[str]) -> int:
    """The most queries of one page, by someone who is not signed in."""
    client, counts = Client(), []
    client.get(addresses[0])
    for address in addresses[::4]:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    line("queries of a page", f"most {max(counts)}, mean {statistics.mean(counts):.1f}")
    return max(counts)


def same_counts(addresses: list[str]) -> None:
    """Ours and the straightforward version find and count the same, apart from what words find."""
    without_words = [address for address in addresses if "q=" not in address]
    for address in random.Random(3).sample(without_words, 8):
        criteria = ActivityFilter(QueryDict(address.split("?")[1])).criteria()
        hits, counts = search.result(criteria, 0, 20)
        theirs, others = plain.now().result(criteria, 0, 20)
        assert hits.total == theirs.total, address
        for name, values in others.counts.items():
            assert {value: counts.counts[name].get(value, 0) for value in values} == dict(values), (address, name)


def test_what_teachers_find(tmp_path: Path) -> None:
    names = quality.load()
    plain.prepare()
    engine.build(_directory(tmp_path / "engine"))
    ways: dict[str, Callable[[search.Criteria], list[int]]] = {
        "ours": lambda wanted: search.find(wanted, limit=quality.DEPTH).ids.tolist(),
        "icontains": _icontains,
        "tantivy": lambda wanted: engine.now().find(wanted, limit=quality.DEPTH).ids.tolist(),
        "PostgreSQL": lambda wanted: plain.now().find(wanted, limit=quality.DEPTH).ids.tolist(),
    }
    print()
    found = {}
    for name, ask in ways.items():
        found[name] = quality.measure(lambda text, ask=ask: [names[pk] for pk in ask(_words(text))])  # type: ignore[misc]
        figures = f"nDCG@10 {found[name].ndcg:.3f}, nothing found {found[name].nothing_found:.0%}"
        line(name, f"{figures}, a best one in the first three {found[name].best_in_three:.0%}")
    for text in sorted(found["ours"].each, key=found["ours"].each.__getitem__)[:12]:
        line(f"  {text}", ", ".join(f"{name} {each.each[text]:.2f}" for name, each in found.items()))
    assert found["ours"].ndcg > max(found[name].ndcg for name in ways if name != "ours")


def _words(text: str) -> search.Criteria:
    return search.Criteria(text=text, sort="best")


def _icontains(wanted: search.Criteria) -> list[int]:
    """All words somewhere in the title or the description."""
    found = Activity.objects.public()
    for word in wanted.text.split():
        found = found.filter(Q(title__icontains=word) | Q(summary__icontains=word) | Q(description__icontains=word))
    return list(found.order_by("-published_at", "-id").values_list("pk", flat=True)[: quality.DEPTH])


def _directory(path: Path) -> str:
    path.mkdir()
    return str(path)
