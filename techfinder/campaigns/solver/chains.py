"""A first solution, in a second or two, for rounds of any size: groups make way for each other.

A group that finds no free place takes one of which the present group can go elsewhere, and so on, up to DEPTH moves.
Where every place takes one group these are the augmenting paths of the assignment problem; where sizes matter they are
a heuristic. Groups in parts stay where they are.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from .case import Case, Pair
from .goals import fairness
from .greedy import Free, choose
from .limits import LOOKS, Guard
from .model import Key, Pupils
from .slots import reassigned

DEPTH = 8
SWEEPS = 4


class Move(NamedTuple):
    """A group takes a place, for which another makes way (None: there is room)."""

    pair: Pair
    out: int | None


class Chains:
    """A solution that changes by chains of moves."""

    def __init__(self, case: Case, start: Pupils, guard: Guard) -> None:
        self.case, self.guard = case, guard
        self.free = Free(case, start)
        self.work = LOOKS
        self.size = {ident: group.size for ident, group in case.groups.items()}
        self.fair = {ident: fairness(group) for ident, group in case.groups.items()}
        self.whole = {
            ident: sorted(
                (pair for pair in pairs if pair.low <= self.size[ident] <= pair.high),
                key=lambda pair: (-pair.score, pair.place),
            )
            for ident, pairs in case.of_group.items()
        }
        self.whole_at: dict[Key, Pair] = {pair.key: pair for pairs in self.whole.values() for pair in pairs}
        self.at: dict[int, Pair] = {}  # the groups that may be moved
        self.here: dict[int, list[int]] = {ident: [] for ident in case.places}

    def enter(self, pair: Pair) -> None:
        self.free.take(pair.key, self.size[pair.group])
        self.at[pair.group] = pair
        self.here[pair.place].append(pair.group)

    def leave(self, ident: int) -> None:
        pair = self.at.pop(ident)
        self.here[pair.place].remove(ident)
        self.free.give_back(pair.key)

    def has_room(self, pair: Pair) -> bool:
        return self.free.groups[pair.place] > 0 and self.free.seats[pair.place] >= self.size[pair.group]

    def unserved(self) -> list[int]:
        served = {group for group, _ in self.free.taken}
        return [ident for ident, pairs in self.case.of_group.items() if pairs and ident not in served]

    def fill(self, order: Iterable[int]) -> int:
        """Serves whom it can, in this order; returns how many. Nobody served before loses everything."""
        before = len(self.at)
        seen: set[int] = set()
        for ident in order:
            chain = self.search(ident, seen)[0]
            if chain:
                self.apply(chain)
                seen = set()
            else:
                for pair, pupils in choose(self.case, ident, self.free):
                    self.free.take(pair.key, pupils)
        return len(self.at) - before

    def search(self, start: int, seen: set[int]) -> tuple[list[Move], dict[int, list[Move]]]:
        """The shortest chain that serves this group, or none; and per group that could make way, the chain to it."""
        reached: dict[int, list[Move]] = {}
        if self.guard.is_over:
            self.work = 0
        groups, seats = self.free.groups, self.free.seats
        waiting: deque[tuple[int, list[Move]]] = deque([(start, [])])
        while waiting:
            ident, chain = waiting.popleft()
            used = {move.pair.place for move in chain}
            open_pairs = [pair for pair in self.whole[ident] if pair.place not in used]
            self.work -= len(open_pairs)
            # As `has_room`, which is asked millions of times here.
            size = self.size[ident]
            room = next((pair for pair in open_pairs if groups[pair.place] > 0 and seats[pair.place] >= size), None)
            if room:
                return [*chain, Move(room, None)], reached
            if len(chain) < DEPTH and self.work > 0:
                for pair in open_pairs:
                    needed = size - seats[pair.place]
                    for other in self.here[pair.place]:
                        if other not in seen and self.size[other] >= needed:
                            seen.add(other)
                            reached[other] = [*chain, Move(pair, other)]
                            waiting.append((other, reached[other]))
        return [], reached

    def apply(self, chain: list[Move]) -> None:
        for move in chain:
            if move.out is not None:
                self.leave(move.out)
        for move in chain:
            self.enter(move.pair)

    def lighten(self) -> int:
        """Small groups for larger ones, which leaves seats; returns how many more could be served with these."""
        seen: set[int] = set()
        for ident in sorted(self.unserved(), key=lambda ident: (self.size[ident], ident)):
            chain, reached = self.search(ident, seen)
            largest = max(reached, key=lambda other: (self.size[other], -self.fair[other], -other), default=ident)
            if chain:
                self.apply(chain)
                seen = set()
            elif self.size[largest] > self.size[ident]:
                self.apply(reached[largest])
                seen = set()
        return self.fill(self.by_fairness())

    def fairer(self) -> None:
        """Who weighs more in fairness for who weighs less."""
        seen: set[int] = set()
        for ident in self.by_fairness():
            chain, reached = self.search(ident, seen)
            least = min(reached, key=lambda other: (self.fair[other], other), default=ident)
            if chain:
                self.apply(chain)
            elif self.fair[least] < self.fair[ident]:
                self.apply(reached[least])
                seen = set()

    def by_fairness(self) -> list[int]:
        return sorted(self.unserved(), key=lambda ident: (-self.fair[ident], ident))

    def nearer(self) -> int:
        """Groups to places where they score more, alone or in exchange; returns how often."""
        return sum(self.to_better(ident) for ident in sorted(self.at))

    def to_better(self, ident: int) -> bool:
        now = self.at[ident]
        for pair in self.whole[ident]:
            if pair.score <= now.score:
                return False
            if self.has_room(pair):
                self.leave(ident)
                self.enter(pair)
                return True
            if any(self.exchange(now, pair, other) for other in self.here[pair.place]):
                return True
        return False

    def exchange(self, now: Pair, pair: Pair, other: int) -> bool:
        """The other goes where this group is, and this group comes in its place, if that is worth more together."""
        back, there = self.whole_at.get((other, now.place)), self.at[other]
        more = self.size[pair.group] - self.size[other]
        if back is None or more > self.free.seats[pair.place] or -more > self.free.seats[now.place]:
            return False
        if self.value(pair) + self.value(back) <= self.value(now) + self.value(there):
            return False
        self.apply([Move(pair, other), Move(back, pair.group)])
        return True

    def value(self, pair: Pair) -> int:
        return pair.worth * self.size[pair.group]


def chained(case: Case, start: Pupils, guard: Guard) -> Pupils:
    """Pupils per pair. `start`: the groups that are served for certain, which stay as they are."""
    chains = Chains(case, start, guard)
    chains.fill(chains.by_fairness())
    for _ in range(SWEEPS):
        if not chains.unserved() or not chains.lighten():
            break
    return finished(chains)


def polished(case: Case, best: Pupils, guard: Guard) -> Pupils:
    """As many groups as in this solution, or more; fairer and with more score, as far as single chains go."""
    musts = set(case.musts)
    movable = [
        pair for pair in case.pairs if pair.group not in musts and best.get(pair.key) == case.groups[pair.group].size
    ]
    moved = {pair.key for pair in movable}
    chains = Chains(case, {key: pupils for key, pupils in best.items() if key not in moved}, guard)
    for pair in movable:
        chains.enter(pair)
    return finished(chains)


def finished(chains: Chains) -> Pupils:
    chains.work = LOOKS
    chains.fairer()
    for _ in range(SWEEPS):
        if not chains.nearer():
            break
    return reassigned(chains.case, chains.free.taken, chains.guard)
