"""Calling off a place after it was published: by the school, the company or the coordinator, until its day.

The seats are free again, the request is open again when nothing of it is left, and both sides and the coordinator are
mailed: all of it, once, or nothing.
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.bookings.actions import seats
from techfinder.bookings.actions.covering import reopen_if_bare
from techfinder.bookings.machine import Side
from techfinder.bookings.reasons import CANCEL_REASONS, checked
from techfinder.campaigns.actions.refusing import CampaignError, locked
from techfinder.campaigns.actions.telling_off import tell_off
from techfinder.campaigns.models import Award, CampaignRequest
from techfinder.requests.models import Request


@transaction.atomic
def call_off(*, award_id: int, side: Side, user: User, reason: str, words: str = "") -> bool:
    """Give a place back, with a reason of `CANCEL_REASONS`. False when that was done already.

    CampaignError, and nothing written, when its day has been or it was never given; ValueError for a reason that this
    side does not have. Campaign, request, activity and day are held in that order, as by who publishes.
    """
    why = checked(CANCEL_REASONS, side=side, reason=reason)
    locked(Award.objects.values_list("round__campaign_id", flat=True).get(pk=award_id))
    award = Award.objects.select_related("round__campaign", "activity__provider", "session").get(pk=award_id)
    if award.off_at is not None:
        return False
    if not award.can_be_called_off:
        raise CampaignError(_("This day has been. It cannot be called off any more."))
    award.request = Request.objects.select_for_update(no_key=True).get(pk=award.request_id)
    award.off_at, award.off_side, award.off_user = timezone.now(), side, user
    award.off_reason, award.off_words = why, words[:500]
    _free(award)
    award.save(update_fields=["off_at", "off_side", "off_user", "off_reason", "off_words"])
    tell_off(award)
    return True


def _free(award: Award) -> None:
    """The seats, and the request when this was the last of its places."""
    others = Award.objects.standing().filter(round=award.round_id, request=award.request_id).exclude(pk=award.pk)
    if not others.exists():
        asked = CampaignRequest.objects.filter(campaign=award.round.campaign_id, request=award.request_id)
        asked.update(outcome=CampaignRequest.Outcome.RETURNED)
        reopen_if_bare(award.request, was=award.request.group_size)
        award.request.refresh_from_db(fields=["status", "version"])
    seats.give_back(award.session_id, award.pupils)
