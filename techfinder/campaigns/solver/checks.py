"""What makes a round unsolvable before any solving starts: each a ProblemError that names the culprit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from .problem import Group, Lock, Option, Place, Problem, ProblemError

SCORE_MAX = 1000


def check(problem: Problem) -> None:
    """Raise ProblemError for the first fault, in the order of the ids."""
    check_groups(problem.groups)
    check_places(problem.places)
    groups = {group.id: group for group in problem.groups}
    places = {place.id: place for place in problem.places}
    check_options(problem.options, groups, places)
    check_locks(problem, groups, places)


def check_groups(groups: Sequence[Group]) -> None:
    if not groups:
        raise ProblemError("no_groups")
    if (twice := first_twice(group.id for group in groups)) is not None:
        raise ProblemError("group_twice", group=twice)
    for group in sorted(groups, key=lambda group: group.id):
        if group.size < 1:
            raise ProblemError("group_size", group=group.id)
        if min(group.part_min, group.parts_max, group.providers_max) < 1 or min(group.priority, group.waiting_days) < 0:
            raise ProblemError("group_bounds", group=group.id)


def check_places(places: Sequence[Place]) -> None:
    if not places:
        raise ProblemError("no_places")
    if (twice := first_twice(place.id for place in places)) is not None:
        raise ProblemError("place_twice", place=twice)
    for place in sorted(places, key=lambda place: place.id):
        if place.seats < 0:
            raise ProblemError("place_seats", place=place.id)
        if min(place.group_min, place.group_max or 0, place.groups_max or 0) < 0:
            raise ProblemError("place_bounds", place=place.id)
    if not any(place.seats for place in places):
        raise ProblemError("no_seats")


def check_options(options: Sequence[Option], groups: dict[int, Group], places: dict[int, Place]) -> None:
    seen: set[tuple[int, int]] = set()
    for option in sorted(options, key=lambda option: (option.group, option.place)):
        code = ""
        if option.group not in groups:
            code = "option_group"
        elif option.place not in places:
            code = "option_place"
        elif not 0 <= option.score <= SCORE_MAX:
            code = "option_score"
        elif (option.group, option.place) in seen:
            code = "option_twice"
        if code:
            raise ProblemError(code, group=option.group, place=option.place)
        seen.add((option.group, option.place))


def check_locks(problem: Problem, groups: dict[int, Group], places: dict[int, Place]) -> None:
    pairs = {(option.group, option.place) for option in problem.options}
    kept: dict[tuple[int, int], Lock] = {}
    for lock in sorted(problem.locks, key=lambda lock: (lock.group, lock.place)):
        code = lock_fault(lock, pairs, groups, places)
        if not code and kept.setdefault((lock.group, lock.place), lock) != lock:
            code = "lock_twice"
        if code:
            raise ProblemError(code, group=lock.group, place=lock.place)
    musts = [lock for lock in kept.values() if lock.pupils != 0]
    check_locks_of_groups(musts, groups, places)
    check_locks_of_places(musts, groups, places)


def lock_fault(lock: Lock, pairs: set[tuple[int, int]], groups: dict[int, Group], places: dict[int, Place]) -> str:
    if lock.group not in groups:
        return "lock_group"
    if lock.place not in places:
        return "lock_place"
    if lock.pupils == 0:
        return ""
    if (lock.group, lock.place) not in pairs:
        return "lock_option"
    group, place = groups[lock.group], places[lock.place]
    low, high = part_bounds(group, place)
    return "" if low <= (high if lock.pupils is None else lock.pupils) <= high else "lock_pupils"


def part_bounds(group: Group, place: Place) -> tuple[int, int]:
    """The least and the most pupils of the group that may come to the place; impossible when the first is higher."""
    high = min(group.size, place.seats if place.groups_max != 0 else 0)
    high = high if place.group_max is None else min(high, place.group_max)
    low = group.size if group.parts_max == 1 else max(1, min(group.part_min, group.size), place.group_min)
    return max(low, place.group_min), high


def least(lock: Lock, group: Group, place: Place) -> int:
    return part_bounds(group, place)[0] if lock.pupils is None else lock.pupils


def check_locks_of_groups(musts: Iterable[Lock], groups: dict[int, Group], places: dict[int, Place]) -> None:
    by_group: dict[int, list[Lock]] = defaultdict(list)
    for lock in musts:
        by_group[lock.group].append(lock)
    for ident, locks in by_group.items():
        group = groups[ident]
        code = ""
        if len(locks) > group.parts_max:
            code = "lock_parts"
        elif len({places[lock.place].provider for lock in locks}) > group.providers_max:
            code = "lock_providers"
        elif sum(least(lock, group, places[lock.place]) for lock in locks) > group.size:
            code = "lock_size"
        if code:
            raise ProblemError(code, group=ident, place=locks[-1].place)


def check_locks_of_places(musts: Iterable[Lock], groups: dict[int, Group], places: dict[int, Place]) -> None:
    by_place: dict[int, list[Lock]] = defaultdict(list)
    for lock in musts:
        by_place[lock.place].append(lock)
    for ident, locks in sorted(by_place.items()):
        place = places[ident]
        code = ""
        if sum(least(lock, groups[lock.group], place) for lock in locks) > place.seats:
            code = "lock_seats"
        elif place.groups_max is not None and len(locks) > place.groups_max:
            code = "lock_groups_max"
        if code:
            raise ProblemError(code, group=locks[-1].group, place=ident)


def first_twice(ids: Iterable[int]) -> int | None:
    return min((ident for ident, times in Counter(ids).items() if times > 1), default=None)
