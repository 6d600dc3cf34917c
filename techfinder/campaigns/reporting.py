"""What a round came to, beside what somebody would get who gives out the places by hand, one after the other."""

from __future__ import annotations

from collections import Counter
from typing import Any

from techfinder.campaigns.building import Built
from techfinder.campaigns.solver import Group, Problem, Solution


def report_of(built: Built, found: Solution, by_hand: Solution) -> dict[str, Any]:
    """The report of a round, as JSON keeps it: `round` and `by_hand` have the same figures."""
    problem = built.problem
    return {
        "groups": len(problem.groups),
        "places": len(problem.places),
        "providers": len({place.provider for place in problem.places}),
        "seats": sum(place.seats for place in problem.places),
        "options": len(problem.options),
        "locks": sum(lock.pupils != 0 for lock in problem.locks),
        "refusals": sum(lock.pupils == 0 for lock in problem.locks),
        "lapsed": built.lapsed,
        "closed": len(built.closed),
        "round": _figures(problem, found),
        "by_hand": _figures(problem, by_hand),
        "unserved": dict(sorted(Counter(found.unserved.values()).items())),
        "proven": found.proven,
        "cut_short": found.cut_short,
        "stages": [
            {"name": stage.name, "value": stage.value, "bound": stage.bound, "proven": stage.proven}
            for stage in found.stages
        ],
        "seconds": round(found.seconds, 2),
    }


def _figures(problem: Problem, solution: Solution) -> dict[str, Any]:
    groups = {group.id: group for group in problem.groups}
    served = [groups[pk] for pk in {award.group for award in solution.awards}]
    return {
        "served": len(served),
        "pupils": sum(award.pupils for award in solution.awards),
        "new_schools": sum(not group.served for group in served),
        "waiting_days": _mean_wait(served),
        "score": _mean_score(problem, solution),
        "split": sum(count > 1 for count in Counter(award.group for award in solution.awards).values()),
    }


def _mean_wait(served: list[Group]) -> float:
    return round(sum(group.waiting_days for group in served) / len(served), 1) if served else 0.0


def _mean_score(problem: Problem, solution: Solution) -> float:
    """The score of the places given, 0 to 100, per pupil."""
    scores = {(option.group, option.place): option.score for option in problem.options}
    pupils = sum(award.pupils for award in solution.awards)
    total = sum(award.pupils * scores[award.group, award.place] for award in solution.awards)
    return round(total / pupils / 10, 1) if pupils else 0.0
