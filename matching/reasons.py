"""Why a pair fits, and what falls short: (code, value) tuples whose values JSON can hold.

Reasons come in the order of the weights, those without a weight last:

    distance_km  float, one decimal; instead of it `online` (True) when online is the only way that works
    levels       tuple of level codes, the shared leaves in as few codes as possible
    themes       tuple of theme numbers that both name
    session      ISO date of the first session that fits; for activities without sessions `months`, a tuple of month
                 numbers 1..12 in the order in which they come, or `all_year` (True)
    kind         kind number, when the request names kinds
    answer_record  float 0..1, or `new_provider` (True)
    new_school   True: not served yet this school year
    waiting_days int, when more than 0
    free         True: costs nothing
    delivery     mask of the deliveries that work
    audience     mask of the shared audience

Shortfalls:

    group_split      (largest group, number of groups): the class must be split
    levels_missing   tuple of level codes asked for and not served
    themes_missing   tuple of theme numbers asked for and not touched
    delivery_missing mask of the deliveries named in the request that do not work; nothing when it names none
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from .arrays import Masks
from .block import Block
from .columns import WORD
from .days import ALL_MONTHS, EVER, NEVER
from .rows import ALL_DELIVERIES

Value = bool | int | float | str | tuple[int, ...] | tuple[str, ...]
Reason = tuple[str, Value]
Reasons = tuple[Reason, ...]
Maker = Callable[[Block], Sequence[Reason | None]]


def reasons(block: Block) -> list[Reasons]:
    """Per pair of the block why it fits; the pairs must be eligible."""
    order = [*block.run.terms.weights.in_order(), *_UNWEIGHTED]
    return _rows([REASONS[name](block) for name in order], len(block))


def shortfalls(block: Block) -> list[Reasons]:
    """Per pair of the block what falls short of the request although the pair is eligible."""
    return _rows([maker(block) for maker in _SHORTFALLS], len(block))


def _rows(columns: Sequence[Sequence[Reason | None]], length: int) -> list[Reasons]:
    if not length:
        return []
    return [tuple(reason for reason in row if reason) for row in zip(*columns, strict=True)]


def _distance(block: Block) -> list[Reason | None]:
    kilometres = np.rint(block.distance_km * 10) / 10
    pairs = zip(block.on_site.tolist(), kilometres.tolist(), strict=True)
    return [("distance_km", distance) if on_site else ("online", True) for on_site, distance in pairs]


def _level(block: Block) -> list[Reason | None]:
    return _levels("levels", block, block.shared_levels)


def _theme(block: Block) -> list[Reason | None]:
    return _numbers("themes", block.shared_themes)


def _period(block: Block) -> list[Reason | None]:
    bounded = (block.activities.from_day > EVER) | (block.activities.until_day < NEVER - 1)
    all_year = ~bounded & (block.activities.months == ALL_MONTHS)
    columns = (block.session, block.months, block.first_month % 12, all_year[block.a])
    return [_when(*pair) for pair in zip(*(column.tolist() for column in columns), strict=True)]


def _when(session: int, months: int, first: int, all_year: bool) -> Reason:
    if session != NEVER:
        return "session", datetime.date.fromordinal(session).isoformat()
    if all_year:
        return "all_year", True
    order = ((first + step) % 12 for step in range(12))
    return "months", tuple(month + 1 for month in order if months >> month & 1)


def _kind(block: Block) -> list[Reason | None]:
    wished = ~block.requests.any_kind[block.r]
    pairs = zip(wished.tolist(), block.activities.kind[block.a].tolist(), strict=True)
    return [("kind", bit.bit_length() - 1) if named else None for named, bit in pairs]


def _record(block: Block) -> list[Reason | None]:
    records = block.activities.record[block.a].tolist()
    return [("new_provider", True) if math.isnan(record) else ("answer_record", record) for record in records]


def _unserved(block: Block) -> list[Reason | None]:
    return [None if served else ("new_school", True) for served in block.requests.served[block.r].tolist()]


def _waiting(block: Block) -> list[Reason | None]:
    return [("waiting_days", wait) if wait > 0 else None for wait in block.requests.waiting_days[block.r].tolist()]


def _free(block: Block) -> list[Reason | None]:
    return [None if cost else ("free", True) for cost in block.activities.cost[block.a].tolist()]


def _delivery(block: Block) -> list[Reason | None]:
    return [("delivery", ways) for ways in block.workable.tolist()]


def _audience(block: Block) -> list[Reason | None]:
    shared = block.requests.audience[block.r] & block.activities.audience[block.a]
    return [("audience", audience) for audience in shared.tolist()]


REASONS: Mapping[str, Maker] = MappingProxyType(
    {
        "distance": _distance,
        "level": _level,
        "theme": _theme,
        "period": _period,
        "kind": _kind,
        "record": _record,
        "unserved": _unserved,
        "waiting": _waiting,
        "free": _free,
        "delivery": _delivery,
        "audience": _audience,
    }
)
_UNWEIGHTED = ("free", "delivery", "audience")


def _group_split(block: Block) -> list[Reason | None]:
    sizes, largest = block.requests.group_size[block.r].tolist(), block.activities.group_max[block.a].tolist()
    return [
        ("group_split", (most, -(-size // max(most, 1)))) if size > most else None
        for size, most in zip(sizes, largest, strict=True)
    ]


def _levels_missing(block: Block) -> list[Reason | None]:
    return _levels("levels_missing", block, block.requests.levels[block.r] & ~block.activities.levels[block.a])


def _themes_missing(block: Block) -> list[Reason | None]:
    asked = block.requests.themes[:, block.r].copy()
    words = len(block.shared_themes)
    asked[:words] &= ~block.shared_themes
    return _numbers("themes_missing", asked)


def _delivery_missing(block: Block) -> list[Reason | None]:
    asked = block.requests.delivery[block.r]
    missing = np.where(asked == ALL_DELIVERIES, 0, asked & ~block.workable)
    return [("delivery_missing", ways) if ways else None for ways in missing.tolist()]


_SHORTFALLS: tuple[Maker, ...] = (_group_split, _levels_missing, _themes_missing, _delivery_missing)


def _levels(code: str, block: Block, masks: Masks) -> list[Reason | None]:
    table = block.run.terms.levels
    # Thousands of pairs share a handful of masks.
    known: dict[int, Reason | None] = {int(m): (code, table.codes_of(int(m))) if m else None for m in np.unique(masks)}
    return [known[mask] for mask in masks.tolist()]


def _numbers(code: str, words: Masks) -> list[Reason | None]:
    rows = list(zip(*words.tolist(), strict=True))
    known = {row: _bits_of(row) for row in set(rows)}
    return [(code, known[row]) if known[row] else None for row in rows]


def _bits_of(words: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(at * WORD + bit for at, word in enumerate(words) for bit in range(WORD) if word >> bit & 1)
