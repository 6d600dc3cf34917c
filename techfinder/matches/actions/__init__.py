"""Every write of matches: keyword-only functions that own their transaction."""

from techfinder.matches.actions.answers import ask, decline, offer, release_places, wake_sweeper
from techfinder.matches.actions.matching import match_activity, match_request
from techfinder.matches.actions.rematching import rematch
from techfinder.matches.actions.sweeping import sweep

__all__ = [
    "ask",
    "decline",
    "match_activity",
    "match_request",
    "offer",
    "release_places",
    "rematch",
    "sweep",
    "wake_sweeper",
]
