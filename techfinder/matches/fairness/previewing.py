"""What other weights would change: every open request under those in force and under those proposed.

Counted by the engine on what is stored, and nothing of it is written as a match.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching import Best, RequestColumns, Weights, best_pairs, combine
from techfinder.matches.models import Match
from techfinder.matches.rows import SHARDS, World, load_activities, load_requests

# The first so many of a list are what people look at.
TOP, LEADING = 3, 10
EXAMPLES = 10
# Whose requests the fair shares are about.
GROUPS: dict[str, Callable[[RequestColumns], Any]] = {
    "special": lambda requests: requests.special,
    "small": lambda requests: requests.small > 0,
    "remote": lambda requests: requests.remote > 0,
}


@dataclass(frozen=True, eq=False)
class Standing:
    """How each request (a row, in order of id) stands under one set of weights; activities by id, 0 for none."""

    first: Any  # (n,)
    top: Any  # (n, TOP), each row sorted
    leads: Any  # (n,) of how many activities it is among the first requests

    @classmethod
    def of(cls, best: Best, ids: Any) -> Standing:
        row = np.searchsorted(ids, best.request_id)
        top = np.zeros((len(ids), TOP), dtype=np.int64)
        shown = best.rank <= TOP
        top[row[shown], best.rank[shown] - 1] = best.activity_id[shown]
        leads = np.bincount(row[best.place <= LEADING], minlength=len(ids))
        return cls(top[:, 0].copy(), np.sort(top, axis=1), leads)


@dataclass(frozen=True, eq=False)
class Part:
    """The open requests of one province, and their best pairs under both sets of weights."""

    province: str
    ids: Any  # (n,)
    groups: dict[str, Any]  # (n,) each
    now: Best
    then: Best


def count_preview(
    *, now: Weights, then: Weights, today: dt.date | None = None, working: Callable[[], object] = lambda: None
) -> dict[str, Any]:
    """Counts of open requests, and some examples by id, as JSON keeps them.

    What was not matched yet does not count: it has no row for the engine. `working` is called after each province.
    """
    world = World(today=today)
    parts = []
    for part in _parts(world, now, then):
        parts.append(part)
        working()
    ids = np.concatenate([np.empty(0, dtype=np.int64), *(part.ids for part in parts)])
    order = np.argsort(ids)
    before = Standing.of(combine([part.now for part in parts], best=LEADING), ids[order])
    after = Standing.of(combine([part.then for part in parts], best=LEADING), ids[order])
    other_first = before.first != after.first
    place = np.argsort(order)  # of each request of the parts, among all
    return {
        "today": world.today.isoformat(),
        "requests": len(ids),
        "other_first": int(other_first.sum()),
        "other_top": int((before.top != after.top).any(axis=1).sum()),
        "groups": {name: _moves(_gathered(parts, name)[order], before, after) for name in GROUPS},
        "provinces": _by_province(parts, other_first[place]),
        "examples": _examples(ids[order], other_first, before, after),
    }


def _parts(world: World, now: Weights, then: Weights) -> Iterator[Part]:
    """By province, so that memory stays that of one."""
    activities = load_activities(world).columns
    terms = world.terms(Match.objects.settled_pairs())
    for province in SHARDS:
        requests = load_requests(world, province=province).columns
        if len(requests):
            both = (
                best_pairs(requests, activities, replace(terms, weights=each), best=LEADING) for each in (now, then)
            )
            groups = {name: member(requests) for name, member in GROUPS.items()}
            yield Part(province, requests.id, groups, *both)


def _gathered(parts: Sequence[Part], group: str) -> Any:
    return np.concatenate([np.empty(0, dtype=bool), *(part.groups[group] for part in parts)])


def _moves(mask: Any, before: Standing, after: Standing) -> dict[str, int]:
    """How many rise: are among the first requests of more activities than now; and how many fall."""
    more = (after.leads - before.leads)[mask]
    return {"requests": int(mask.sum()), "rise": int((more > 0).sum()), "fall": int((more < 0).sum())}


def _by_province(parts: Sequence[Part], other_first: Any) -> list[list[Any]]:
    """Code of the province ("" where none is known), its requests, and those that get another first match."""
    ends = np.cumsum([len(part.ids) for part in parts])
    counts = [int(each.sum()) for each in np.split(other_first, ends[:-1])]
    return [[part.province, len(part.ids), other] for part, other in zip(parts, counts, strict=False)]


def _examples(ids: Any, other_first: Any, before: Standing, after: Standing) -> list[list[int]]:
    """Request, first match now and then; spread over all that change, so that not one region fills the table."""
    rows = np.flatnonzero(other_first)
    some = rows[np.linspace(0, len(rows) - 1, min(EXAMPLES, len(rows))).round().astype(np.int64)]
    examples: list[list[int]] = np.stack([ids[some], before.first[some], after.first[some]], axis=1).tolist()
    return examples
