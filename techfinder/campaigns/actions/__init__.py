"""Every write of campaigns: keyword-only functions that own their transaction."""

from techfinder.campaigns.actions.preparing import (
    add_requests,
    close_campaign,
    create_campaign,
    edit_campaign,
    give_seats,
    lock_award,
    refuse_award,
    release_pin,
    remove_requests,
    seat_fault,
    set_bounds,
    set_priorities,
)
from techfinder.campaigns.actions.publishing import publish_round
from techfinder.campaigns.actions.refusing import CampaignError
from techfinder.campaigns.actions.rounds import drop_round, solve_round, start_round, sweep
from techfinder.campaigns.actions.telling import tell

__all__ = [
    "CampaignError",
    "add_requests",
    "close_campaign",
    "create_campaign",
    "drop_round",
    "edit_campaign",
    "give_seats",
    "lock_award",
    "publish_round",
    "refuse_award",
    "release_pin",
    "remove_requests",
    "seat_fault",
    "set_bounds",
    "set_priorities",
    "solve_round",
    "start_round",
    "sweep",
    "tell",
]
