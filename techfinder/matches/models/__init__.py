"""The tables of matches: pairs, who is told, full rematches, weights, near misses, and the rows that the engine reads.

All are imported from here; which file a table is in is nobody's business.
"""

from techfinder.matches.models.matches import BEST_FIRST, Match, MatchQuerySet
from techfinder.matches.models.near import Lack, Missed
from techfinder.matches.models.rematch import Rematch, RematchCause, RematchShard
from techfinder.matches.models.rows import Area, AskedRow, EngineRow, Number, OfferedRow, RowChange
from techfinder.matches.models.telling import DigestRun, NothingFound, Notification
from techfinder.matches.models.weights import WeightSet

__all__ = [
    "BEST_FIRST",
    "Area",
    "AskedRow",
    "DigestRun",
    "EngineRow",
    "Lack",
    "Match",
    "MatchQuerySet",
    "Missed",
    "NothingFound",
    "Notification",
    "Number",
    "OfferedRow",
    "Rematch",
    "RematchCause",
    "RematchShard",
    "RowChange",
    "WeightSet",
]
