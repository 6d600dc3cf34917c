"""Decisions of moderators. Each is one transaction: the claim, the effect, the record and the mails.

Of two moderators who decide at once the first one counts: the claim is a conditional UPDATE, and whoever finds
nothing to claim gets None and is shown what happened.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities import actions as activities
from techfinder.moderation import telling
from techfinder.moderation.models import Decision, RegionPage
from techfinder.organisations import actions as organisations
from techfinder.organisations.models import Attention, Membership, Provider
from techfinder.taxonomy.models import Region

Verdict = Decision.Verdict
ON_ACTIVITY = {
    Verdict.APPROVED: activities.approve,
    Verdict.CHANGES: activities.ask_change,
    Verdict.REJECTED: activities.reject,
}


@transaction.atomic
def decide_activity(
    *, activity_id: int, seen: dt.datetime | None, moderator: User, verdict: str, reason: str = "", message: str = ""
) -> Decision | None:
    """Settle what waits of one activity; None when it was settled, or changed, since it was looked at."""
    activity = ON_ACTIVITY[Verdict(verdict)](activity_id=activity_id, seen=seen) if seen else None
    if activity is None:
        return None
    decision = Decision.objects.create(
        activity=activity, moderator=moderator, verdict=verdict, reason=reason, message=message
    )
    telling.tell_of_activity(decision, activity)
    return decision


@transaction.atomic
def decide_provider(
    *, provider_id: int, moderator: User, verdict: str, reason: str = "", message: str = ""
) -> Decision | None:
    """Verify or refuse a provider, or ask it something; None when it was settled already."""
    waiting = Provider.objects.select_for_update().filter(pk=provider_id, status=Provider.Status.PENDING)
    provider = waiting.first()
    if provider is None:
        return None
    if verdict == Verdict.APPROVED:
        organisations.verify_provider(provider=provider)
        activities.rematch_provider(provider=provider)
    elif verdict == Verdict.REJECTED:
        organisations.reject_provider(provider=provider)
    decision = Decision.objects.create(
        provider=provider, moderator=moderator, verdict=verdict, reason=reason, message=message
    )
    telling.tell_of_provider(decision, provider)
    return decision


@transaction.atomic
def decide_claim(
    *, membership: Membership, moderator: User, verdict: str, reason: str = "", message: str = ""
) -> Decision | None:
    """Accept or refuse that somebody acts for an organisation, or ask; None when it was settled already."""
    if verdict == Verdict.CHANGES:
        waiting = Membership.objects.select_for_update().filter(pk=membership.pk, status=Membership.Status.PENDING)
        settled = waiting.exists()
    elif verdict == Verdict.APPROVED:
        settled = organisations.verify_membership(membership=membership)
    else:
        settled = organisations.reject_membership(membership=membership)
    if not settled:
        return None
    decision = Decision.objects.create(
        membership=membership, moderator=moderator, verdict=verdict, reason=reason, message=message
    )
    telling.tell_of_claim(decision, membership)
    return decision


@transaction.atomic
def settle_attention(*, attention_id: int, moderator: User) -> bool:
    """Mark as looked at; False when somebody did so already."""
    waiting = Attention.objects.filter(pk=attention_id, settled_at=None)
    return bool(waiting.update(settled_at=timezone.now(), settled_by=moderator))


@transaction.atomic
def save_region_page(*, region: Region, moderator: User, **values: str) -> RegionPage:
    """Keep what a coordinator tells on the page of a region; public at once."""
    page, _created = RegionPage.objects.update_or_create(region=region, defaults={**values, "updated_by": moderator})
    return page
