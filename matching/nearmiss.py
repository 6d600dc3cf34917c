"""What a request narrowly misses: per rule how many activities only that rule refuses, and the least that it takes.

A loosening is proposed from the columns and then tried: the request is changed and all ten rules are asked again, so
that what is promised to a school is what it gets.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np

from .arrays import Bytes, Ints
from .block import Block, Run, Terms
from .columns import ActivityColumns, RequestColumns
from .loosen import LANES, Change
from .narrow import Narrow
from .rows import RequestRow
from .rules import RULES, eligible


@dataclass(frozen=True, slots=True)
class Loosening:
    """A change of one field of the request. With it `gained` activities fit that did not, `activity_id` the first.

    `size` says how much is asked, in `unit`: km (steps of 0.1), days, pupils, cents; 1 for what is only added
    (delivery, theme, kind). `dataclasses.replace(request, **{field: value})` applies it.
    """

    field: str
    value: Any
    size: float
    unit: str
    gained: int
    activity_id: int


@dataclass(frozen=True, slots=True)
class NearMiss:
    """`count` activities would be eligible without `rule`, on top of those that are. `loosenings`: the smallest of
    each kind that yields at least one, the kind that asks for least first; empty where the request cannot give way.
    """

    rule: str
    count: int
    loosenings: tuple[Loosening, ...] = ()

    @property
    def loosening(self) -> Loosening | None:
        return self.loosenings[0] if self.loosenings else None


def near_misses(request: RequestRow, activities: ActivityColumns, terms: Terms) -> list[NearMiss]:
    """The rules that alone keep activities from a request, in the order of `RULES` (design.md §5, near misses)."""
    run = Run(RequestColumns.from_rows([request]), activities, terms)
    return [
        NearMiss(rule, len(missed), tuple(_smallest(request, rule, missed)))
        for rule, missed in missed_by_one(_narrowly(Narrow(run), run, np.arange(1))).items()
        if len(missed)
    ]


def _narrowly(narrow: Narrow, run: Run, rows: Ints) -> Block:
    """The pairs of some requests of which at most one rule that is cheap to ask fails: a superset of near misses."""
    few = _refusals(narrow, run, rows) <= 1
    return run.block(np.repeat(rows, np.count_nonzero(few, axis=1)), np.nonzero(few)[1])


def _refusals(narrow: Narrow, run: Run, rows: Ints) -> Bytes:
    """How many of the cheap rules refuse each pair of some requests with all activities."""
    requests, activities = run.requests.take(rows), run.activities
    refused = np.zeros((len(rows), len(activities)), dtype=np.uint8)
    refused += ~(requests.live[:, None] & activities.live)
    refused += (requests.levels[:, None] & activities.levels) == 0
    refused += (requests.audience[:, None] & activities.audience) == 0
    for rule in narrow.rules(rows, np.arange(len(activities))):
        refused += ~rule
    return refused


def missed_by_one(block: Block) -> Mapping[str, Block]:
    """Per rule the pairs that hold all other rules and not this one; serves any block, so also one activity's."""
    holds = {name: rule(block) for name, rule in RULES.items()}
    failed = len(holds) - np.sum(list(holds.values()), axis=0)
    return MappingProxyType({name: block.keep((failed == 1) & ~held) for name, held in holds.items()})


def _smallest(request: RequestRow, rule: str, missed: Block) -> Iterator[Loosening]:
    for lane in LANES.get(rule, ()):
        found = _first_that_works(request, missed, lane)
        if found:
            yield found


def _first_that_works(
    request: RequestRow, missed: Block, lane: Callable[[RequestRow, Block], list[Change]]
) -> Loosening | None:
    offers = missed.activities.take(missed.a)
    # These pairs are not excluded, or they would fail two rules.
    terms = replace(missed.run.terms, excluded=())
    for change in lane(request, missed):
        loosened = RequestColumns.from_rows([replace(request, **{change.field: change.value})])
        gained = eligible(Run(loosened, offers, terms).all_pairs())
        if len(gained):
            first = int(offers.id[gained.a[0]])
            return Loosening(change.field, change.value, change.size, change.unit, len(gained), first)
    return None
