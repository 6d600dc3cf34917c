"""Reads of what is kept."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest

from techfinder.activities.favourites import device
from techfinder.activities.favourites.access import CHOSEN
from techfinder.activities.models import Activity, Favourite
from techfinder.activities.queries import for_cards
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.models import School


def kept_among(request: HttpRequest, ids: Collection[int]) -> frozenset[int]:
    """Which of these activities the visitor keeps: for the buttons of a whole page at once.

    Nothing is asked of the database for a stranger. Who acts for several schools and has not chosen one sees as
    kept what any of them keeps.
    """
    on_device = set(device.kept(request.session)) & set(ids)
    if not request.user.is_authenticated or not ids:
        return frozenset(on_device)
    found = Favourite.objects.filter(activity__in=ids, school__in=school_ids_of(request.user))
    if chosen := request.session.get(CHOSEN):
        found = found.filter(school__code=chosen)
    return frozenset(found.values_list("activity_id", flat=True)) | on_device


def of_school(school: School) -> QuerySet[Favourite]:
    """The list of a school with what its cards show, the last one kept first."""
    activities = for_cards(Activity.objects.all())
    return school.favourites.select_related("user").prefetch_related(Prefetch("activity", queryset=activities))


def of_device(ids: Sequence[int]) -> list[Activity]:
    """The activities of a device that still exist, in its order, with what their cards show."""
    rows = {row.pk: row for row in for_cards(Activity.objects.filter(pk__in=ids))}
    return [rows[pk] for pk in ids if pk in rows]
