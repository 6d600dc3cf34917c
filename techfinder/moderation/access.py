"""What a moderator may see: what lies in the regions of hers; administrators see all. Others get 404."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from techfinder.activities.access import Coordinator
from techfinder.activities.models import Activity
from techfinder.organisations.models import Attention, Membership, Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import regions_for_choice


class Desk(Coordinator):
    """One moderator's part of the work."""

    def activities(self) -> QuerySet[Activity]:
        """Offers that wait, the longest first."""
        return self._in_scope_activities(Activity.objects.waiting()).order_by("submitted_at", "id")

    def any_activity(self, slug: str) -> Activity:
        """An offer of these regions, also one that is settled."""
        found = self._in_scope_activities(Activity.objects.select_related("provider__municipality"))
        return get_object_or_404(found, slug=slug)

    def _in_scope_activities(self, found: QuerySet[Activity]) -> QuerySet[Activity]:
        if self.codes is None:
            return found
        codes = sorted(self.codes)
        return found.filter(Q(regions__overlap=codes) | Q(provider__municipality__code__in=codes))

    def known_activities(self) -> QuerySet[Activity]:
        """Offers that this desk may know: those of its regions, and all that are public."""
        every = Activity.objects.all()
        return every if self.codes is None else self._in_scope_activities(every) | Activity.objects.public()

    def requests(self) -> QuerySet[Request]:
        """Requests of schools in these regions; what nobody confirmed is not there yet."""
        confirmed = Request.objects.exclude(status=Request.Status.UNCONFIRMED)
        return confirmed if self.codes is None else confirmed.filter(school__municipality__code__in=sorted(self.codes))

    def providers(self) -> QuerySet[Provider]:
        found = Provider.objects.filter(status=Provider.Status.PENDING)
        return self._near(found, "municipality").order_by("created_at", "id")

    def any_provider(self, slug: str) -> Provider:
        return get_object_or_404(self._near(Provider.objects.all(), "municipality"), slug=slug)

    def regions(self) -> QuerySet[Region]:
        """The regions whose page this desk writes, the largest first."""
        shown = regions_for_choice().exclude(type=Region.Type.COUNTRY)
        return shown if self.codes is None else shown.filter(code__in=sorted(self.codes))

    def any_region(self, slug: str) -> Region:
        return get_object_or_404(self.regions(), slug=slug)

    def claims(self) -> QuerySet[Membership]:
        """People who say that they belong to a school, board or provider."""
        found = Membership.objects.filter(status=Membership.Status.PENDING)
        return self._of_organisation(found).order_by("created_at", "id")

    def any_claim(self, pk: int) -> Membership:
        found = Membership.objects.select_related("user", "school__municipality", "provider", "board")
        return get_object_or_404(self._of_organisation(found), pk=pk)

    def attention(self) -> QuerySet[Attention]:
        found = Attention.objects.filter(settled_at=None).select_related("school", "provider", "board")
        return self._of_organisation(found).order_by("created_at", "id")

    def _of_organisation(self, found: QuerySet[Any]) -> QuerySet[Any]:
        return self._near(found, "school__municipality", "provider__municipality", "board__schools__municipality")

    def _near(self, found: QuerySet[Any], *paths: str) -> QuerySet[Any]:
        if self.codes is None:
            return found
        near = Q()
        for path in paths:
            near |= Q(**{f"{path}__code__in": sorted(self.codes)})
        return found.filter(pk__in=found.model._default_manager.filter(near).values("pk"))


def desk_of(request: HttpRequest) -> Desk:
    return Desk(request.user)
