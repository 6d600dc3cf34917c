"""Allocation rounds: who gets which seats. Plain Python, numpy and OR-Tools; knows no Django and no database."""

from .greedy import greedy
from .problem import Award, Group, Lock, Option, Place, Problem, ProblemError, Solution, Stage
from .rounds import solve

__all__ = [
    "Award",
    "Group",
    "Lock",
    "Option",
    "Place",
    "Problem",
    "ProblemError",
    "Solution",
    "Stage",
    "greedy",
    "solve",
]
