"""What a person would do by hand: one group after the other, each the best place that is free."""

from __future__ import annotations

from .case import Case, Pair, awards_of, build
from .checks import check
from .goals import fairness, goals
from .limits import Guard
from .model import Key, Pupils
from .problem import Problem, Solution
from .reasons import unserved
from .search import hold


def greedy(problem: Problem) -> Solution:
    """Awards by hand: in order of fairness, then of best score; whole, or else in parts. Raises ProblemError."""
    guard = Guard(problem.seconds)
    check(problem)
    case = build(problem)
    awards = awards_of(by_hand(case, hold(case, guard)))
    scores = {(option.group, option.place): option.score for option in problem.options}
    return Solution(
        awards=awards,
        goals=goals(awards, case.groups, scores),
        stages=(),
        proven=False,
        seconds=guard.passed,
        unserved=unserved(problem, {award.group for award in awards}),
    )


def by_hand(case: Case, start: Pupils, smallest_first: bool = False) -> Pupils:
    """Pupils per pair. `start`: the groups that are served for certain, which stay as they are."""
    free = Free(case, start)
    done = {group for group, _ in start}
    size = {ident: group.size if smallest_first else 0 for ident, group in case.groups.items()}
    for ident in sorted(case.groups.keys() - done, key=lambda ident: (size[ident], turn(case, ident))):
        for pair, pupils in choose(case, ident, free):
            free.take(pair.key, pupils)
    return free.taken


def turn(case: Case, ident: int) -> tuple[int, int, int]:
    best = max((pair.score for pair in case.of_group[ident]), default=0)
    return -fairness(case.groups[ident]), -best, ident


class Free:
    """What is left of the places."""

    def __init__(self, case: Case, start: Pupils) -> None:
        self.seats = {ident: place.seats for ident, place in case.places.items()}
        self.groups = {
            ident: len(case.of_place[ident]) if place.groups_max is None else place.groups_max
            for ident, place in case.places.items()
        }
        self.taken: Pupils = {}
        for key, pupils in start.items():
            self.take(key, pupils)

    def take(self, key: Key, pupils: int) -> None:
        self.taken[key] = pupils
        self.seats[key[1]] -= pupils
        self.groups[key[1]] -= 1

    def give_back(self, key: Key) -> None:
        pupils = self.taken.pop(key)
        self.seats[key[1]] += pupils
        self.groups[key[1]] += 1

    def room(self, pair: Pair) -> int:
        """The most pupils of this pair that can still come; 0 when it is too few."""
        most = min(pair.high, self.seats[pair.place]) if self.groups[pair.place] else 0
        return most if most >= pair.low else 0


def choose(case: Case, ident: int, free: Free) -> list[tuple[Pair, int]]:
    """The places of one group; empty when it gets none."""
    group = case.groups[ident]
    pairs = sorted(case.of_group[ident], key=lambda pair: (-pair.score, pair.place))
    whole = next((pair for pair in pairs if pair.low <= group.size <= free.room(pair)), None)
    if whole:
        return [(whole, group.size)]
    return in_parts(case, ident, [pair for pair in pairs if free.room(pair)], free) if group.parts_max > 1 else []


def in_parts(case: Case, ident: int, pairs: list[Pair], free: Free) -> list[tuple[Pair, int]]:
    """The best places, each filled as far as it goes, that together hold the group."""
    group, chosen, providers, rest = case.groups[ident], list[Pair](), set[int](), case.groups[ident].size
    for pair in pairs:
        provider = case.places[pair.place].provider
        least = sum(one.low for one in chosen) + pair.low
        if len(chosen) < group.parts_max and len(providers | {provider}) <= group.providers_max and least <= group.size:
            chosen.append(pair)
            providers.add(provider)
            rest -= free.room(pair)
            if rest <= 0:
                return filled(group.size, chosen, free)
    return []


def filled(size: int, chosen: list[Pair], free: Free) -> list[tuple[Pair, int]]:
    """Everyone the least, and then the best places what remains."""
    rest, parts = size - sum(pair.low for pair in chosen), []
    for pair in chosen:
        more = min(rest, free.room(pair) - pair.low)
        parts.append((pair, pair.low + more))
        rest -= more
    return parts
