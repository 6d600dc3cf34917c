"""Making a proposal come true: seats taken, requests answered, both sides told. All of it, once, or nothing.

The world goes on while a coordinator reads: what is no longer possible is skipped, its seats stay free, and the
outcome says so. A group in parts is placed whole or not at all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.activities.actions import lock_sessions, take_seats
from techfinder.activities.models import Session
from techfinder.campaigns.actions.refusing import CampaignError, locked
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, Round
from techfinder.celery import wake
from techfinder.matches.campaign_pairs import Market
from techfinder.requests.actions import fulfil
from techfinder.requests.models import Request

Outcome = CampaignRequest.Outcome


@transaction.atomic
def publish_round(*, round_id: int, user: User) -> bool:
    """Give what a proposal gives, as far as it is still there. False when it was published already.

    Requests, activities and days are held in that order, each by id, as all others take them. CampaignError, and
    nothing written, when the proposal does not stand.
    """
    found = Round.objects.select_related("campaign").get(pk=round_id)
    campaign = locked(found.campaign_id)
    if campaign.state == Campaign.State.PUBLISHED:
        return False
    found.refresh_from_db(fields=["state", "version"])
    _check_stands(found, campaign)
    awards = _by_request(found)
    open_ids = _lock_open(campaign)
    days = lock_sessions(session_ids={each.session_id or 0 for parts in awards.values() for each in parts})
    fits = _still_fitting(awards, open_ids, days)
    outcomes = _decide(_in_order(campaign, awards), awards, fits, days)
    _give(awards, outcomes)
    _record(campaign, outcomes, open_ids)
    Round.objects.filter(pk=found.pk).update(state=Round.State.PUBLISHED, finished_at=timezone.now())
    campaign.state, campaign.published_by, campaign.published_at = Campaign.State.PUBLISHED, user, timezone.now()
    campaign.save(update_fields=["state", "published_by", "published_at"])
    wake("campaigns.tell", campaign.pk)
    return True


def _check_stands(found: Round, campaign: Campaign) -> None:
    if not campaign.is_draft:
        raise CampaignError(_("This campaign is closed. It cannot be published any more."))
    if campaign.rounds.filter(state__in=Round.RUNNING).exists():
        raise CampaignError(_("A new round is being worked out. Publish it, or drop it first."))
    if found.state != Round.State.PROPOSED:
        raise CampaignError(_("This proposal no longer stands. Look at the newest round."))
    if found.version != campaign.version:
        raise CampaignError(_("You changed the campaign after this proposal was made. Start a new round first."))


def _by_request(found: Round) -> dict[int, list[Award]]:
    parts: dict[int, list[Award]] = defaultdict(list)
    for award in found.awards.select_related("session").order_by("request_id", "id"):
        parts[award.request_id].append(award)
    return parts


def _lock_open(campaign: Campaign) -> set[int]:
    """The requests of the campaign that are still open, held until the end."""
    rows = Request.objects.open().filter(pk__in=campaign.asked.values("request")).order_by("pk")
    return set(rows.select_for_update(of=("self",)).values_list("pk", flat=True))


def _in_order(campaign: Campaign, awards: Mapping[int, list[Award]]) -> list[int]:
    """Who is served first when seats are short after all: as the round weighs them."""
    urgent = campaign.asked.filter(request__in=awards).order_by("-priority", "request__confirmed_at", "request_id")
    return list(urgent.values_list("request_id", flat=True))


def _still_fitting(
    awards: Mapping[int, list[Award]], open_ids: set[int], days: Mapping[int, Session]
) -> dict[int, set[int]]:
    """Per open request the days of `days` that fit it as both are now; none when its group has another size."""
    market = Market(request_ids=open_ids & awards.keys(), session_ids=days.keys())
    found: dict[int, set[int]] = {each.request_id: set() for each in market.askings()}
    as_proposed = {
        each.request_id
        for each in market.askings()
        if each.size == sum(part.pupils for part in awards[each.request_id])
    }
    for fit in market.fits():
        if fit.request_id in as_proposed:
            found[fit.request_id].add(fit.session_id)
    return found


def _decide(
    order: Iterable[int],
    awards: Mapping[int, list[Award]],
    fits: Mapping[int, set[int]],
    days: Mapping[int, Session],
) -> dict[int, Outcome]:
    free = {pk: day.free for pk, day in days.items() if day.date >= timezone.localdate()}
    outcomes = {}
    for request_id in order:
        parts = awards[request_id]
        outcomes[request_id] = outcome = _outcome(parts, fits.get(request_id), free)
        if outcome == Outcome.PLACED:
            for part in parts:
                free[part.session_id or 0] -= part.pupils
    return outcomes


def _outcome(parts: Iterable[Award], fits: set[int] | None, free: Mapping[int, int]) -> Outcome:
    """`fits` is None when the request is no longer open."""
    if fits is None:
        return Outcome.CLOSED
    if any(part.session_id not in free for part in parts):
        return Outcome.GONE
    if any(part.session_id not in fits for part in parts):
        return Outcome.CHANGED
    if any(free[part.session_id or 0] < part.pupils for part in parts):
        return Outcome.FULL
    return Outcome.PLACED


def _give(awards: Mapping[int, list[Award]], outcomes: Mapping[int, Outcome]) -> None:
    placed = [request_id for request_id, outcome in outcomes.items() if outcome == Outcome.PLACED]
    given = [part for request_id in placed for part in awards[request_id]]
    seats: dict[int, int] = defaultdict(int)
    for part in given:
        seats[part.session_id or 0] += part.pupils
    fulfil(request_ids=placed)
    take_seats(seats=seats)
    Award.objects.filter(pk__in=[part.pk for part in given]).update(given=True)


def _record(campaign: Campaign, outcomes: Mapping[int, Outcome], open_ids: set[int]) -> None:
    """Who is not in the proposal has no place, or is no longer open: then there is nobody to tell."""
    for outcome in set(outcomes.values()):
        ids = [request_id for request_id, each in outcomes.items() if each == outcome]
        campaign.asked.filter(request__in=ids).update(outcome=outcome)
    rest = campaign.asked.filter(outcome="")
    rest.filter(request__in=open_ids).update(outcome=Outcome.UNPLACED)
    rest.update(outcome=Outcome.CLOSED)
    campaign.asked.filter(outcome=Outcome.CLOSED).update(told_at=timezone.now())
