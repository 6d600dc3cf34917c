"""Small rounds in which it matters who sits beside whom: CP-SAT, exact, one goal after the other."""

from __future__ import annotations

import time
from typing import Any

from ortools.sat.python import cp_model

from .case import Case
from .limits import HOLD, Guard
from .model import STAGES, Model, Pupils, ceiling, value_of
from .problem import ProblemError, Stage


class CpMaker:
    """Makes a model for CP-SAT."""

    def __init__(self) -> None:
        self.model = cp_model.CpModel()

    def truth(self) -> Any:
        return self.model.new_bool_var("")

    def number(self, most: int) -> Any:
        return self.model.new_int_var(0, most, "")

    def add(self, constraint: Any) -> Any:
        return self.model.add(constraint)

    def total(self, terms: Any) -> Any:
        return cp_model.LinearExpr.sum(list(terms))


class Search:
    """A case, and a solution that is never made worse."""

    def __init__(self, case: Case, start: Pupils) -> None:
        self.case, self.best = case, start
        self.maker = CpMaker()
        self.model = Model(case, self.maker)

    def stage(self, name: str, work: float, guard: Guard) -> Stage:
        """The goal as far as it goes without giving up the stages before."""
        began = time.monotonic()
        self.maker.model.maximize(self.model.goal(name))
        self.hint()
        solver = new_solver(work, guard)
        status = solver.solve(self.maker.model)
        bound = ceiling(self.case, name)
        if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            bound = min(bound, round(solver.best_objective_bound))
            found = read(self.model, solver)
            self.best = max(self.best, found, key=lambda pupils: value_of(self.case, pupils, name))
        value = value_of(self.case, self.best, name)
        self.maker.add(self.model.goal(name) >= value)
        return Stage(name=name, value=value, bound=bound, proven=value >= bound, seconds=time.monotonic() - began)

    def hint(self) -> None:
        """The solution so far, to start from."""
        self.maker.model.clear_hints()
        for pair in self.case.pairs:
            self.maker.model.add_hint(self.model.used[pair.key], pair.key in self.best)
            if not self.case.is_whole[pair.group]:
                self.maker.model.add_hint(self.model.pupils[pair.key], self.best.get(pair.key, 0))


def search(case: Case, start: Pupils, work: float, guard: Guard) -> tuple[Pupils, list[Stage]]:
    """The best found and how each goal ended. `start`: a solution to begin with; `work`: deterministic seconds."""
    run = Search(case, start)
    stages = [run.stage(name, work / len(STAGES), guard) for name in STAGES]
    return run.best, stages


def read(model: Model, solver: Any) -> Pupils:
    return {
        pair.key: solver.value(model.pupils[pair.key])
        for pair in model.case.pairs
        if solver.value(model.used[pair.key])
    }


def new_solver(work: float, guard: Guard) -> Any:
    """One worker, one seed and so much work: the same input gives the same answer."""
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = 0
    solver.parameters.max_deterministic_time = work
    solver.parameters.max_time_in_seconds = guard.left
    return solver


def hold(case: Case, guard: Guard) -> Pupils:
    """Pupils per pair for the groups that must be served, alone; ProblemError when they do not go together."""
    musts = case.musts
    found = held(case, musts, guard)
    if found is None:
        # The first group that does not go with those before it: found by halving.
        low, high = 0, len(musts)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if held(case, musts[:middle], guard) is None else (middle, high)
        group = musts[high - 1]
        place = next(pair.place for pair in case.of_group[group] if pair.must)
        raise ProblemError("lock_rest", group=group, place=place)
    return found


def held(case: Case, musts: list[int], guard: Guard) -> Pupils | None:
    if not musts:
        return {}
    maker = CpMaker()
    model = Model(case.of(musts), maker)
    for ident in musts:
        maker.add(model.served[ident] >= 1)
    maker.model.maximize(model.goal("score"))
    solver = new_solver(HOLD, guard)
    status = solver.solve(maker.model)
    return read(model, solver) if status in (cp_model.OPTIMAL, cp_model.FEASIBLE) else None
