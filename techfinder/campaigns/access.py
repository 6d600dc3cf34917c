"""How a view gets a campaign for this person: a moderator of its region, or an administrator. Others get 404."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from techfinder.accounts.models import User
from techfinder.activities.access import moderated_codes
from techfinder.campaigns.models import Campaign, Round
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import regions_for_choice


class Coordinator:
    """One person's part of the campaigns; the regions are read once."""

    def __init__(self, user: User | AnonymousUser) -> None:
        if not user.is_authenticated:
            raise Http404
        self.user: User = user
        self.codes = None if user.is_staff else moderated_codes(user)
        if self.codes is not None and not self.codes:
            raise Http404

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


def coordinator_of(request: HttpRequest) -> Coordinator:
    return Coordinator(request.user)
