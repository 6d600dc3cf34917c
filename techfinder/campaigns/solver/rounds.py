"""A whole round: checked, cut into parts that do not touch, each solved by what suits it."""

from __future__ import annotations

import time
from dataclasses import replace

from . import flow
from .case import Case, Pair, awards_of, build, components
from .chains import polished
from .checks import check
from .goals import goals
from .greedy import by_hand
from .limits import PAIRS, SPLIT, Guard, share
from .model import STAGES, Pupils, ceiling, value_of
from .problem import Problem, Solution, Stage
from .reasons import unserved
from .relax import relax
from .search import hold, search

# Pairs. Up to SMALL CP-SAT, exact to the last unit, is as quick as the linear solvers; where groups may be split it is
# of use up to LARGE.
SMALL = 200
LARGE = 20_000


def solve(problem: Problem) -> Solution:
    """The best awards: most groups served, then most fairness, then most score. Raises ProblemError.

    The same input gives the same awards, in whatever order it comes, unless it is `cut_short`.
    """
    guard = Guard(problem.seconds)
    check(problem)
    case = build(problem)
    start = hold(case, guard)
    pupils: Pupils = {}
    stages: list[list[Stage]] = []
    for part in components(case):
        found, ended = solve_part(part, start, share(len(part.pairs), len(case.pairs)), guard)
        pupils |= found
        stages.append(ended)
    awards = awards_of(pupils)
    scores = {(option.group, option.place): option.score for option in problem.options}
    together = tuple(combine(name, [ended[number] for ended in stages]) for number, name in enumerate(STAGES))
    return Solution(
        awards=awards,
        goals=goals(awards, case.groups, scores),
        stages=together,
        proven=all(stage.proven for stage in together),
        seconds=guard.passed,
        unserved=unserved(problem, {award.group for award in awards}),
        cut_short=guard.cut_short,
    )


def solve_part(part: Case, start: Pupils, work: float, guard: Guard) -> tuple[Pupils, list[Stage]]:
    """The pupils per pair and the stages of a part, by what suits it.

    `start`: the groups served for certain; `work`: of CP-SAT, in deterministic seconds.
    """
    slots = flow.all_slots(part)
    if slots is not None:
        return by_flow(part, slots)
    own = {key: pupils for key, pupils in start.items() if key[0] in part.groups}
    # Small groups first serves more.
    starts = by_hand(part, own), by_hand(part, own, smallest_first=True)
    found = max(starts, key=lambda each: [value_of(part, each, name) for name in STAGES])
    if len(part.pairs) <= SMALL:
        return search(part, found, work, guard)
    if len(part.pairs) > LARGE or all(part.is_whole.values()):
        return relax_likely(part, found, guard)
    found, before = search(part, found, work, guard)
    if all(stage.proven for stage in before):
        return found, before
    found, stages = relax(part, found, guard)
    return found, [sharper(*both) for both in zip(before, stages, strict=True)]


def relax_likely(part: Case, start: Pupils, guard: Guard) -> tuple[Pupils, list[Stage]]:
    """`relax`, in a part that is too large for it with the likeliest pairs only; then nothing is known of the rest."""
    thin = likeliest(part, start)
    found, stages = relax(thin, start, guard)
    if len(thin.pairs) == len(part.pairs):
        return found, stages
    found = polished(part, found, guard)
    return found, [unbounded(part, found, stage) for stage in stages]


def likeliest(part: Case, start: Pupils) -> Case:
    """The part with the best pairs of each group and those of a solution, as many as a linear model can have."""
    count = sum(1 if part.is_whole[pair.group] else SPLIT for pair in part.pairs)
    if count <= PAIRS:
        return part
    most = max(1, PAIRS * len(part.pairs) // (count * len(part.groups)))
    kept = {pair.key for pairs in part.of_group.values() for pair in sorted(pairs, key=by_score)[:most]} | start.keys()
    return Case(part.groups, part.places, [pair for pair in part.pairs if pair.must or pair.key in kept])


def by_score(pair: Pair) -> tuple[int, int]:
    return -pair.score, pair.place


def unbounded(part: Case, found: Pupils, stage: Stage) -> Stage:
    value, bound = value_of(part, found, stage.name), ceiling(part, stage.name)
    return replace(stage, value=value, bound=bound, proven=value >= bound)


def by_flow(part: Case, slots: dict[int, int]) -> tuple[Pupils, list[Stage]]:
    began = time.monotonic()
    found = {pair.key: pair.high for pair in flow.assign(part, slots)}
    took = time.monotonic() - began
    values = [value_of(part, found, name) for name in STAGES]
    return found, [
        Stage(name=name, value=value, bound=value, proven=True, seconds=took / len(STAGES))
        for name, value in zip(STAGES, values, strict=True)
    ]


def sharper(before: Stage, after: Stage) -> Stage:
    """What is known after both: the first one's bound still holds, since the second gave up nothing of its goals."""
    bound = max(after.value, min(before.bound, after.bound))
    return Stage(
        name=after.name,
        value=after.value,
        bound=bound,
        proven=after.value >= bound,
        seconds=before.seconds + after.seconds,
    )


def combine(name: str, stages: list[Stage]) -> Stage:
    return Stage(
        name=name,
        value=sum(stage.value for stage in stages),
        bound=sum(stage.bound for stage in stages),
        proven=all(stage.proven for stage in stages),
        seconds=sum(stage.seconds for stage in stages),
    )
