"""A round is the optimum: compared with every other way to give out the seats."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from techfinder.campaigns.solver import Group, Option, Place, Problem, ProblemError, Solution, greedy, solve
from techfinder.campaigns.solver.case import awards_of, build
from techfinder.campaigns.solver.greedy import by_hand
from techfinder.campaigns.solver.limits import Guard
from techfinder.campaigns.solver.relax import Relaxation, is_valid, relax
from techfinder.campaigns.solver.search import search
from tests.campaigns.rounds import assert_valid, best_value, problems, shuffled, value

SOME = settings(max_examples=150, deadline=None)
REASONS = {"no_option", "locked_out", "too_large", "full"}
ONLY_IN_PARTS = Problem(
    groups=(Group(id=1, size=4, parts_max=2),),
    places=(Place(id=11, activity=1, provider=1, seats=3), Place(id=12, activity=1, provider=1, seats=1)),
    options=(Option(group=1, place=11, score=0), Option(group=1, place=12, score=0)),
)


@SOME
@given(problems())
def test_no_way_to_give_out_the_seats_is_better(problem):
    found = solve(problem)
    assert_valid(problem, found)
    assert found.proven
    assert found.goals == best_value(problem)
    assert tuple(stage.bound for stage in found.stages) == found.goals
    assert set(found.unserved.values()) <= REASONS


@SOME
@given(problems(split=False))
def test_nor_when_nobody_is_split(problem):
    found = solve(problem)
    assert_valid(problem, found)
    assert found.proven
    assert found.goals == best_value(problem)


@SOME
@given(problems(locked=True))
def test_locks_are_kept_at_the_least_cost_or_refused(problem):
    best, found = best_value(problem), outcome(problem)
    if best is None:
        assert isinstance(found, ProblemError)
        assert found.code.startswith("lock_")
    else:
        assert_valid(problem, found)
        assert found.goals == best


@SOME
@given(problems(locked=True), st.integers(0, 99))
def test_the_order_of_the_input_does_not_matter(problem, seed):
    found, again = outcome(problem), outcome(shuffled(problem, seed))
    if isinstance(found, ProblemError):
        assert (again.code, again.group, again.place) == (found.code, found.group, found.place)
    else:
        assert again.awards == found.awards
        assert greedy(shuffled(problem, seed)).awards == greedy(problem).awards


def outcome(problem: Problem) -> Solution | ProblemError:
    try:
        return solve(problem)
    except ProblemError as error:
        return error


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_way_for_large_rounds_finds_the_optimum_too(problem):
    case = build(problem)
    found, stages = relax(case, {}, Guard(60))
    assert is_valid(case, found)
    assert value(problem, awards_of(found)) == best_value(problem)
    assert all(stage.proven for stage in stages)


@settings(max_examples=60, deadline=None)
@given(problems())
@example(ONLY_IN_PARTS)
def test_where_the_score_is_too_hard_the_other_goals_and_its_bound_hold(problem):
    """As in large halls: nothing is relaxed for the last goal."""
    case = build(problem)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Relaxation, "too_hard", lambda *_: True)
        found, stages = relax(case, {}, Guard(60))
    best = best_value(problem)
    assert is_valid(case, found)
    assert value(problem, awards_of(found))[:2] == best[:2]
    assert all(stage.value <= goal <= stage.bound for stage, goal in zip(stages, best, strict=True))


@SOME
@given(problems(locked=True))
def test_by_hand_it_is_valid_and_never_better(problem):
    try:
        by_hand = greedy(problem)
    except ProblemError:
        return
    assert_valid(problem, by_hand)
    assert by_hand.goals <= solve(problem).goals


@SOME
@given(problems())
def test_why_a_group_gets_nothing(problem):
    for group, reason in solve(problem).unserved.items():
        mine = tuple(option for option in problem.options if option.group == group)
        alone = replace(problem, groups=tuple(one for one in problem.groups if one.id == group), options=mine)
        served_alone = solve(alone).served == 1
        assert reason == ("full" if served_alone else "too_large" if mine else "no_option")


@pytest.mark.parametrize("seed", range(6))
def test_both_ways_find_the_same_where_brute_force_cannot(seed):
    case = build(crowded(seed))
    start = by_hand(case, {})
    (one, ended), (other, ended_too) = search(case, start, 30, Guard(60)), relax(case, start, Guard(60))
    assert all(stage.proven for stage in (*ended, *ended_too))
    assert is_valid(case, one)
    assert is_valid(case, other)
    assert [stage.value for stage in ended] == [stage.value for stage in ended_too]


def crowded(seed: int) -> Problem:
    """16 groups and places for about ten; in the odd rounds some may be split."""
    dice = random.Random(seed)
    asked = [
        Group(
            id=number,
            size=dice.randint(6, 30),
            priority=dice.randint(1, 3),
            waiting_days=dice.randint(0, 70),
            part_min=5,
            parts_max=dice.choice((1, 1, 1 + seed % 2)),
            providers_max=2,
        )
        for number in range(1, 17)
    ]
    offered = [session(100 + number, dice.choice((20, 30, 45)), provider=number // 2) for number in range(7)]
    chosen = [(group.id, place.id) for group in asked for place in offered if dice.random() < 0.5]
    return Problem(
        groups=tuple(asked),
        places=tuple(offered),
        options=options(*((group, place, dice.randint(0, 1000)) for group, place in chosen)),
    )


def whole(id: int, size: int = 20, **fields) -> Group:
    return Group(id=id, size=size, **fields)


def session(id: int, seats: int = 30, **fields) -> Place:
    return Place(id=id, activity=fields.pop("activity", 1), provider=fields.pop("provider", 1), seats=seats, **fields)


def options(*triples: tuple[int, int, int]) -> tuple[Option, ...]:
    return tuple(Option(group=group, place=place, score=score) for group, place, score in triples)


def pairs(problem: Problem) -> list[tuple[int, int, int]]:
    return [(award.group, award.place, award.pupils) for award in solve(problem).awards]


def test_serving_more_groups_goes_before_a_better_score_and_before_priority():
    problem = Problem(
        groups=(whole(1, 30, priority=3), whole(2, 15), whole(3, 15)),
        places=(session(1),),
        options=options((1, 1, 1000), (2, 1, 10), (3, 1, 10)),
    )
    assert pairs(problem) == [(2, 1, 15), (3, 1, 15)]


def test_priority_then_unserved_then_waiting_then_score():
    places = (session(1),)
    offers = options((1, 1, 1000), (2, 1, 100))
    for first, second in (
        ({"priority": 1, "waiting_days": 60}, {"priority": 2, "served": True}),
        ({"served": True, "waiting_days": 60}, {}),
        ({"waiting_days": 3}, {"waiting_days": 4}),
    ):
        assert pairs(Problem(groups=(whole(1, **first), whole(2, **second)), places=places, options=offers)) == [
            (2, 1, 20)
        ]
    beyond = (whole(1, waiting_days=60), whole(2, waiting_days=400))
    assert pairs(Problem(groups=beyond, places=places, options=offers)) == [(1, 1, 20)]


def test_a_group_in_parts_weighs_as_much_as_a_whole_one():
    split = whole(1, 20, parts_max=2, providers_max=2, part_min=5)
    places = (session(1, 10), session(2, 10, provider=2))
    found = solve(Problem(groups=(split,), places=places, options=options((1, 1, 600), (1, 2, 400))))
    assert found.goals[2] == 500 * 1000
    one_provider = replace(split, providers_max=1)
    assert solve(
        Problem(groups=(one_provider,), places=places, options=options((1, 1, 600), (1, 2, 400)))
    ).unserved == {1: "too_large"}


def test_parts_that_have_nothing_to_do_with_each_other_are_each_the_optimum():
    """One by flow, one by search, and one group that nobody can take."""
    problem = Problem(
        groups=(whole(1), whole(2), whole(3, 20), whole(4, 10), whole(5, 10), whole(6, 500)),
        places=(session(1), session(2), session(3)),
        options=options((1, 1, 500), (2, 1, 400), (1, 2, 490), (3, 3, 900), (4, 3, 1), (5, 3, 1), (6, 3, 1)),
    )
    found = solve(problem)
    assert [(award.group, award.place) for award in found.awards][:3] == [(1, 2), (2, 1), (3, 3)]
    assert found.served == 4
    assert found.unserved[6] == "too_large"
    assert found.proven
