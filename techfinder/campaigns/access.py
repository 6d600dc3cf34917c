"""How a view gets a campaign, or a place that it gave, for this person: strangers get 404.

A campaign is its coordinators': the moderators of its region and administrators. A place is also its two sides'.
"""

from __future__ import annotations

from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from techfinder.activities.access import Coordinator
from techfinder.campaigns.models import Campaign, Round
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import regions_for_choice


class Organiser(Coordinator):
    """One coordinator's part of the campaigns."""

    def regions(self) -> QuerySet[Region]:
        """Where this person may hold a campaign."""
        every = regions_for_choice()
        return every if self.codes is None else every.filter(code__in=self.codes)

    def campaigns(self) -> QuerySet[Campaign]:
        every = Campaign.objects.select_related("region", "created_by")
        return every if self.codes is None else every.filter(region__code__in=self.codes)

    def campaign(self, slug: str) -> Campaign:
        return get_object_or_404(self.campaigns(), slug=slug)

    def round(self, slug: str, number: int) -> Round:
        rounds = Round.objects.select_related("campaign__region", "started_by")
        return get_object_or_404(rounds, campaign=self.campaign(slug), number=number)


def coordinator_of(request: HttpRequest) -> Organiser:
    return Organiser(request.user)
