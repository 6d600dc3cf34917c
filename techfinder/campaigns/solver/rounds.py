"""A whole round: checked, cut into parts that do not touch, each solved by what suits it."""

from __future__ import annotations

import time

from . import flow
from .case import Case, awards_of, build, components
from .checks import check
from .goals import goals
from .greedy import by_hand
from .model import STAGES, Pupils, value_of
from .problem import Problem, Solution, Stage
from .reasons import unserved
from .relax import relax
from .search import hold, search

# Pairs up to which CP-SAT, exact to the last unit, is as quick as the linear solvers.
SMALL = 2000


def solve(problem: Problem) -> Solution:
    """The best awards: most groups served, then most fairness, then most score. Raises ProblemError.

    The same input gives the same awards, in whatever order it comes, as long as `problem.seconds` is not what ends it.
    """
    began = time.monotonic()
    check(problem)
    case = build(problem)
    start = hold(case)
    pupils: Pupils = {}
    stages: list[list[Stage]] = []
    parts = list(components(case))
    for number, part in enumerate(parts):
        left = problem.seconds - (time.monotonic() - began)
        share = len(part.pairs) / sum(len(other.pairs) for other in parts[number:])
        found, ended = solve_part(part, start, left * share)
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
        seconds=time.monotonic() - began,
        unserved=unserved(problem, {award.group for award in awards}),
    )


def solve_part(part: Case, start: Pupils, seconds: float) -> tuple[Pupils, list[Stage]]:
    slots = flow.all_slots(part)
    if slots is None:
        own = {key: pupils for key, pupils in start.items() if key[0] in part.groups}
        way = search if len(part.pairs) <= SMALL else relax
        return way(part, by_hand(part, own), seconds)
    began = time.monotonic()
    found = {pair.key: pair.high for pair in flow.assign(part, slots)}
    took = time.monotonic() - began
    values = [value_of(part, found, name) for name in STAGES]
    return found, [
        Stage(name=name, value=value, bound=value, proven=True, seconds=took / len(STAGES))
        for name, value in zip(STAGES, values, strict=True)
    ]


def combine(name: str, stages: list[Stage]) -> Stage:
    return Stage(
        name=name,
        value=sum(stage.value for stage in stages),
        bound=sum(stage.bound for stage in stages),
        proven=all(stage.proven for stage in stages),
        seconds=sum(stage.seconds for stage in stages),
    )
