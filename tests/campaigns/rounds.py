"""Rounds for the tests: every way to give out seats, one by one, and small rounds that Hypothesis makes up."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import strategies as st

from techfinder.campaigns.solver import Award, Group, Lock, Option, Place, Problem, Solution

Ways = list[dict[int, int]]


def ways_of(problem: Problem, group: Group) -> Ways:
    """Every way to serve a group: place -> pupils. The empty one (not served) too, unless a lock forbids that."""
    places = {place.id: place for place in problem.places}
    mine = [places[option.place] for option in problem.options if option.group == group.id]
    locks = {lock.place: lock.pupils for lock in problem.locks if lock.group == group.id}
    must = {place for place, pupils in locks.items() if pupils != 0}
    ways: Ways = [] if must else [{}]
    for pupils in product(*(range(min(group.size, place.seats) + 1) for place in mine)):
        way = {place.id: number for place, number in zip(mine, pupils, strict=True) if number}
        kept = all(locks[place] in (None, way.get(place, 0)) for place in locks)
        if kept and must <= way.keys() and sum(way.values()) == group.size and keeps_bounds(group, way, places):
            ways.append(way)
    return ways


def keeps_bounds(group: Group, way: dict[int, int], places: dict[int, Place]) -> bool:
    return (
        len(way) <= group.parts_max
        and len({places[place].provider for place in way}) <= group.providers_max
        and all(number >= min(group.part_min, group.size) for number in way.values())
        and all(places[place].group_min <= number for place, number in way.items())
        and all(number <= (places[place].group_max or 99) for place, number in way.items())
    )


def all_awards(problem: Problem) -> Iterator[list[Award]]:
    """Every way to give out the seats."""
    yield from extended(
        problem.groups,
        {group.id: ways_of(problem, group) for group in problem.groups},
        {place.id: place.seats for place in problem.places},
        {place.id: 99 if place.groups_max is None else place.groups_max for place in problem.places},
    )


def extended(groups, ways, seats, room) -> Iterator[list[Award]]:
    if not groups:
        yield []
        return
    first, *others = groups
    for way in ways[first.id]:
        if all(number <= seats[place] and room[place] for place, number in way.items()):
            seats_left = {place: number - way.get(place, 0) for place, number in seats.items()}
            room_left = {place: number - (place in way) for place, number in room.items()}
            for rest in extended(others, ways, seats_left, room_left):
                yield [*(Award(first.id, place, number) for place, number in way.items()), *rest]


def value(problem: Problem, awards: list[Award] | tuple[Award, ...]) -> tuple[int, int, int]:
    """The three goals, written out anew."""
    groups = {group.id: group for group in problem.groups}
    scores = {(option.group, option.place): option.score for option in problem.options}
    served = {award.group for award in awards}
    fair = 0
    for group in served:
        fair += 100_000 * groups[group].priority + min(60, groups[group].waiting_days)
        fair += 0 if groups[group].served else 1000
    score = sum(
        (scores[award.group, award.place] * 1000 // groups[award.group].size) * award.pupils for award in awards
    )
    return len(served), fair, score


def best_value(problem: Problem) -> tuple[int, int, int] | None:
    """The three goals of the optimum; None when the locks leave no way at all."""
    return max((value(problem, awards) for awards in all_awards(problem)), default=None)


def assert_valid(problem: Problem, solution: Solution) -> None:
    """No seat twice, every group whole, bounds and locks kept, everybody without a seat told why."""
    ways = {group.id: ways_of(problem, group) for group in problem.groups}
    taken = {group.id: {} for group in problem.groups}
    for award in solution.awards:
        assert award.place not in taken[award.group]
        taken[award.group][award.place] = award.pupils
    for group, way in taken.items():
        assert way in ways[group]
    for place in problem.places:
        here = [way[place.id] for way in taken.values() if place.id in way]
        assert sum(here) <= place.seats
        assert place.groups_max is None or len(here) <= place.groups_max
    assert list(solution.awards) == sorted(solution.awards)
    assert solution.unserved.keys() == {group for group, way in taken.items() if not way}
    assert solution.goals == value(problem, solution.awards)


def shuffled(problem: Problem, seed: int) -> Problem:
    """The same round in another order."""
    mixer = random.Random(seed)
    fields = ("groups", "places", "options", "locks")
    return replace(
        problem, **{name: tuple(mixer.sample(getattr(problem, name), len(getattr(problem, name)))) for name in fields}
    )


@st.composite
def groups(draw, id: int, split: bool) -> Group:
    most = 3 if split else 1
    return Group(
        id=id,
        size=draw(st.integers(1, 6)),
        priority=draw(st.integers(0, 3)),
        waiting_days=draw(st.sampled_from([0, 1, 7, 60, 61, 400])),
        served=draw(st.booleans()),
        part_min=draw(st.integers(1, 3)),
        parts_max=draw(st.integers(1, most)),
        providers_max=draw(st.integers(1, most)),
    )


@st.composite
def places(draw, id: int) -> Place:
    return Place(
        id=id,
        activity=draw(st.integers(1, 2)),
        provider=draw(st.integers(1, 2)),
        seats=draw(st.integers(0, 9)),
        group_min=draw(st.sampled_from([0, 1, 1, 2, 4])),
        group_max=draw(st.sampled_from([None, None, 3, 5])),
        groups_max=draw(st.sampled_from([None, None, 0, 1, 2])),
    )


@st.composite
def problems(draw, locked: bool = False, split: bool = True) -> Problem:
    """Rounds of 1-5 groups and 1-4 places with some seats; with `locked`, some pairs are locked, come what may."""
    asked = [draw(groups(number, split)) for number in range(1, draw(st.integers(1, 5)) + 1)]
    offered = [draw(places(number)) for number in range(11, draw(st.integers(1, 4)) + 11)]
    if not any(place.seats for place in offered):
        offered[0] = replace(offered[0], seats=5)
    pairs = [(group.id, place.id) for group in asked for place in offered if draw(st.integers(0, 3))]
    options = tuple(Option(group=g, place=p, score=draw(st.sampled_from([0, 1, 333, 500, 1000]))) for g, p in pairs)
    locks = []
    for group, place in pairs if locked else ():
        if draw(st.integers(0, 4)) == 0:
            locks.append(Lock(group=group, place=place, pupils=draw(st.sampled_from([None, 0, 0, 1, 2, 3]))))
    return Problem(groups=tuple(asked), places=tuple(offered), options=options, locks=tuple(locks))
