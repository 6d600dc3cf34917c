"""A run (both sides on one day) and a block (some of its pairs), with what rules, score and reasons share.

A block is two position columns of shape (pairs,): request `r[i]` meets activity `a[i]`. One request against all
activities, one activity against all requests and any mixture are the same thing to everything built on it, which is
why they cannot disagree.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from . import days, geo
from .arrays import Bools, Bytes, Floats, Ints, Masks, among
from .columns import WORD, ActivityColumns, RequestColumns
from .levels import LEVELS, LevelTable
from .rows import AT_PROVIDER, AT_SCHOOL, ONLINE
from .weights import WEIGHTS, Weights


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What holds for a whole run: the day, the level tree, the weights, and the (request id, activity id) pairs that
    were declined, withdrawn or hidden before."""

    today: datetime.date
    levels: LevelTable = LEVELS
    weights: Weights = WEIGHTS
    excluded: Collection[tuple[int, int]] = field(default=(), repr=False)


@dataclass(frozen=True, eq=False)
class Run:
    """Requests and activities that meet on `terms`; its columns have one entry per request or per activity."""

    requests: RequestColumns
    activities: ActivityColumns
    terms: Terms

    @cached_property
    def municipality_bit(self) -> Ints:
        """Per request the bit of its municipality in `activities.regions`; one in the empty word when none has it."""
        known, asked = self.activities.municipalities, self.requests.municipality
        bit = np.searchsorted(known, asked)
        found = np.isin(asked, known)
        return np.where(found, bit, (len(self.activities.regions) - 1) * WORD)

    @cached_property
    def first_day(self) -> Ints:
        """Per activity the first day that its lead time leaves open."""
        return self.terms.today.toordinal() + self.activities.lead_days

    @cached_property
    def first_month(self) -> Ints:
        return days.month_of(self.first_day)

    @cached_property
    def near_levels(self) -> tuple[Masks, Masks]:
        """Per request the leaves in its tracks, and the leaves in its sectors."""
        return self.terms.levels.widen(self.requests.levels)

    @cached_property
    def excluded(self) -> Ints:
        """The excluded pairs as sorted keys, see `key`; pairs that are not in this run are left out."""
        pairs = np.array(list(self.terms.excluded), dtype=np.int64).reshape(-1, 2)
        known = among(pairs[:, 0], self.requests.id) & among(pairs[:, 1], self.activities.id)
        r = np.searchsorted(self.requests.id, pairs[known, 0])
        return np.sort(self.key(r, np.searchsorted(self.activities.id, pairs[known, 1])))

    def key(self, r: Ints, a: Ints) -> Ints:
        return r * len(self.activities) + a

    def block(self, r: Ints, a: Ints) -> Block:
        return Block(self, r, a)

    def all_pairs(self) -> Block:
        """Every request with every activity: for one against many, or for few."""
        count = len(self.activities)
        r = np.repeat(np.arange(len(self.requests)), count)
        return Block(self, r, np.tile(np.arange(count), len(self.requests)))


_COSTLY = ("distance_km", "covered", "workable", "session", "months")


