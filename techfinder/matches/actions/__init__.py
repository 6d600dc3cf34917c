"""Every write of matches: keyword-only functions that own their transaction."""

from techfinder.matches.actions.answers import ask, decline, offer, release_places, withdraw
from techfinder.matches.actions.matching import (
    match_activity,
    match_request,
    match_waiting_activity,
    match_waiting_request,
)
from techfinder.matches.actions.recording import set_answer_records
from techfinder.matches.actions.rematching import rematch_shard, report, start_rematch
from techfinder.matches.actions.sweeping import match_stale, rematch, sweep

__all__ = [
    "ask",
    "decline",
    "match_activity",
    "match_request",
    "match_stale",
    "match_waiting_activity",
    "match_waiting_request",
    "offer",
    "release_places",
    "rematch",
    "rematch_shard",
    "report",
    "set_answer_records",
    "start_rematch",
    "sweep",
    "withdraw",
]
