"""Both sides as rows of fixed-width numbers: what the engine reads.

An item gets its row when it is matched (`refresh_...`); a run reads rows as columns without a Python object per row
(`load_...`), and for one item only those of the other side that may fit it.
"""

from techfinder.matches.rows.asked import Asked, load_requests, match_schools_again, refresh_requests, request_rows
from techfinder.matches.rows.kept import CHANGES
from techfinder.matches.rows.masks import AUDIENCES, DELIVERIES
from techfinder.matches.rows.numbers import TooManyCodesError
from techfinder.matches.rows.offered import Offered, activity_rows, load_activities, refresh_activities
from techfinder.matches.rows.said import in_codes
from techfinder.matches.rows.world import SHARDS, World

__all__ = [
    "AUDIENCES",
    "CHANGES",
    "DELIVERIES",
    "SHARDS",
    "Asked",
    "Offered",
    "TooManyCodesError",
    "World",
    "activity_rows",
    "in_codes",
    "load_activities",
    "load_requests",
    "match_schools_again",
    "refresh_activities",
    "refresh_requests",
    "request_rows",
]