@dataclass(frozen=True, eq=False)
class Block:
    """Pairs of a run: positions `r` in its requests and `a` in its activities, both of shape (pairs,)."""

    run: Run
    r: Ints
    a: Ints

    def __len__(self) -> int:
        return len(self.r)

    def keep(self, mask: Bools | Ints) -> Block:
        """Some of the pairs: a mask or positions. What is costly and known of them stays known."""
        at = np.flatnonzero(mask) if mask.dtype == np.bool_ else mask
        kept = Block(self.run, self.r[at], self.a[at])
        known = ((name, self.__dict__[name]) for name in _COSTLY if name in self.__dict__)
        kept.__dict__.update({name: column[at] for name, column in known})
        return kept

    @property
    def requests(self) -> RequestColumns:
        return self.run.requests

    @property
    def activities(self) -> ActivityColumns:
        return self.run.activities

    @cached_property
    def distance_km(self) -> Floats:
        return geo.distance_km(self.requests.point.take(self.r, axis=1), self.activities.point.take(self.a, axis=1))

    @cached_property
    def covered(self) -> Bools:
        """The school's municipality lies under one of the activity's regions."""
        bit = self.run.municipality_bit[self.r]
        word = self.activities.regions.ravel().take(bit // WORD * len(self.activities) + self.a)
        return self.activities.everywhere[self.a] | (word >> (bit % WORD).astype(np.uint64) & 1).astype(np.bool_)

    @cached_property
    def wanted(self) -> Bytes:
        """The deliveries that both sides name, as a mask."""
        return self.requests.delivery[self.r] & self.activities.delivery[self.a]

    @cached_property
    def workable(self) -> Bytes:
        """The deliveries of `wanted` that the place allows, as a mask."""
        distance = self.distance_km - geo.DISTANCE_SLACK_KM
        they_travel = self.covered & (distance <= self.activities.max_travel_km[self.a])
        we_travel = self.covered & (distance <= self.requests.max_travel_km[self.r])
        return self.wanted & (they_travel * np.uint8(AT_SCHOOL) | we_travel * np.uint8(AT_PROVIDER) | np.uint8(ONLINE))

    @cached_property
    def on_site(self) -> Bools:
        """At the school or at the provider is workable, so that distance means something."""
        return (self.workable & (AT_SCHOOL | AT_PROVIDER)).astype(np.bool_)

    @cached_property
    def shared_levels(self) -> Masks:
        return self.requests.levels[self.r] & self.activities.levels[self.a]

    @cached_property
    def shared_themes(self) -> Masks:
        """The common themes, shape (words, pairs)."""
        words = min(len(self.requests.themes), len(self.activities.themes))
        asked, offered = self.requests.themes[:words], self.activities.themes[:words]
        return asked.take(self.r, axis=1) & offered.take(self.a, axis=1)

    @cached_property
    def theme_count(self) -> Ints:
        count: Ints = np.bitwise_count(self.shared_themes).sum(axis=0, dtype=np.int64)
        return count

    @cached_property
    def earliest(self) -> Ints:
        """The first day that both the lead time and the request allow."""
        return np.maximum(self.run.first_day[self.a], self.requests.from_day[self.r])

    @cached_property
    def has_sessions(self) -> Bools:
        return self.activities.session_count[self.a] > 0

    @cached_property
    def sessions(self) -> tuple[Ints, Ints]:
        """Every session of every pair: the position of the pair in the block, and of the session in its column."""
        count = self.activities.session_count[self.a]
        pair = np.repeat(np.arange(len(self)), count)
        shift = self.activities.session_start[self.a] - (np.cumsum(count) - count)
        return pair, np.arange(len(pair)) + shift[pair]

    @cached_property
    def session(self) -> Ints:
        """The day of the first session in the window with a seat for everyone; NEVER without one."""
        pair, at = self.sessions
        r, day = self.r[pair], self.activities.session_day[at]
        in_window = (self.earliest[pair] <= day) & (day <= self.requests.until_day[r])
        fits = in_window & (self.activities.session_seats[at] >= self.requests.group_size[r])
        first = np.full(len(self), days.NEVER)
        np.minimum.at(first, pair[fits], day[fits])
        return first

    @cached_property
    def first_month(self) -> Ints:
        """The month of the first day in the window; months never go down as days go up, so no day is looked up."""
        asked = np.maximum(self.run.first_month[self.a], self.requests.from_month[self.r])
        return np.maximum(asked, self.activities.from_month[self.a])

    @cached_property
    def months(self) -> Ints:
        """For activities without sessions: the months (January = 1) with a day in the window, as a mask."""
        first = np.maximum(self.earliest, self.activities.from_day[self.a])
        last = np.minimum(self.requests.until_day[self.r], self.activities.until_day[self.a])
        last_month = np.minimum(self.requests.until_month[self.r], self.activities.until_month[self.a])
        window = days.month_mask(self.first_month, last_month)
        return np.where(first <= last, window & self.activities.months[self.a], 0)
