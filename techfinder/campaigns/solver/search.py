"""Rounds in which it matters who sits beside whom: CP-SAT, one goal after the other."""

from __future__ import annotations

import time
from typing import Any

from ortools.sat.python import cp_model

from .case import Case
from .goals import fairness
from .model import Key, Model, worth_of
from .problem import ProblemError, Stage

STAGES = ("served", "fairness", "score")


def search(case: Case, start: dict[Key, int], seconds: float) -> tuple[dict[Key, int], list[Stage]]:
    """Pupils per pair of the best found, and how each goal ended. `start`: a solution to begin with."""
    model, best, stages = Model(case), start, []
    ends = time.monotonic() + seconds
    for number, name in enumerate(STAGES):
        began = time.monotonic()
        model.cp.maximize(model.terms(name))
        model.hint(best)
        best, bound = run(model, best, name, (ends - began) / (len(STAGES) - number))
        value = value_of(case, best, name)
        stages.append(
            Stage(name=name, value=value, bound=bound, proven=value >= bound, seconds=time.monotonic() - began)
        )
        model.cp.add(model.terms(name) >= value)
    return best, stages


def run(model: Model, best: dict[Key, int], name: str, seconds: float) -> tuple[dict[Key, int], int]:
    solver = new_solver(seconds)
    status = solver.solve(model.cp)
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        found = model.read(solver.value)
        if value_of(model.case, found, name) >= value_of(model.case, best, name):
            best = found
    return best, round(solver.best_objective_bound)


def value_of(case: Case, pupils: dict[Key, int], name: str) -> int:
    served = {group for group, _ in pupils}
    if name == "served":
        return len(served)
    if name == "fairness":
        return sum(fairness(case.groups[ident]) for ident in served)
    return worth_of(case.pairs, pupils)


def new_solver(seconds: float) -> Any:
    """One worker and a limit in CP-SAT's own time: the same input gives the same answer on a busy machine too."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_time_in_seconds = max(seconds, 0.1)
    return solver


def hold(case: Case) -> dict[Key, int]:
    """Pupils per pair for the groups that must be served, alone; ProblemError when they do not go together."""
    musts = case.musts
    found = held(case, musts)
    if found is None:
        # The first group that does not go with those before it: found by halving.
        low, high = 0, len(musts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if held(case, musts[:middle]) is None else (middle, high)
        group = musts[high - 1]
        place = next(pair.place for pair in case.of_group[group] if pair.must)
        raise ProblemError("lock_rest", group=group, place=place)
    return found


def held(case: Case, musts: list[int]) -> dict[Key, int] | None:
    if not musts:
        return {}
    model = Model(case.of(musts))
    for ident in musts:
        model.cp.add(model.served[ident] == 1)
    model.cp.maximize(model.terms("score"))
    solver = new_solver(10)
    status = solver.solve(model.cp)
    return model.read(solver.value) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
