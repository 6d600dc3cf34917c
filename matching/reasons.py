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
    special      True: special secondary education or practical training
    small_school, remote_school  True, when it is so to some degree
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
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from .arrays import Bools, Ints, Masks
from .block import Block
from .columns import FULL, WORD
from .days import ALL_MONTHS, EVER, NEVER
from .levels import LevelTable
from .rows import ALL_DELIVERIES

Value = bool | int | float | str | tuple[int, ...] | tuple[str, ...]
Reason = tuple[str, Value]
Reasons = tuple[Reason, ...]
Numbers = Sequence[Ints]


@dataclass(frozen=True, slots=True)
class Telling:
    """One thing to say of a pair, in two steps: all that it depends on as columns of shape (pairs,), and the words for
    one row of those. Equal numbers are equal words and the other way round, so numbers can stand for words."""

    numbers: Callable[[Block], Numbers]
    words: Callable[..., Reason | None]


def reasons(block: Block) -> list[Reasons]:
    """Per pair of the block why it fits; the pairs must be eligible."""
    order = [*block.run.terms.weights.in_order(), *_UNWEIGHTED]
    return _rows([_said(REASONS[name], block) for name in order], len(block))


def shortfalls(block: Block) -> list[Reasons]:
    """Per pair of the block what falls short of the request although the pair is eligible."""
    return _rows([_said(telling, block) for telling in SHORTFALLS.values()], len(block))


def _rows(columns: Sequence[Sequence[Reason | None]], length: int) -> list[Reasons]:
    if not length:
        return []
    return [tuple(filter(None, row)) for row in zip(*columns, strict=True)]


def _said(telling: Telling, block: Block) -> list[Reason | None]:
    rows = list(zip(*(column.tolist() for column in telling.numbers(block)), strict=True))
    # Thousands of pairs say a handful of things.
    known = {row: telling.words(block.run.terms.levels, *row) for row in set(rows)}
    return [known[row] for row in rows]


def _signed(masks: Masks) -> Ints:
    return masks.view(np.int64)


# Each pair of functions below is one telling: numbers, then words.


def _distance(block: Block) -> Numbers:
    return (np.where(block.on_site, np.rint(block.distance_km * 10).astype(np.int64), -1),)


def _distance_words(_: LevelTable, tenths: int) -> Reason:
    return ("online", True) if tenths < 0 else ("distance_km", tenths / 10)


def _level(block: Block) -> Numbers:
    return (_signed(block.shared_levels),)


def _level_words(table: LevelTable, mask: int) -> Reason:
    return "levels", table.codes_of(mask & FULL)


def _theme(block: Block) -> Numbers:
    return [*_signed(block.shared_themes)]


def _theme_words(_: LevelTable, *words: int) -> Reason | None:
    return ("themes", _bits_of(words)) if any(words) else None


ALL_YEAR, SESSION = 1 << 16, 1 << 17


def _period(block: Block) -> Numbers:
    """SESSION + day; or ALL_YEAR; or the first month (0..11) * 4096 + the mask of months."""
    bounded = (block.activities.from_day > EVER) | (block.activities.until_day < NEVER - 1)
    all_year = ~bounded & (block.activities.months == ALL_MONTHS)
    months = np.where(all_year[block.a], ALL_YEAR, _first_of(block.months, block.first_month % 12) << 12 | block.months)
    return (np.where(block.session != NEVER, SESSION + block.session, months),)


def _first_of(months: Ints, start: Ints) -> Ints:
    """The first month of each mask from month `start` on, round the year."""
    ahead = (months >> start | months << (12 - start)) & ALL_MONTHS
    steps: Ints = np.bitwise_count((ahead & -ahead) - 1).astype(np.int64)
    return (start + steps) % 12


def _period_words(_: LevelTable, when: int) -> Reason:
    if when >= SESSION:
        return "session", datetime.date.fromordinal(when - SESSION).isoformat()
    if when == ALL_YEAR:
        return "all_year", True
    order = ((step + (when >> 12)) % 12 for step in range(12))
    return "months", tuple(month + 1 for month in order if when >> month & 1)


def _kind(block: Block) -> Numbers:
    kind = np.bitwise_count(block.activities.kind - np.uint64(1)).astype(np.int64)
    return (np.where(block.requests.any_kind[block.r], -1, kind[block.a]),)


