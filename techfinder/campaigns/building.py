"""From a campaign to the problem that the solver gets: plain numbers, read at one moment."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from techfinder.campaigns.models import Campaign, CampaignRequest, CampaignSession, Pin
from techfinder.campaigns.queries import chosen_places
from techfinder.campaigns.solver import Group, Lock, Option, Place, Problem
from techfinder.matches.campaign_pairs import Asking, Market

# A guard that no ordinary round reaches, within the time limit of the task. Of an idle machine it takes a tenth.
SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Built:
    """A problem, the market that it came from, and its days by id. `closed`: requests that are no longer open.

    `lapsed`: how many pairs were locked that are none any more: the request or the day is gone, or it no longer fits.
    """

    problem: Problem
    market: Market
    places: dict[int, CampaignSession]
    closed: list[int]
    lapsed: int

    def snapshot(self) -> str:
        """Equal for equal problems, however long the solver may think."""
        return hashlib.sha256(repr(replace(self.problem, seconds=0.0)).encode()).hexdigest()


def build(campaign: Campaign, *, today: dt.date | None = None) -> Built:
    """Read what takes part. A day that is full, past or no longer public is left out, and so is a closed request."""
    asked = {each.request_id: each for each in campaign.asked.order_by("request_id")}
    places = {each.session_id: each for each in chosen_places(campaign)}
    market = Market(request_ids=asked.keys(), session_ids=places.keys(), today=today)
    groups = [_group(campaign, asked[each.request_id], each) for each in market.askings()]
    days = {pk: places[pk] for pk in sorted(market.session_ids()) if places[pk].session.free > 0}
    present = {group.id for group in groups}
    options = tuple(
        Option(group=fit.request_id, place=fit.session_id, score=fit.score)
        for fit in market.fits()
        if fit.session_id in days
    )
    pins = Pin.objects.filter(campaign=campaign).order_by("request_id", "session_id")
    pairs = {(option.group, option.place) for option in options}
    locks = tuple(
        Lock(group=pin.request_id, place=pin.session_id, pupils=pin.pupils)
        for pin in pins
        if (pin.request_id, pin.session_id) in pairs
    )
    lapsed = sum(pin.pupils != 0 and (pin.request_id, pin.session_id) not in pairs for pin in pins)
    problem = Problem(
        groups=tuple(groups),
        places=tuple(_place(place) for place in days.values()),
        options=options,
        locks=locks,
        seconds=SECONDS,
    )
    return Built(problem, market, days, sorted(asked.keys() - present), lapsed)


def _group(campaign: Campaign, asked: CampaignRequest, asking: Asking) -> Group:
    return Group(
        id=asking.request_id,
        size=asking.size,
        priority=asked.priority,
        waiting_days=asking.waiting_days,
        served=asking.served,
        part_min=asked.part_min or campaign.part_min,
        parts_max=asked.parts_max or campaign.parts_max,
        providers_max=asked.providers_max or campaign.providers_max,
    )


def _place(place: CampaignSession) -> Place:
    activity = place.session.activity
    return Place(
        id=place.session_id,
        activity=activity.pk,
        provider=activity.provider_id,
        seats=min(place.seats, place.session.free),
        group_min=activity.group_min or 1,
        group_max=None if activity.splittable else activity.group_max,
    )
