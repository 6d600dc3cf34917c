"""The three goals of a round, each one integer; an earlier one is never given up for a later one.

1. `served`: how many groups are served.
2. `fairness`: over the served groups, the sum of priority x 100,000 + 1,000 for a school that had nothing this school
   year + the days waited (60 at most). So a step of priority outweighs 94 others without, and an unserved school 16
   others that waited longest.
3. `score`: over the awards, pupils x the score per pupil, in thousandths of a tenth of a point per group: a group in
   parts weighs as much as one that is whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from .problem import Award, Group

PRIORITY = 100_000
NOT_SERVED_YET = 1_000
WAITING_MAX = 60
SHARE = 1_000


def fairness(group: Group) -> int:
    """What serving this group adds to the second goal."""
    return group.priority * PRIORITY + (0 if group.served else NOT_SERVED_YET) + min(group.waiting_days, WAITING_MAX)


def worth(score: int, size: int) -> int:
    """What one pupil of a group of this size adds to the third goal; rounded down, so that every sum is exact."""
    return score * SHARE // size


def goals(
    awards: Iterable[Award], groups: Mapping[int, Group], scores: Mapping[tuple[int, int], int]
) -> tuple[int, int, int]:
    """The three goals of these awards."""
    awards = list(awards)
    served = {award.group for award in awards}
    return (
        len(served),
        sum(fairness(groups[ident]) for ident in served),
        sum(award.pupils * worth(scores[award.group, award.place], groups[award.group].size) for award in awards),
    )
