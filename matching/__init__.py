"""The matching engine: columns in; ranked and explained pairs, and near misses, out. Knows no Django and no clock."""

from .block import Terms
from .columns import ActivityColumns, RequestColumns
from .engine import Pair, Pairs, describe, iter_all, match_activity, match_all, match_request
from .levels import LEAVES, LEVELS, Leaf, LevelTable
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
    "Leaf",
    "LevelTable",
    "Pair",
    "Pairs",
    "RequestColumns",
    "RequestRow",
    "Terms",
    "Weights",
    "describe",
    "iter_all",
    "match_activity",
    "match_all",
    "match_request",
]
