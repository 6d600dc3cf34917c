"""Every group that is not split given anew to the seats that such groups have now: the optimum of that, by flow.

A place with groups of 20 and 25 on 50 seats is a slot of 20 and one of 30. Who comes in which slot is a round in which
every place takes one group, whichever fits. What comes out is never worse, and shows other slots for the next turn.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

from .case import Case, Pair
from .flow import assign
from .limits import Guard
from .model import STAGES, Pupils, value_of

TURNS = 6


def reassigned(case: Case, best: Pupils, guard: Guard) -> Pupils:
    """The solution after some turns; as good, goal after goal, or better."""
    for turn in range(TURNS):
        if guard.is_over:
            break
        found = one_turn(case, best, turn)
        if rank(case, found) > rank(case, best):
            best = found
        elif turn:
            break
    return best


def rank(case: Case, pupils: Pupils) -> list[int]:
    return [value_of(case, pupils, stage) for stage in STAGES]


def one_turn(case: Case, best: Pupils, turn: int) -> Pupils:
    musts = set(case.musts)
    moved = {key for key, pupils in best.items() if key[0] not in musts and pupils == case.groups[key[0]].size}
    kept = {key: pupils for key, pupils in best.items() if key not in moved}
    free = {group for group in case.groups if group not in musts} - {group for group, _ in kept}
    slots = slots_of(case, moved, kept, turn)
    pairs = [pair for ident in sorted(free) for pair in pairs_of(case, ident, slots)]
    owner = {slot: place for place, own in slots.items() for slot in own}
    places = {slot: replace(case.places[place], id=slot) for slot, place in owner.items()}
    found = assign(Case({ident: case.groups[ident] for ident in sorted(free)}, places, pairs), dict.fromkeys(places, 1))
    return kept | {(pair.group, owner[pair.place]): pair.high for pair in found}


def pairs_of(case: Case, ident: int, slots: dict[int, dict[int, int]]) -> list[Pair]:
    size = case.groups[ident].size
    return [
        Pair(ident, slot, pair.score, pair.worth, size, size, pair.must)
        for pair in case.of_group[ident]
        if pair.low <= size <= pair.high
        for slot, seats in slots.get(pair.place, {}).items()
        if size <= seats
    ]


def slots_of(case: Case, moved: set[tuple[int, int]], kept: Pupils, turn: int) -> dict[int, dict[int, int]]:
    """Per place the seats of each slot. What is free goes to one of them, another each turn, or is one more."""
    sizes: dict[int, list[int]] = defaultdict(list)
    for group, place in sorted(moved):
        sizes[place].append(case.groups[group].size)
    left = {ident: place.seats for ident, place in case.places.items()}
    room = {
        ident: len(case.of_place[ident]) if place.groups_max is None else place.groups_max
        for ident, place in case.places.items()
    }
    for (_, place), pupils in kept.items():
        left[place] -= pupils
        room[place] -= 1
    slots: dict[int, dict[int, int]] = {}
    number = 0
    for place in case.places:
        own = sorted(sizes[place], reverse=True)
        if len(own) < room[place]:
            own.append(0)
        if own:
            own[turn % len(own)] += left[place] - sum(own)
            slots[place] = {number + position: seats for position, seats in enumerate(own) if seats}
            number += len(own)
    return slots
