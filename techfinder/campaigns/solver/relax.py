"""Large rounds in which it matters who sits beside whom: linear relaxation, cuts, and HiGHS on what they leave.

A session of 30 seats takes one class of 20 and not one and a half: the plain relaxation does not know that. Rounding a
row of seats down (sum of floor(u * size) <= floor(u * seats), Chvátal-Gomory) tells it, for u = (k + 1) / (seats + 1):
at most k groups larger than seats / (k + 1). Only cuts that the relaxation offends are added. What is left of the gap
goes to HiGHS, first on the pairs that the relaxation likes best, then on all that could still make a better solution.
"""

from __future__ import annotations

import datetime as dt
import math
import time
from collections import Counter
from dataclasses import replace
from typing import Any

import numpy as np
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2

from .case import Case, Pair
from .chains import chained, polished
from .limits import ITERATIONS, WEIGHT_FIRST_GOAL, WEIGHT_OTHERS, Guard, hardness, nodes
from .model import STAGES, Model, Pupils, ceiling, value_of
from .problem import Stage

UNIT = 1000  # of fairness and of score: numbers of a size that floating point solvers like
CORES = (3, 8)  # pairs per group that an attempt may add to those of the relaxation and of the best solution so far
CUT_DEPTH = 12  # the largest k
LEAST_VIOLATION = 1e-3
LEAST_PROGRESS = 5e-4  # of the bound, per round of cuts


class LinearMaker:
    """Makes a model for the linear solvers."""

    def __init__(self) -> None:
        self.model = mathopt.Model()
        self.whole: list[Any] = []
        self.rows = 0

    def truth(self) -> Any:
        return self.number(1)

    def number(self, most: int) -> Any:
        self.whole.append(self.model.add_variable(lb=0, ub=most))
        return self.whole[-1]

    def add(self, constraint: Any) -> Any:
        self.rows += 1
        return self.model.add_linear_constraint(constraint)

    def total(self, terms: Any) -> Any:
        return mathopt.fast_sum(terms)


