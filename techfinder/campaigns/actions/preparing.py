"""Writes of what takes part in a campaign. Each change makes an earlier proposal out of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.accounts.models import User
from techfinder.activities.models import Session
from techfinder.campaigns.actions.refusing import CampaignError, locked, locked_draft
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, CampaignSession, Pin, Round
from techfinder.campaigns.queries import pinned_seats
from techfinder.requests.models import Request

# /campagnes/nieuw/ is the form.
RESERVED_SLUGS = {"nieuw"}
MOST_REQUESTS = 5000
MOST_PLACES = 5000


@transaction.atomic
def create_campaign(*, user: User, title: str, **values: Any) -> Campaign:
    """A new campaign in which nothing takes part yet."""
    return Campaign.objects.create(title=title, slug=_free_slug(title), created_by=user, **values)


def _free_slug(title: str) -> str:
    base = slugify(title)[:120].strip("-") or "campagne"
    taken = set(Campaign.objects.filter(slug__startswith=base).values_list("slug", flat=True)) | RESERVED_SLUGS
    names = (base, *(f"{base}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


@transaction.atomic
def edit_campaign(*, campaign_id: int, **values: Any) -> Campaign:
    """Change title, goal, days or bounds. CampaignError when chosen days would lie outside the campaign."""
    campaign = locked_draft(campaign_id)
    _check_days(campaign, values.get("first_day", campaign.first_day), values.get("last_day", campaign.last_day))
    changed = {name for name, value in values.items() if getattr(campaign, name) != value}
    for name, value in values.items():
        setattr(campaign, name, value)
    if changed - {"title", "description"}:
        campaign.version += 1
    campaign.save()
    return campaign


def _check_days(campaign: Campaign, first: dt.date, last: dt.date) -> None:
    chosen = campaign.places.all()
    outside = chosen.exclude(session__date__gte=first, session__date__lte=last).count()
    if outside:
        text = ngettext(
            "%(n)d chosen day lies outside these dates. Take it out of the campaign first.",
            "%(n)d chosen days lie outside these dates. Take them out of the campaign first.",
            outside,
        )
        raise CampaignError(text % {"n": outside})


def _outdate(campaign: Campaign) -> None:
    Campaign.objects.filter(pk=campaign.pk).update(version=F("version") + 1)


# ---------------------------------------------------------------------- days


@transaction.atomic
def give_seats(*, campaign_id: int, seats: Mapping[int, int]) -> int:
    """Let so many seats of each day (session id -> seats, 0 takes it out) be shared out. Returns how many changed.

    CampaignError when a day has not as many free, or fewer than were settled by hand.
    """
    campaign = locked_draft(campaign_id)
    sessions = {each.pk: each for each in Session.objects.filter(pk__in=seats).select_related("activity")}
    pinned, before = pinned_seats(campaign), dict(campaign.places.values_list("session", "seats"))
    wanted = {pk: count for pk, count in seats.items() if pk in sessions and count != before.get(pk, 0)}
    for pk, count in wanted.items():
        fault = seat_fault(sessions[pk], count, pinned.get(pk, 0))
        if fault:
            raise CampaignError(f"{sessions[pk].activity.title}: {fault}")
    if len(before.keys() | {pk for pk, count in wanted.items() if count}) > MOST_PLACES:
        raise CampaignError(_("A campaign has at most %(n)d days.") % {"n": MOST_PLACES})
    _write_seats(campaign, wanted)
    return len(wanted)


def seat_fault(session: Session, seats: int, pinned: int) -> str:
    """Why a day cannot give so many seats to a campaign; empty when it can."""
    if seats > session.free:
        free = max(session.free, 0)
        return ngettext("only %(n)d seat is free", "only %(n)d seats are free", free) % {"n": free}
    if seats < pinned:
        return _("%(n)d pupils are settled here by hand: give at least as many seats, or let them go first") % {
            "n": pinned
        }
    return ""


def _write_seats(campaign: Campaign, wanted: Mapping[int, int]) -> None:
    gone = [pk for pk, count in wanted.items() if not count]
    campaign.places.filter(session__in=gone).delete()
    campaign.pins.filter(session__in=gone).delete()
    rows = [CampaignSession(campaign=campaign, session_id=pk, seats=count) for pk, count in wanted.items() if count]
    CampaignSession.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["campaign", "session"], update_fields=["seats"]
    )
    if wanted:
        _outdate(campaign)


# ------------------------------------------------------------------ requests


@transaction.atomic
def add_requests(*, campaign_id: int, request_ids: Collection[int]) -> int:
    """Let these open requests take part. Returns how many are new."""
    campaign = locked_draft(campaign_id)
    known = set(campaign.asked.values_list("request_id", flat=True))
    found = Request.objects.open().filter(pk__in=request_ids).exclude(pk__in=known).order_by("pk")
    ids = list(found.values_list("pk", flat=True))
    if len(known) + len(ids) > MOST_REQUESTS:
        raise CampaignError(_("At most %(n)d requests take part in a campaign.") % {"n": MOST_REQUESTS})
    CampaignRequest.objects.bulk_create(CampaignRequest(campaign=campaign, request_id=pk) for pk in ids)
    if ids:
        _outdate(campaign)
    return len(ids)


@transaction.atomic
def remove_requests(*, campaign_id: int, asked_ids: Collection[int]) -> int:
    """Take requests out, with what was settled for them by hand. Returns how many were in."""
    campaign = locked_draft(campaign_id)
    leaving = campaign.asked.filter(pk__in=asked_ids)
    campaign.pins.filter(request__in=leaving.values("request")).delete()
    count, _rows = leaving.delete()
    if count:
        _outdate(campaign)
    return count


@transaction.atomic
def set_priorities(*, campaign_id: int, priorities: Mapping[int, int]) -> int:
    """Say which go first (campaign request id -> 0 to 3). Returns how many changed."""
    campaign = locked_draft(campaign_id)
    changed = 0
    for value in set(priorities.values()):
        ids = [pk for pk, priority in priorities.items() if priority == value]
        changed += campaign.asked.filter(pk__in=ids).exclude(priority=value).update(priority=value)
    if changed:
        _outdate(campaign)
    return changed


@transaction.atomic
def set_bounds(*, campaign_id: int, asked_id: int, **values: int | None) -> bool:
    """Give one request its own priority and bounds; None is that of the campaign. False when it is not in."""
    campaign = locked_draft(campaign_id)
    found = bool(campaign.asked.filter(pk=asked_id).update(**values))
    if found:
        _outdate(campaign)
    return found


# ------------------------------------------------------------------- by hand


@transaction.atomic
def lock_award(*, award_id: int) -> Pin:
    """Hold what a proposal gives: every later round gives it too."""
    award = _award(award_id)
    pin, _created = Pin.objects.update_or_create(
        campaign=award.round.campaign,
        request=award.request,
        session=award.session,
        defaults={"pupils": award.pupils},
    )
    return pin


@transaction.atomic
def refuse_award(*, award_id: int) -> Pin:
    """Say that this pair shall not be: no later round gives it, and this proposal is out of date."""
    award = _award(award_id)
    pin, _created = Pin.objects.update_or_create(
        campaign=award.round.campaign, request=award.request, session=award.session, defaults={"pupils": 0}
    )
    _outdate(award.round.campaign)
    return pin


def _award(award_id: int) -> Award:
    """An award of the proposal that stands; CampaignError when it does not stand any more, or its day is gone."""
    award = Award.objects.select_related("round", "session").get(pk=award_id)
    campaign = locked_draft(award.round.campaign_id)
    state = Round.objects.values_list("state", flat=True).get(pk=award.round_id)
    if state != Round.State.PROPOSED:
        raise CampaignError(_("This proposal no longer stands. Look at the newest round."))
    if award.session is None:
        raise CampaignError(_("The company took this day away. Start a new round."))
    award.round.campaign = campaign
    return award


@transaction.atomic
def release_pin(*, campaign_id: int, pin_id: int) -> bool:
    """Let the next round decide again about a pair. False when it was free already."""
    campaign = locked_draft(campaign_id)
    return bool(campaign.pins.filter(pk=pin_id).delete()[0])


@transaction.atomic
def close_campaign(*, campaign_id: int) -> bool:
    """Stop without publishing: nobody is mailed. False when it was no draft any more."""
    campaign = locked(campaign_id)
    if not campaign.is_draft:
        return False
    campaign.rounds.filter(state__in=[*Round.RUNNING, Round.State.PROPOSED]).update(state=Round.State.DROPPED)
    campaign.state = Campaign.State.CLOSED
    campaign.save(update_fields=["state"])
    return True
