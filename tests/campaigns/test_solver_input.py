"""What cannot be solved as it is given is refused, and the culprit named."""

from __future__ import annotations

import pytest

from techfinder.campaigns.solver import Group, Lock, Option, Place, Problem, ProblemError, greedy, solve

GROUPS = (Group(id=1, size=20), Group(id=2, size=20))
SPLIT = Group(id=1, size=20, parts_max=2, providers_max=1, part_min=5)
PLACES = (
    Place(id=11, activity=1, provider=1, seats=30),
    Place(id=12, activity=2, provider=2, seats=30, group_min=6),
    Place(id=13, activity=2, provider=2, seats=15, groups_max=1),
)
OPTIONS = tuple(Option(group=group, place=place, score=500) for group in (1, 2) for place in (11, 12, 13))


def round_of(*, groups=GROUPS, places=PLACES, options=OPTIONS, locks=()) -> Problem:
    return Problem(groups=groups, places=places, options=options, locks=tuple(Lock(**lock) for lock in locks))


BAD = {
    "no_groups": ({"groups": ()}, None, None),
    "no_places": ({"places": ()}, None, None),
    "no_seats": ({"places": (Place(id=11, activity=1, provider=1, seats=0),), "options": OPTIONS[:1]}, None, None),
    "group_twice": ({"groups": (*GROUPS, GROUPS[1])}, 2, None),
    "place_twice": ({"places": (*PLACES, PLACES[2])}, None, 13),
    "option_twice": ({"options": (*OPTIONS, OPTIONS[4])}, 2, 12),
    "group_size": ({"groups": (GROUPS[1], Group(id=1, size=0))}, 1, None),
    "place_seats": ({"places": (*PLACES[:2], Place(id=13, activity=1, provider=1, seats=-1))}, None, 13),
    "option_group": ({"options": (*OPTIONS, Option(group=3, place=11, score=1))}, 3, 11),
    "option_place": ({"options": (*OPTIONS, Option(group=2, place=14, score=1))}, 2, 14),
    "option_score": ({"options": (*OPTIONS[:5], Option(group=2, place=13, score=1001))}, 2, 13),
    "lock_group": ({"locks": [{"group": 3, "place": 11, "pupils": 0}]}, 3, 11),
    "lock_place": ({"locks": [{"group": 2, "place": 14}]}, 2, 14),
    "lock_option": ({"options": OPTIONS[:5], "locks": [{"group": 2, "place": 13}]}, 2, 13),
    "lock_twice": (
        {"locks": [{"group": 1, "place": 11}, {"group": 1, "place": 11, "pupils": 0}]},
        1,
        11,
    ),
    "lock_pupils": ({"locks": [{"group": 1, "place": 13}]}, 1, 13),
    "lock_size": (
        {
            "groups": (SPLIT, GROUPS[1]),
            "locks": [{"group": 1, "place": 12, "pupils": 12}, {"group": 1, "place": 13, "pupils": 9}],
        },
        1,
        13,
    ),
    "lock_parts": ({"locks": [{"group": 1, "place": 11}, {"group": 1, "place": 12}]}, 1, 12),
    "lock_providers": (
        {"groups": (SPLIT,), "options": OPTIONS[:3], "locks": [{"group": 1, "place": 11}, {"group": 1, "place": 12}]},
        1,
        12,
    ),
    "lock_seats": ({"locks": [{"group": 1, "place": 11}, {"group": 2, "place": 11}]}, 2, 11),
    "lock_groups_max": (
        {
            "groups": (SPLIT, Group(id=2, size=20, parts_max=2)),
            "locks": [{"group": 1, "place": 13, "pupils": 5}, {"group": 2, "place": 13, "pupils": 5}],
        },
        2,
        13,
    ),
    "lock_rest": (
        {"groups": (SPLIT, GROUPS[1]), "locks": [{"group": 1, "place": 13, "pupils": 5}, {"group": 2, "place": 12}]},
        2,
        12,
    ),
}


@pytest.mark.parametrize("code", BAD)
@pytest.mark.parametrize("way", [solve, greedy])
def test_a_round_that_cannot_be_solved_is_refused(code, way):
    fields, group, place = BAD[code]
    with pytest.raises(ProblemError) as refused:
        way(round_of(**fields))
    assert (refused.value.code, refused.value.group, refused.value.place) == (code, group, place)
    assert code in ProblemError.CODES


@pytest.mark.parametrize(
    "bounds", [{"part_min": 0}, {"parts_max": 0}, {"providers_max": 0}, {"priority": -1}, {"waiting_days": -1}]
)
def test_bounds_of_a_group(bounds):
    with pytest.raises(ProblemError, match="group_bounds"):
        solve(round_of(groups=(Group(id=1, size=20, **bounds), GROUPS[1])))


@pytest.mark.parametrize("bounds", [{"group_min": -1}, {"group_max": -1}, {"groups_max": -1}])
def test_bounds_of_a_place(bounds):
    with pytest.raises(ProblemError, match="place_bounds"):
        solve(round_of(places=(Place(id=11, activity=1, provider=1, seats=9, **bounds), *PLACES[1:])))


def test_every_code_is_tried():
    assert set(ProblemError.CODES) == {*BAD, "group_bounds", "place_bounds"}


def test_two_locks_that_say_the_same_are_one():
    locks = [{"group": 1, "place": 11}, {"group": 1, "place": 11}]
    assert solve(round_of(locks=locks)).served == 2


def test_a_lock_that_forbids_a_pair_that_does_not_fit_does_no_harm():
    assert solve(round_of(options=OPTIONS[:5], locks=[{"group": 2, "place": 13, "pupils": 0}])).served == 2


def test_why_a_locked_group_gets_nothing():
    locks = [{"group": 1, "place": place, "pupils": 0} for place in (11, 12, 13)]
    assert solve(round_of(locks=locks)).unserved == {1: "locked_out"}
    small = solve(round_of(options=OPTIONS[2:], locks=[{"group": 1, "place": 13, "pupils": 0}]))
    assert small.unserved == {1: "too_large"}


def test_a_group_that_must_be_served_goes_before_others():
    one = (Place(id=11, activity=1, provider=1, seats=20),)
    urgent = (Group(id=1, size=20, priority=0, served=True), Group(id=2, size=20, priority=3))
    options = (OPTIONS[0], OPTIONS[3])
    problem = round_of(groups=urgent, places=one, options=options, locks=[{"group": 1, "place": 11}])
    assert solve(problem).unserved == {2: "full"}
    assert greedy(problem).unserved == {2: "full"}
