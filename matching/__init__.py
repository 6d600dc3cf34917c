"""The matching engine: columns in; ranked and explained pairs, and near misses, out. Knows no Django and no clock."""

from .best import Best, combine, positions
from .block import Terms
from .columns import ActivityColumns, RequestColumns
from .engine import (
    Pair,
    Pairs,
    best_pairs,
    describe,
    fingerprints,
    iter_all,
    match_activity,
    match_all,
    match_request,
    weigh,
)
from .explain import Explanation, Part, Verdict, explain
from .levels import LEAVES, LEVELS, Leaf, LevelTable
from .nearmiss import Loosening, NearMiss, near_misses
from .rows import ALL_DELIVERIES, AT_PROVIDER, AT_SCHOOL, ONLINE, ActivityRow, RequestRow
from .rules import RULES
from .weights import WEIGHTS, Weights
from .widen import Widening, widen_activity

__all__ = [
    "ALL_DELIVERIES",
    "AT_PROVIDER",
    "AT_SCHOOL",
    "LEAVES",
    "LEVELS",
    "ONLINE",
    "RULES",
    "WEIGHTS",
    "ActivityColumns",
    "ActivityRow",
    "Best",
    "Explanation",
    "Leaf",
    "LevelTable",
    "Loosening",
    "NearMiss",
    "Pair",
    "Pairs",
    "Part",
    "RequestColumns",
    "RequestRow",
    "Terms",
    "Verdict",
    "Weights",
    "Widening",
    "best_pairs",
    "combine",
    "describe",
    "explain",
    "fingerprints",
    "iter_all",
    "match_activity",
    "match_all",
    "match_request",
    "near_misses",
    "positions",
    "weigh",
    "widen_activity",
]
