"""How the cost of matching grows: a fuller country, and more countries. `make bench`; docs/scaling.md.

Only the engine, on columns: what the database costs grows with the pairs that are stored, see `test_national`.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from matching import ActivityColumns, RequestColumns, Terms, best_pairs, combine, iter_all
from matching.columns import WORD
from tests.benchmarks import engine_country
from tests.benchmarks.clock import clock, line

REQUESTS, ACTIVITIES = 60_000, 30_000


def test_a_fuller_country():
    """From 1 to 10 times the requests and offers in one country: the pairs go up with the product."""
    print()
    costs = []
    for times in (1, 3, 10):
        requests, activities, terms = engine_country.columns(REQUESTS * times // 10, ACTIVITIES * times // 10)
        costs.append(
            cost(f"{times} x {REQUESTS // 10} requests, {ACTIVITIES // 10} offers", requests, activities, terms)
        )
    no_worse_than_n_log_n(costs)


def test_more_countries():
    """1, 3 and 10 countries of this size, each a run of its own: how a continent is to be run."""
    print()
    requests, activities, terms = engine_country.columns(REQUESTS, ACTIVITIES)
    pairs = count(requests, activities, terms)
    costs = []
    for times in (1, 3, 10):
        with clock(f"{times} countries, one after the other") as taken:
            for _ in range(times):
                best_pairs(requests, activities, terms)
        costs.append((taken.wall, times * pairs))
        assert taken.peak < 1000
    no_worse_than_n_log_n(costs)


def test_countries_in_one_run():
    """Three countries in one run: more bits per activity, and online lessons that cross borders."""
    print()
    one = engine_country.columns(REQUESTS, ACTIVITIES)
    apart = cost("1 country", *one)
    together = cost("3 countries in one run", *several(one, 3))
    line("", f"3 in one run cost {together[0] / apart[0]:.1f} x one")


def test_shards_are_the_whole():
    """Twelve shards cost little more than the whole, and give the same."""
    print()
    requests, activities, terms = engine_country.columns(REQUESTS, ACTIVITIES)
    with clock("the whole") as whole:
        best = best_pairs(requests, activities, terms)
    order = np.argsort(requests.municipality, kind="stable")
    shards = [requests.take(np.sort(part)) for part in np.array_split(order, 12)]
    with clock("twelve shards") as taken:
        found = [best_pairs(shard, activities, terms) for shard in shards]
    with clock("  the longest of them"):
        best_pairs(max(shards, key=len), activities, terms)
    with clock("  put together"):
        together = combine(found)
    for ours, theirs in zip(best.columns(), together.columns(), strict=True):
        assert np.array_equal(ours, theirs)
    line("", f"twelve shards cost {taken.cpu / whole.cpu:.2f} x the whole")


def cost(what: str, requests: RequestColumns, activities: ActivityColumns, terms: Terms) -> tuple[float, int]:
    with clock(what) as taken:
        best_pairs(requests, activities, terms)
    assert taken.peak < 1000
    pairs = count(requests, activities, terms)
    line("", f"{pairs:,} eligible pairs, {taken.wall / pairs * 1e9:.0f} ns each")
    return taken.wall, pairs


def count(requests: RequestColumns, activities: ActivityColumns, terms: Terms) -> int:
    return sum(len(part) for part in iter_all(requests, activities, terms))


def no_worse_than_n_log_n(costs: list[tuple[float, int]]) -> None:
    """Half as much again is allowed for a machine that does other work."""
    (seconds, pairs), (most_seconds, most_pairs) = costs[0], costs[-1]
    allowed = seconds * (most_pairs * math.log(most_pairs)) / (pairs * math.log(pairs))
    line("growth against n log n in the pairs", f"{most_seconds / allowed:9.2f} (1 or less is better)")
    assert most_seconds < allowed * 1.5


def several(
    one: tuple[RequestColumns, ActivityColumns, Terms], times: int
) -> tuple[RequestColumns, ActivityColumns, Terms]:
    """The country so many times, each with municipalities of its own; what is everywhere is so within its country."""
    requests, activities, terms = one
    towns = len(activities.municipalities)
    width = -(-towns // WORD) * WORD
    r = requests.take(np.tile(np.arange(len(requests)), times))
    a = activities.take(np.tile(np.arange(len(activities)), times))
    country_of = np.repeat(np.arange(times), len(activities))
    r = replace(
        r,
        id=np.arange(1, len(r) + 1),
        municipality=r.municipality + width * np.repeat(np.arange(times), len(requests)),
    )
    a = replace(
        a,
        id=np.arange(1, len(a) + 1),
        everywhere=np.zeros(len(a), dtype=np.bool_),
        regions=_side_by_side(activities, country_of, times, width // WORD),
        municipalities=np.arange(width * times),
    )
    return r, a, terms


def _side_by_side(activities: ActivityColumns, country_of: np.ndarray, times: int, words: int) -> np.ndarray:
    full = np.where(activities.everywhere, np.uint64(2**64 - 1), activities.regions[:words])
    regions = np.zeros((words * times + 1, len(country_of)), dtype=np.uint64)
    for country in range(times):
        regions[country * words : (country + 1) * words, country_of == country] = full
    return regions
