"""What goes into an allocation round and what comes out. Plain numbers; the ids are the caller's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A request that takes part. It is served whole, in one or more parts, or not at all."""

    id: int
    size: int  # pupils
    priority: int = 1  # the coordinator's; higher goes first among what is served
    waiting_days: int = 0
    served: bool = False  # the school had something this school year
    part_min: int = 1  # no part smaller than this many pupils; a smaller group goes whole
    parts_max: int = 1  # over how many places it may be split
    providers_max: int = 1  # over how many providers its parts may be spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A session with seats."""

    id: int
    activity: int
    provider: int
    seats: int
    group_min: int = 1  # pupils, of every part that comes here
    group_max: int | None = None  # likewise
    groups_max: int | None = None  # how many groups, or parts of groups, may come


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """A place that a group may have, with the score of the pair in tenths of a point (0..1000)."""

    group: int
    place: int
    score: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lock:
    """What the coordinator fixed: None, this pair must be used; 0, it must not; n, with exactly n pupils.

    A group with a pair that must be used is served for certain.
    """

    group: int
    place: int
    pupils: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A round. The order of the sequences does not matter.

    `seconds`: a guard, far beyond what rounds take: when to stop whatever goes on, and take the best found.
    """

    groups: tuple[Group, ...]
    places: tuple[Place, ...]
    options: tuple[Option, ...]
    locks: tuple[Lock, ...] = ()
    seconds: float = 300


@dataclass(frozen=True, slots=True, order=True)
class Award:
    """So many pupils of a group get a seat at a place."""

    group: int
    place: int
    pupils: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One of the three goals: what was reached, and what cannot be exceeded (given the goals before it)."""

    name: str  # served, fairness, score
    value: int
    bound: int
    proven: bool
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What a round gives. `goals`: groups served, fairness, score (see goals.py); `unserved`: group id -> reason.

    Reasons: `no_option` nothing fits; `locked_out` what would fit was locked; `too_large` none of its places, nor some
    together within its bounds, could hold it even if it came alone; `full` the places went to others.
    """

    awards: tuple[Award, ...]
    goals: tuple[int, int, int]
    stages: tuple[Stage, ...]  # empty for greedy
    proven: bool
    seconds: float
    unserved: dict[int, str]
    cut_short: bool = False  # by the clock: the same input may give something else another time

    @property
    def served(self) -> int:
        """How many groups are served."""
        return self.goals[0]


class ProblemError(ValueError):
    """A round that cannot be solved as it is given.

    `code` is one of CODES; `group` and `place` say which, where one is to blame.
    """

    CODES = (
        "no_groups",
        "no_places",
        "no_seats",
        "group_twice",  # two groups with one id
        "place_twice",
        "option_twice",
        "group_size",  # less than one pupil
        "group_bounds",  # part_min, parts_max, providers_max below one; priority or waiting_days below zero
        "place_seats",  # below zero
        "place_bounds",  # group_min, group_max or groups_max below zero
        "option_group",  # an option of an unknown group
        "option_place",
        "option_score",  # not within 0..1000
        "lock_group",  # a lock on an unknown group
        "lock_place",
        "lock_option",  # must be used, but is no option
        "lock_twice",  # two different locks on one pair
        "lock_pupils",  # fewer than a part or the place allows, or more than the group or the seats
        "lock_size",  # the parts of a group are more than the group
        "lock_parts",  # over more places than it may be split
        "lock_providers",
        "lock_seats",  # together more pupils than the place has seats
        "lock_groups_max",  # together more groups than may come to the place
        "lock_rest",  # with the locks before it, what remains of this group fits nowhere
    )

    def __init__(self, code: str, *, group: int | None = None, place: int | None = None) -> None:
        self.code, self.group, self.place = code, group, place
        super().__init__(f"{code} (group {group}, place {place})")