class Relaxation:
    """A case, and a solution that is never made worse."""

    def __init__(self, case: Case, start: Pupils, guard: Guard) -> None:
        self.case, self.best, self.guard = case, start, guard
        self.maker = LinearMaker()
        self.model = Model(case, self.maker)
        self.used = [self.model.used[pair.key] for pair in case.pairs]
        self.hardness = hardness(case)
        self.linear = mathopt.IncrementalSolver(self.maker.model, mathopt.SolverType.GLOP)
        self.open = np.ones(len(case.pairs), dtype=bool)
        self.cuts: set[tuple[int, int]] = set()
        self.place_pairs = self.numbers_by_place()

    def numbers_by_place(self) -> dict[int, tuple[np.ndarray, np.ndarray]]:
        """Per place: the positions of its pairs, and the fewest pupils that each brings."""
        found: dict[int, tuple[list[int], list[int]]] = {ident: ([], []) for ident in self.case.places}
        for position, pair in enumerate(self.case.pairs):
            found[pair.place][0].append(position)
            found[pair.place][1].append(pair.low)
        return {
            ident: (np.array(positions, dtype=np.int64), np.array(lows, dtype=np.int64))
            for ident, (positions, lows) in found.items()
        }

    def stage(self, name: str) -> Stage:
        """The goal as far as it goes without giving up the stages before."""
        began = time.monotonic()
        if name == "score" and self.too_hard():
            return self.polished_alone(name, began)
        unit = 1 if name == "served" else UNIT
        goal = self.model.goal(name, unit)
        self.maker.model.maximize(goal)
        if name == "score":
            self.same_groups()
        relaxed, shares, losses = self.relaxed(unit)
        bound = min(relaxed, ceiling(self.case, name))
        most = WEIGHT_FIRST_GOAL if name == "served" else WEIGHT_OTHERS
        for width in (*CORES, None):
            value = value_of(self.case, self.best, name)
            if bound <= value:
                break
            if width:
                self.integer(self.core(width, shares, losses), most)
            else:
                self.close(relaxed - value, losses, unit)
                bound = min(bound, max(self.integer(self.open, most, unit), value_of(self.case, self.best, name)))
        self.take(polished(self.case, self.best, self.guard))
        value = value_of(self.case, self.best, name)
        self.close(relaxed - value, losses, unit)
        self.maker.add(goal >= value / unit)
        return Stage(name=name, value=value, bound=int(bound), proven=value >= bound, seconds=time.monotonic() - began)

    def too_hard(self) -> bool:
        """Whether even the smallest core for one of the later goals has more pairs than HiGHS is given."""
        options = Counter(pair.group for pair, is_open in zip(self.case.pairs, self.open, strict=True) if is_open)
        return self.hardness * sum(min(CORES[0], count) for count in options.values()) > WEIGHT_OTHERS

    def polished_alone(self, name: str, began: float) -> Stage:
        """The last goal without its relaxation: a third of all time, to bring the bound closer and nothing else."""
        self.take(polished(self.case, self.best, self.guard))
        value, bound = value_of(self.case, self.best, name), ceiling(self.case, name)
        return Stage(name=name, value=value, bound=bound, proven=value >= bound, seconds=time.monotonic() - began)

    def same_groups(self) -> None:
        """Looks for a better solution in which the same groups are served: keeps the goals before by itself."""
        served = {group for group, _ in self.best}
        for ident, variable in self.model.served.items():
            variable.lower_bound = variable.upper_bound = ident in served
        _, shares, losses = self.relaxed(UNIT)
        for width in CORES:
            self.integer(self.core(width, shares, losses), WEIGHT_OTHERS)
        for variable in self.model.served.values():
            variable.lower_bound, variable.upper_bound = 0, 1

    def close(self, gap: float, losses: np.ndarray, unit: int) -> None:
        """For good without the pairs that lose more than the gap: no solution as good as the best has them."""
        if math.isfinite(gap):
            # One more, since the bound was rounded down.
            self.open &= losses <= (gap + 1) / unit
            self.restrict(self.open, integer=False)

    def relaxed(self, unit: int) -> tuple[float, np.ndarray, np.ndarray]:
        """What cannot be exceeded; per pair its share in the relaxation, and what using it loses at the least."""
        bound, last, work = math.inf, math.inf, ITERATIONS
        shares = losses = np.zeros(len(self.used))
        while work > 0:
            result = self.linear.solve(params=self.limits(random_seed=0, threads=1))
            if result.termination.reason != mathopt.TerminationReason.OPTIMAL:
                break
            objective = result.objective_value()
            bound = math.floor(objective * unit + 1e-4)
            shares = np.array(result.variable_values(self.used))
            losses = self.losses(result)
            if last - objective < LEAST_PROGRESS * objective or not self.cut(shares):
                break
            last = objective
            work -= result.solve_stats.simplex_iterations * self.maker.rows
        return bound, shares, losses

    def losses(self, result: Any) -> np.ndarray:
        """By how much the bound falls at the least when a pair is used: from the reduced costs."""
        losses = -np.minimum(np.array(result.reduced_costs(self.used)), 0)
        for position, pair in enumerate(self.case.pairs):
            if not self.case.is_whole[pair.group]:
                losses[position] -= pair.low * min(0, result.reduced_costs(self.model.pupils[pair.key]))
        return losses

    def cut(self, shares: np.ndarray) -> int:
        """Adds, per place, the cut that is offended most; returns how many."""
        new = []
        for ident, (positions, lows) in self.place_pairs.items():
            seats, here = self.case.places[ident].seats, shares[positions]
            some = here > 1e-9
            factors = np.arange(1, min(CUT_DEPTH, seats) + 1)
            sums = (lows[some][None, :] * (factors[:, None] + 1) // (seats + 1)) @ here[some]
            over = (sums - factors) / factors
            if len(over) and over.max() > LEAST_VIOLATION:
                new.append((ident, int(factors[over.argmax()])))
        fresh = [cut for cut in new if cut not in self.cuts]
        for cut in fresh:
            self.add_cut(*cut)
        return len(fresh)

    def add_cut(self, ident: int, factor: int) -> None:
        self.cuts.add((ident, factor))
        seats = self.case.places[ident].seats
        positions, lows = self.place_pairs[ident]
        weights = lows * (factor + 1) // (seats + 1)
        self.maker.add(
            mathopt.fast_sum(
                weight * self.used[position]
                for position, weight in zip(positions.tolist(), weights.tolist(), strict=True)
                if weight
            )
            <= factor
        )

    def core(self, width: int, shares: np.ndarray, losses: np.ndarray) -> np.ndarray:
        """The pairs that the relaxation uses, those of the best solution, and the likeliest others of each group."""
        kept = (shares > 1e-9) & self.open
        numbers = {pair.key: position for position, pair in enumerate(self.case.pairs)}
        kept[[numbers[key] for key in self.best]] = True
        likely: dict[int, list[tuple[float, int, int]]] = {}
        for position, pair in enumerate(self.case.pairs):
            if self.open[position]:
                likely.setdefault(pair.group, []).append((losses[position], -pair.score, position))
        for pairs in likely.values():
            kept[[position for _, _, position in sorted(pairs)[:width]]] = True
        return kept

    def integer(self, allowed: np.ndarray, most: int, unit: int = 1) -> float:
        """Looks for a better solution among these pairs, if not too many; returns what none of them exceeds."""
        weight = self.hardness * int(allowed.sum())
        if weight > most or self.guard.is_over:
            return math.inf
        self.restrict(allowed, integer=True)
        limits = self.limits(
            node_limit=nodes(weight),
            random_seed=0,
            highs=highs_pb2.HighsOptionsProto(string_options={"parallel": "off"}),
            relative_gap_tolerance=0,
            absolute_gap_tolerance=0.5 / unit,
        )
        result = mathopt.solve(self.maker.model, mathopt.SolverType.HIGHS, params=limits)
        self.restrict(self.open, integer=False)
        if result.has_primal_feasible_solution():
            self.take(self.read(result))
        if result.termination.reason == mathopt.TerminationReason.INFEASIBLE:
            return -math.inf
        bound = result.termination.objective_bounds.dual_bound * unit
        return math.floor(bound + 0.4) if math.isfinite(bound) else math.inf

    def limits(self, **fields: Any) -> mathopt.SolveParameters:
        return mathopt.SolveParameters(time_limit=dt.timedelta(seconds=self.guard.left), **fields)

    def restrict(self, allowed: np.ndarray, *, integer: bool) -> None:
        for variable, keep in zip(self.used, allowed.tolist(), strict=True):
            variable.upper_bound = 1 if keep else 0
        for variable in self.maker.whole:
            variable.integer = integer

    def read(self, result: Any) -> Pupils:
        values = result.variable_values()
        return {
            pair.key: round(mathopt.evaluate_expression(self.model.pupils[pair.key], values))
            for pair, used in zip(self.case.pairs, self.used, strict=True)
            if values[used] > 0.5
        }

    def take(self, found: Pupils) -> None:
        """Keeps it when it is better, goal after goal, and valid in whole numbers too."""
        better = [value_of(self.case, found, stage) for stage in STAGES] > [
            value_of(self.case, self.best, stage) for stage in STAGES
        ]
        if better and is_valid(self.case, found):
            self.best = found


def relax(case: Case, start: Pupils, guard: Guard) -> tuple[Pupils, list[Stage]]:
    """The best found and how each goal ended. `start`: a solution to begin with."""
    run = Relaxation(case, start, guard)
    musts = set(case.musts)
    run.take(chained(case, {key: pupils for key, pupils in start.items() if key[0] in musts}, guard))
    stages = [run.stage(name) for name in STAGES]
    return run.best, [as_it_ended(case, run.best, stage) for stage in stages]


def as_it_ended(case: Case, best: Pupils, stage: Stage) -> Stage:
    """A later stage may have found more for an earlier goal."""
    value = value_of(case, best, stage.name)
    return replace(stage, value=value, bound=max(value, stage.bound), proven=value >= stage.bound)


def is_valid(case: Case, pupils: Pupils) -> bool:
    """Nobody split beyond the bounds, no seat given twice: in whole numbers, whatever the solver's tolerance."""
    used = [pair for pair in case.pairs if pair.key in pupils]
    return (
        all(pair.low <= pupils[pair.key] <= pair.high for pair in used)
        and all(pair.key in pupils for pair in case.pairs if pair.must)
        and all(
            group_holds(case, [pair for pair in pairs if pair.key in pupils], pupils)
            for pairs in case.of_group.values()
        )
        and all(
            place_holds(case, [pair for pair in pairs if pair.key in pupils], pupils)
            for pairs in case.of_place.values()
        )
    )


def group_holds(case: Case, used: list[Pair], pupils: Pupils) -> bool:
    if not used:
        return True
    group = case.groups[used[0].group]
    return (
        sum(pupils[pair.key] for pair in used) == group.size
        and len(used) <= group.parts_max
        and len({case.places[pair.place].provider for pair in used}) <= group.providers_max
    )


def place_holds(case: Case, used: list[Pair], pupils: Pupils) -> bool:
    if not used:
        return True
    place = case.places[used[0].place]
    return sum(pupils[pair.key] for pair in used) <= place.seats and (
        place.groups_max is None or len(used) <= place.groups_max
    )
