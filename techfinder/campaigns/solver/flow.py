"""Rounds in which every place simply takes so many groups: all three goals at once, by one min-cost flow.

Sets of groups that can be served together are then the independent sets of a (transversal) matroid. In a matroid the
heaviest set is also a largest one, and which sets are heaviest depends on the order of the weights only. So fairness
can be replaced by its rank among the values that occur, and rank and score fit in one 64-bit cost without losing the
order of the goals.
"""

from __future__ import annotations

import numpy as np
from ortools.graph.python import min_cost_flow

from .case import Case, Pair
from .checks import SCORE_MAX
from .goals import SHARE, fairness
from .problem import Place


def slots(case: Case, place: Place) -> int | None:
    """How many groups the place takes, whichever they are; None when that depends on who comes."""
    sizes = sorted(case.groups[pair.group].size for pair in case.of_place[place.id])
    most = len(sizes) if place.groups_max is None else min(place.groups_max, len(sizes))
    fit, seats = 0, place.seats
    while fit < most and sizes[fit] <= seats:
        seats -= sizes[fit]
        fit += 1
    return fit if sum(sizes[len(sizes) - fit :]) <= place.seats else None


def all_slots(case: Case) -> dict[int, int] | None:
    """How many groups each place takes, if nobody is split and every place counts in groups; else None."""
    if not all(case.is_whole.values()):
        return None
    known = {ident: number for ident, place in case.places.items() if (number := slots(case, place)) is not None}
    return known if len(known) == len(case.places) else None


def assign(case: Case, slots: dict[int, int]) -> list[Pair]:
    """The pairs of the optimum, for a case of which `all_slots` are known."""
    if not case.pairs:
        return []
    group_node = {ident: number for number, ident in enumerate(case.groups, start=1)}
    place_node = {ident: number for number, ident in enumerate(case.places, start=1 + len(group_node))}
    sink = 1 + len(group_node) + len(place_node)
    ranks = fairness_ranks(case)
    step = SCORE_MAX * SHARE * len(case.groups) + 1
    arcs = [(0, node, 1, 0) for node in group_node.values()]
    first = len(arcs)
    arcs += [
        (group_node[pair.group], place_node[pair.place], 1, -(ranks[pair.group] * step + pair.worth * pair.high))
        for pair in case.pairs
    ]
    arcs += [(node, sink, slots[ident], 0) for ident, node in place_node.items()]
    used = solve_flow(np.array(arcs, dtype=np.int64), sink)[first : first + len(case.pairs)]
    return [pair for pair, flow in zip(case.pairs, used.tolist(), strict=True) if flow]


def fairness_ranks(case: Case) -> dict[int, int]:
    """1 for the least fairness that occurs, and so on; groups that are served for certain above all."""
    values = {ident: fairness(group) for ident, group in case.groups.items()}
    rank = {value: number for number, value in enumerate(sorted(set(values.values())), start=1)}
    return {ident: rank[value] for ident, value in values.items()} | dict.fromkeys(case.musts, len(rank) + 1)


def solve_flow(arcs: np.ndarray, sink: int) -> np.ndarray:
    """Flow per arc (tail, head, capacity, cost) at the largest flow from node 0 to the sink that costs least."""
    flow = min_cost_flow.SimpleMinCostFlow()
    tails, heads, capacities, costs = arcs.T
    numbers = flow.add_arcs_with_capacity_and_unit_cost(
        tails.astype(np.int32), heads.astype(np.int32), capacities, costs
    )
    flow.set_node_supply(0, sink)
    flow.set_node_supply(sink, -sink)
    status = flow.solve_max_flow_with_min_cost()
    if status != flow.OPTIMAL:
        raise RuntimeError(f"min-cost flow ended with {status}")
    return flow.flows(numbers)
