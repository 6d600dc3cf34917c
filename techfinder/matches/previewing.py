"""What other weights would change: every open request under those in force and under those proposed.

Counted by the engine on what is stored, and nothing of it is written as a match.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from matching import Best, RequestColumns, Weights, best_pairs
from techfinder.matches.models import Match
from techfinder.matches.rows import World, load_activities, load_requests

# The first so many of a list are what people look at.
TOP, LEADING = 3, 10
EXAMPLES = 10


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


def count_preview(*, now: Weights, then: Weights, today: dt.date | None = None) -> dict[str, Any]:
    """Counts of open requests, and some examples by id, as JSON keeps them.

    What was not matched yet does not count: it has no row for the engine.
    """
    world = World(today=today)
    requests, activities = load_requests(world).columns, load_activities(world).columns
    excluded = list(Match.objects.filter(state__in=Match.SETTLED).values_list("request_id", "activity_id"))
    before, after = (
        Standing.of(best_pairs(requests, activities, replace(world.terms(excluded), weights=each)), requests.id)
        for each in (now, then)
    )
    other_first = before.first != after.first
    return {
        "today": world.today.isoformat(),
        "requests": len(requests),
        "other_first": int(other_first.sum()),
        "other_top": int((before.top != after.top).any(axis=1).sum()),
        "groups": {name: _moves(mask, before, after) for name, mask in _groups(requests).items()},
        "provinces": _by_province(requests, other_first, world),
        "examples": _examples(requests, other_first, before, after),
    }


def _groups(requests: RequestColumns) -> dict[str, Any]:
    """Whose requests the fair shares are about."""
    return {"special": requests.special, "small": requests.small > 0, "remote": requests.remote > 0}


def _moves(mask: Any, before: Standing, after: Standing) -> dict[str, int]:
    """How many rise: are among the first requests of more activities than now; and how many fall."""
    more = (after.leads - before.leads)[mask]
    return {"requests": int(mask.sum()), "rise": int((more > 0).sum()), "fall": int((more < 0).sum())}


def _by_province(requests: RequestColumns, other_first: Any, world: World) -> list[list[Any]]:
    """Code of the province ("" where none is known), its requests, and those that get another first match."""
    municipalities, at = np.unique(requests.municipality, return_inverse=True)
    codes, province = np.unique([world.shard_of(each) for each in municipalities.tolist()], return_inverse=True)
    row = province[at]
    asked, other = np.bincount(row), np.bincount(row, weights=other_first)
    return [list(each) for each in zip(codes.tolist(), asked.tolist(), other.astype(int).tolist(), strict=True)]


def _examples(requests: RequestColumns, other_first: Any, before: Standing, after: Standing) -> list[list[int]]:
    """Request, first match now and then; spread over all that change, so that not one region fills the table."""
    rows = np.flatnonzero(other_first)
    some = rows[np.linspace(0, len(rows) - 1, min(EXAMPLES, len(rows))).round().astype(np.int64)]
    return np.stack([requests.id[some], before.first[some], after.first[some]], axis=1).tolist()