def _kind_words(_: LevelTable, kind: int) -> Reason | None:
    return None if kind < 0 else ("kind", kind)


def _record(block: Block) -> Numbers:
    # A record of -0.0 is 0.0; every NaN is -1.
    record = np.where(np.isnan(block.activities.record), -1.0, block.activities.record + 0.0)
    return (record.view(np.int64)[block.a],)


def _record_words(_: LevelTable, record: int) -> Reason:
    known = float(np.int64(record).view(np.float64))
    return ("new_provider", True) if known < 0 else ("answer_record", known)


def _waiting(block: Block) -> Numbers:
    return (np.maximum(block.requests.waiting_days, 0)[block.r],)


def _waiting_words(_: LevelTable, days: int) -> Reason | None:
    return ("waiting_days", days) if days else None


def _group_split(block: Block) -> Numbers:
    """The largest group and the number of groups, or two zeros."""
    size, most = block.requests.group_size[block.r], block.activities.group_max[block.a]
    split = size > most
    return np.where(split, most, 0), np.where(split, -(-size // np.maximum(most, 1)), 0)


def _group_split_words(_: LevelTable, most: int, groups: int) -> Reason | None:
    return ("group_split", (most, groups)) if most or groups else None


def _levels_missing(block: Block) -> Numbers:
    return (_signed(block.requests.levels[block.r] & ~block.activities.levels[block.a]),)


def _levels_missing_words(table: LevelTable, mask: int) -> Reason | None:
    return ("levels_missing", table.codes_of(mask & FULL)) if mask else None


def _themes_missing(block: Block) -> Numbers:
    asked = block.requests.themes[:, block.r].copy()
    words = len(block.shared_themes)
    asked[:words] &= ~block.shared_themes
    return [*_signed(asked)]


def _themes_missing_words(_: LevelTable, *words: int) -> Reason | None:
    return ("themes_missing", _bits_of(words)) if any(words) else None


def _delivery_missing(block: Block) -> Numbers:
    asked = block.requests.delivery[block.r]
    return (np.where(asked == ALL_DELIVERIES, 0, asked & ~block.workable).astype(np.int64),)


def _delivery_missing_words(_: LevelTable, ways: int) -> Reason | None:
    return ("delivery_missing", ways) if ways else None


def _flag(code: str, flag: Callable[[Block], Bools]) -> Telling:
    """Nothing but the code: (code, True), or nothing."""
    return Telling(lambda block: (flag(block).astype(np.int64),), lambda _, raised: (code, True) if raised else None)


REASONS: Mapping[str, Telling] = MappingProxyType(
    {
        "distance": Telling(_distance, _distance_words),
        "level": Telling(_level, _level_words),
        "theme": Telling(_theme, _theme_words),
        "period": Telling(_period, _period_words),
        "kind": Telling(_kind, _kind_words),
        "record": Telling(_record, _record_words),
        "unserved": _flag("new_school", lambda block: ~block.requests.served[block.r]),
        "waiting": Telling(_waiting, _waiting_words),
        "special": _flag("special", lambda block: block.requests.special[block.r]),
        "small": _flag("small_school", lambda block: block.requests.small[block.r] > 0),
        "remote": _flag("remote_school", lambda block: block.requests.remote[block.r] > 0),
        "free": _flag("free", lambda block: block.activities.cost[block.a] == 0),
        "delivery": Telling(lambda block: (block.workable.astype(np.int64),), lambda _, ways: ("delivery", ways)),
        "audience": Telling(
            lambda block: (_signed(block.requests.audience[block.r] & block.activities.audience[block.a]),),
            lambda _, groups: ("audience", groups & FULL),
        ),
    }
)
_UNWEIGHTED = ("free", "delivery", "audience")

SHORTFALLS: Mapping[str, Telling] = MappingProxyType(
    {
        "group_split": Telling(_group_split, _group_split_words),
        "levels_missing": Telling(_levels_missing, _levels_missing_words),
        "themes_missing": Telling(_themes_missing, _themes_missing_words),
        "delivery_missing": Telling(_delivery_missing, _delivery_missing_words),
    }
)


def _bits_of(words: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(at * WORD + bit for at, word in enumerate(words) for bit in range(WORD) if word >> bit & 1)
