"""A case as a CP-SAT model: whole groups, parts, seats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ortools.sat.python import cp_model

from .case import Case, Pair
from .goals import fairness

Key = tuple[int, int]


class Model:
    """The rules of a case. `used`: the pair is used; `pupils`: how many; `served`: the group is served."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.cp = cp_model.CpModel()
        self.used: dict[Key, Any] = {pair.key: self.cp.new_bool_var("") for pair in case.pairs}
        self.served: dict[int, Any] = {ident: self.cp.new_bool_var("") for ident in case.groups}
        self.pupils: dict[Key, Any] = {}
        for ident in case.groups:
            (self.add_whole if case.whole(ident) else self.add_parts)(ident)
        for ident in case.places:
            self.add_seats(ident)
        for pair in case.pairs:
            if pair.must:
                self.cp.add(self.used[pair.key] == 1)

    def add_whole(self, ident: int) -> None:
        used = [self.used[pair.key] for pair in self.case.of_group[ident]]
        self.cp.add_exactly_one([*used, ~self.served[ident]])
        for pair in self.case.of_group[ident]:
            self.pupils[pair.key] = pair.high * self.used[pair.key]

    def add_parts(self, ident: int) -> None:
        group, pairs = self.case.groups[ident], self.case.of_group[ident]
        for pair in pairs:
            pupils = self.cp.new_int_var(0, pair.high, "")
            self.cp.add(pupils >= pair.low * self.used[pair.key])
            self.cp.add(pupils <= pair.high * self.used[pair.key])
            self.pupils[pair.key] = pupils
        self.cp.add(sum(self.pupils[pair.key] for pair in pairs) == group.size * self.served[ident])
        self.cp.add(sum(self.used[pair.key] for pair in pairs) <= group.parts_max * self.served[ident])
        self.add_providers(ident)

    def add_providers(self, ident: int) -> None:
        pairs, most = self.case.of_group[ident], self.case.groups[ident].providers_max
        providers = sorted({self.case.places[pair.place].provider for pair in pairs})
        if most >= min(len(providers), self.case.groups[ident].parts_max):
            return
        came = {provider: self.cp.new_bool_var("") for provider in providers}
        for pair in pairs:
            self.cp.add_implication(self.used[pair.key], came[self.case.places[pair.place].provider])
        self.cp.add(sum(came.values()) <= most * self.served[ident])

    def add_seats(self, ident: int) -> None:
        place, pairs = self.case.places[ident], self.case.of_place[ident]
        if sum(pair.high for pair in pairs) > place.seats:
            self.cp.add(sum(self.pupils[pair.key] for pair in pairs) <= place.seats)
        if place.groups_max is not None and len(pairs) > place.groups_max:
            self.cp.add(sum(self.used[pair.key] for pair in pairs) <= place.groups_max)

    def hint(self, pupils: dict[Key, int]) -> None:
        """A solution to start from."""
        self.cp.clear_hints()
        came = {group for group, _ in pupils}
        for pair in self.case.pairs:
            self.cp.add_hint(self.used[pair.key], pair.key in pupils)
            if not self.case.whole(pair.group):
                self.cp.add_hint(self.pupils[pair.key], pupils.get(pair.key, 0))
        for ident, served in self.served.items():
            self.cp.add_hint(served, ident in came)

    def read(self, value: Callable[[Any], int]) -> dict[Key, int]:
        """Pupils per used pair."""
        return {pair.key: value(self.pupils[pair.key]) for pair in self.case.pairs if value(self.used[pair.key])}

    def terms(self, stage: str) -> Any:
        """What is to be as large as possible in this stage."""
        if stage == "served":
            return sum(self.served.values())
        if stage == "fairness":
            return sum(fairness(self.case.groups[ident]) * served for ident, served in self.served.items())
        return sum(pair.worth * self.pupils[pair.key] for pair in self.case.pairs)


def worth_of(pairs: list[Pair], pupils: dict[Key, int]) -> int:
    return sum(pair.worth * pupils.get(pair.key, 0) for pair in pairs)
