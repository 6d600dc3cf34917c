"""Reads of matches that several callers share."""

from techfinder.matches.near.misses import FEW
from techfinder.matches.queries.lists import best_matches, matches_of_activity, matches_of_request
from techfinder.matches.queries.steps import Step, Words, change_words
from techfinder.matches.queries.whynot import WhyNot, why_not

__all__ = [
    "FEW",
    "Step",
    "WhyNot",
    "Words",
    "best_matches",
    "change_words",
    "matches_of_activity",
    "matches_of_request",
    "why_not",
]
