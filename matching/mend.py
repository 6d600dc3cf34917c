"""What would make one pair eligible: per rule that refuses it, the least that the request would have to give way."""

from __future__ import annotations

from dataclasses import dataclass, replace

from .block import Block, Run, Terms
from .columns import ActivityColumns, RequestColumns
from .loosen import LANES, Change
from .rows import ActivityRow, RequestRow
from .rules import RULES


@dataclass(frozen=True, slots=True)
class Mend:
    """One broken rule, and the smallest change with which it holds; None where the request cannot give way."""

    rule: str
    change: Change | None


def mends(request: RequestRow, activity: ActivityRow, terms: Terms) -> list[Mend]:
    """The rules that refuse the pair, in the order of `RULES`, each with the change of the request that mends it."""
    block = _block(request, activity, terms)
    broken = [rule for rule, holds in RULES.items() if not holds(block)[0]]
    return [Mend(rule, _smallest(rule, request, activity, block)) for rule in broken]


def _smallest(rule: str, request: RequestRow, activity: ActivityRow, block: Block) -> Change | None:
    proposed = [change for lane in LANES.get(rule, ()) for change in lane(request, block)]
    for change in proposed:
        changed = replace(request, **{change.field: change.value})
        if RULES[rule](_block(changed, activity, block.run.terms))[0]:
            return change
    return None


def _block(request: RequestRow, activity: ActivityRow, terms: Terms) -> Block:
    return Run(RequestColumns.from_rows([request]), ActivityColumns.from_rows([activity]), terms).all_pairs()
