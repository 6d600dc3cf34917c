"""Why a group gets nothing."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from .case import build
from .problem import Problem

NO_OPTION, LOCKED_OUT, TOO_LARGE, FULL = "no_option", "locked_out", "too_large", "full"


def unserved(problem: Problem, served: Collection[int]) -> dict[int, str]:
    """Group id -> reason, in the order of the ids, for all that are not served."""
    asked = {option.group for option in problem.options}
    fits = {ident for ident, pairs in build(problem).of_group.items() if pairs}
    fits_unlocked = {ident for ident, pairs in build(replace(problem, locks=())).of_group.items() if pairs}
    reasons = {}
    for ident in sorted({group.id for group in problem.groups} - set(served)):
        if ident not in asked:
            reasons[ident] = NO_OPTION
        elif ident in fits:
            reasons[ident] = FULL
        else:
            reasons[ident] = LOCKED_OUT if ident in fits_unlocked else TOO_LARGE
    return reasons
