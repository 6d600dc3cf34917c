"""The matching engine: columns in; ranked and explained pairs, and near misses, out. Knows no Django and no clock."""

from .block import Terms
from .columns import ActivityColumns, RequestColumns
from .engine import Pair, Pairs, describe, iter_all, match_activity, match_all, match_request
from .explain import Explanation, Part, Verdict, explain
from .levels import LEAVES, LEVELS, Leaf, LevelTable
from .nearmiss import Loosening, NearMiss, near_misses
from .rows import ALL_DELIVERIES, AT_PROVIDER, AT_SCHOOL, ONLINE, ActivityRow, RequestRow
from .rules import RULES
from .weights import WEIGHTS, Weights

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
    "describe",
    "explain",
    "iter_all",
    "match_activity",
    "match_all",
    "match_request",
    "near_misses",
]
