"""A checked problem in the form that the solvers read: sorted, locks worked in, hopeless pairs left out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from .checks import part_bounds
from .goals import worth
from .problem import Award, Group, Place, Problem


@dataclass(frozen=True, slots=True)
class Pair:
    """A group at a place with `low` to `high` pupils, or not at all (unless `must`)."""

    group: int
    place: int
    score: int
    worth: int  # per pupil
    low: int
    high: int
    must: bool

    @property
    def key(self) -> tuple[int, int]:
        return self.group, self.place


@dataclass(slots=True)
class Case:
    """Groups and places by id in rising order; pairs by (group, place)."""

    groups: dict[int, Group]
    places: dict[int, Place]
    pairs: list[Pair]
    of_group: dict[int, list[Pair]] = field(init=False)
    of_place: dict[int, list[Pair]] = field(init=False)
    is_whole: dict[int, bool] = field(init=False)  # the group is not, or cannot be, split

    def __post_init__(self) -> None:
        self.of_group = {ident: [] for ident in self.groups}
        self.of_place = {ident: [] for ident in self.places}
        for pair in self.pairs:
            self.of_group[pair.group].append(pair)
            self.of_place[pair.place].append(pair)
        self.is_whole = {
            ident: all(pair.low == self.groups[ident].size for pair in pairs) for ident, pairs in self.of_group.items()
        }

    @property
    def musts(self) -> list[int]:
        """Groups that are served for certain."""
        return [ident for ident, pairs in self.of_group.items() if any(pair.must for pair in pairs)]

    def of(self, groups: Iterable[int]) -> Case:
        """The part of this case that concerns these groups."""
        ids = sorted(groups)
        pairs = [pair for ident in ids for pair in self.of_group[ident]]
        places = sorted({pair.place for pair in pairs})
        return Case(
            {ident: self.groups[ident] for ident in ids}, {ident: self.places[ident] for ident in places}, pairs
        )


def build(problem: Problem) -> Case:
    """The case of a problem that passed `check`."""
    groups = {group.id: group for group in sorted(problem.groups, key=lambda group: group.id)}
    places = {place.id: place for place in sorted(problem.places, key=lambda place: place.id)}
    locks = {(lock.group, lock.place): lock.pupils for lock in problem.locks}
    pairs = []
    for option in sorted(problem.options, key=lambda option: (option.group, option.place)):
        key = option.group, option.place
        group, place = groups[option.group], places[option.place]
        low, high = part_bounds(group, place)
        if pupils := locks.get(key):
            low = high = pupils
        if low <= high and locks.get(key, 1) != 0:
            must = key in locks
            pairs.append(Pair(*key, option.score, worth(option.score, group.size), low, high, must))
    return only_useful(Case(groups, places, pairs))


def only_useful(case: Case) -> Case:
    """Without the pairs of groups that could not be served even if they came alone, or whose places are all fixed."""
    useful = {ident for ident, pairs in case.of_group.items() if fits_alone(case.groups[ident], pairs, case.places)}
    fixed = {ident for ident, pairs in case.of_group.items() if is_fixed(case.groups[ident], pairs)}
    return Case(
        case.groups,
        case.places,
        [pair for pair in case.pairs if pair.must or (pair.group in useful and pair.group not in fixed)],
    )


def is_fixed(group: Group, pairs: list[Pair]) -> bool:
    musts = [pair for pair in pairs if pair.must]
    return len(musts) == group.parts_max or any(pair.low == group.size for pair in musts)


def fits_alone(group: Group, pairs: list[Pair], places: dict[int, Place]) -> bool:
    """Whether some of these places, within the bounds of the group, could hold it if nobody else came."""
    if any(pair.low <= group.size <= pair.high for pair in pairs):
        return True
    if group.parts_max == 1:
        return False
    by_provider: dict[int, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_provider[places[pair.place].provider].append(pair)
    # One bit per number of pupils that can be placed, for each number of (providers, parts) used.
    reached = {(0, 0): 1}
    for own in by_provider.values():
        reached = with_provider(reached, own, group)
    return any(sums >> group.size & 1 for sums in reached.values())


def with_provider(reached: dict[tuple[int, int], int], pairs: list[Pair], group: Group) -> dict[tuple[int, int], int]:
    here = {(providers + 1, parts): sums for (providers, parts), sums in reached.items()}
    here = {key: sums for key, sums in here.items() if key[0] <= group.providers_max}
    for pair in pairs:
        for (providers, parts), sums in list(here.items()):
            if parts < group.parts_max:
                key = providers, parts + 1
                here[key] = here.get(key, 0) | shifted(sums, pair.low, pair.high) & (2 << group.size) - 1
    return {key: reached.get(key, 0) | here.get(key, 0) for key in reached.keys() | here.keys()}


def shifted(sums: int, low: int, high: int) -> int:
    """Every sum with low, low + 1, ... or high added."""
    result, width = sums << low, 1
    while width <= high - low:
        step = min(width, high - low + 1 - width)
        result |= result << step
        width += step
    return result


def components(case: Case) -> Iterator[Case]:
    """Parts of the case that share no place, by lowest group id; groups without a pair are left out."""
    seen: set[int] = set()
    for ident, pairs in case.of_group.items():
        if pairs and ident not in seen:
            together = reachable(case, ident)
            seen |= together
            yield case.of(together)


def reachable(case: Case, start: int) -> set[int]:
    groups, places, waiting = {start}, set[int](), [start]
    while waiting:
        for pair in case.of_group[waiting.pop()]:
            if pair.place not in places:
                places.add(pair.place)
                new = {other.group for other in case.of_place[pair.place]} - groups
                groups |= new
                waiting.extend(new)
    return groups


def awards_of(pupils: dict[tuple[int, int], int]) -> tuple[Award, ...]:
    return tuple(sorted(Award(group, place, number) for (group, place), number in pupils.items() if number))
