"""What cannot be done, in words for the coordinator. Nothing was written when it is raised."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from techfinder.campaigns.models import Campaign


class CampaignError(Exception):
    """The campaign does not allow this now; its text says why, and what to do."""

    def __init__(self, text: str | Promise) -> None:
        super().__init__(text)
        self.text = text

    def __str__(self) -> str:
        return str(self.text)


def locked(campaign_id: int) -> Campaign:
    """The campaign, held until the transaction ends: every change of it and of its rounds begins here."""
    return Campaign.objects.select_for_update(of=("self",)).select_related("region").get(pk=campaign_id)


def locked_draft(campaign_id: int) -> Campaign:
    """As `locked`; CampaignError when nothing can be changed any more."""
    campaign = locked(campaign_id)
    if campaign.state == Campaign.State.PUBLISHED:
        raise CampaignError(_("This campaign is published. It cannot be changed any more."))
    if not campaign.is_draft:
        raise CampaignError(_("This campaign is closed. It cannot be changed any more."))
    return campaign
