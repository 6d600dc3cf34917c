"""The rules of a round as linear constraints, for whichever solver of OR-Tools takes them."""

from __future__ import annotations

from itertools import accumulate
from typing import Any, Protocol

from .case import Case
from .goals import SHARE, fairness

Key = tuple[int, int]
Pupils = dict[Key, int]  # per pair that is used
STAGES = ("served", "fairness", "score")


class Maker(Protocol):
    """Makes variables and takes constraints."""

    def truth(self) -> Any:
        """A variable that is 0 or 1."""

    def number(self, most: int) -> Any:
        """An integer variable from 0."""

    def add(self, constraint: Any) -> Any:
        """A comparison of linear expressions, which must hold."""

    def total(self, terms: Any) -> Any:
        """The sum of linear expressions."""


class Model:
    """The rules of a case. `used`: the pair is used; `pupils`: how many; `served`: the group is served."""

    def __init__(self, case: Case, maker: Maker) -> None:
        self.case, self.maker = case, maker
        self.used: dict[Key, Any] = {pair.key: maker.truth() for pair in case.pairs}
        self.served: dict[int, Any] = {}
        self.pupils: dict[Key, Any] = {}
        for ident in case.groups:
            (self.add_whole if case.is_whole[ident] else self.add_parts)(ident)
        for ident in case.places:
            self.add_seats(ident)
        for pair in case.pairs:
            if pair.must:
                maker.add(self.used[pair.key] >= 1)

    def add_whole(self, ident: int) -> None:
        served = self.served[ident] = self.maker.truth()
        self.maker.add(self.maker.total(self.used[pair.key] for pair in self.case.of_group[ident]) - served == 0)
        for pair in self.case.of_group[ident]:
            self.pupils[pair.key] = pair.high * self.used[pair.key]

    def add_parts(self, ident: int) -> None:
        group, pairs, maker = self.case.groups[ident], self.case.of_group[ident], self.maker
        served = self.served[ident] = maker.truth()
        for pair in pairs:
            pupils, used = maker.number(pair.high), self.used[pair.key]
            maker.add(pupils - pair.low * used >= 0)
            maker.add(pupils - pair.high * used <= 0)
            self.pupils[pair.key] = pupils
        maker.add(maker.total(self.pupils[pair.key] for pair in pairs) - group.size * served == 0)
        maker.add(maker.total(self.used[pair.key] for pair in pairs) - group.parts_max * served <= 0)
        self.add_providers(ident)

    def add_providers(self, ident: int) -> None:
        pairs, most = self.case.of_group[ident], self.case.groups[ident].providers_max
        providers = sorted({self.case.places[pair.place].provider for pair in pairs})
        if most >= min(len(providers), self.case.groups[ident].parts_max):
            return
        came = {provider: self.maker.truth() for provider in providers}
        for pair in pairs:
            self.maker.add(self.used[pair.key] - came[self.case.places[pair.place].provider] <= 0)
        self.maker.add(self.maker.total(came.values()) - most * self.served[ident] <= 0)

    def add_seats(self, ident: int) -> None:
        place, pairs = self.case.places[ident], self.case.of_place[ident]
        if sum(pair.high for pair in pairs) > place.seats:
            self.maker.add(self.maker.total(self.pupils[pair.key] for pair in pairs) <= place.seats)
        if place.groups_max is not None and len(pairs) > place.groups_max:
            self.maker.add(self.maker.total(self.used[pair.key] for pair in pairs) <= place.groups_max)

    def goal(self, stage: str, unit: int = 1) -> Any:
        """What is to be as large as possible in this stage, in so many of its units."""
        if stage == "served":
            return self.maker.total(self.served.values())
        if stage == "fairness":
            return self.maker.total(
                ratio(fairness(self.case.groups[ident]), unit) * served for ident, served in self.served.items()
            )
        return self.maker.total(ratio(pair.worth, unit) * self.pupils[pair.key] for pair in self.case.pairs)


def value_of(case: Case, pupils: Pupils, stage: str) -> int:
    """What this solution reaches in this stage."""
    served = {group for group, _ in pupils}
    if stage == "served":
        return len(served)
    if stage == "fairness":
        return sum(fairness(case.groups[ident]) for ident in served)
    return sum(pair.worth * pupils.get(pair.key, 0) for pair in case.pairs)


def ceiling(case: Case, stage: str) -> int:
    """What nothing can exceed in this stage."""
    if stage == "score":
        return sum(max((pair.score for pair in pairs), default=0) * SHARE for pairs in case.of_group.values())
    if stage == "served":
        return most_served(case)
    return sum(fairness(group) for group in case.groups.values())


def most_served(case: Case) -> int:
    """How many groups fit in the seats if these were all in one place."""
    seats, sizes = sum(place.seats for place in case.places.values()), sorted(g.size for g in case.groups.values())
    return sum(total <= seats for total in accumulate(sizes))


def ratio(value: int, unit: int) -> int | float:
    return value if unit == 1 else value / unit
