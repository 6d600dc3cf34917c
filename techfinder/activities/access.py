"""How a view gets an activity for this person: whoever may not see it gets 404."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.shortcuts import get_object_or_404

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.organisations.models import Membership, Provider
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import RegionIndex

Person = User | AnonymousUser


def visible_activity(user: Person, slug: str) -> Activity:
    """A public activity for everybody; any other for its provider's members and its moderators."""
    activity = _activity(slug)
    if not is_public(activity) and not is_member(user, activity) and not moderates(user, activity):
        raise Http404
    return activity


def editable_activity(user: Person, slug: str) -> Activity:
    """An activity of one's own provider."""
    activity = _activity(slug)
    if not is_member(user, activity):
        raise Http404
    return activity


def _activity(slug: str) -> Activity:
    return get_object_or_404(Activity.objects.select_related("provider__municipality"), slug=slug)


def is_public(activity: Activity) -> bool:
    """As ActivityQuerySet.public says it, of one row."""
    provider = activity.provider
    return (
        activity.status == Activity.Status.PUBLISHED
        and provider.status == Provider.Status.VERIFIED
        and not provider.paused
    )


def is_member(user: Person, activity: Activity) -> bool:
    active = Membership.objects.filter(status=Membership.Status.ACTIVE, provider_id=activity.provider_id)
    return user.is_authenticated and active.filter(user_id=user.pk).exists()


def moderates(user: Person, activity: Activity) -> bool:
    """Administrators moderate all; a moderator what is offered in, or comes from, a region of hers."""
    if not user.is_authenticated:
        return False
    if user.is_staff:
        return True
    own = moderated_codes(user)
    municipality = activity.provider.municipality
    return bool(own & set(activity.regions)) or bool(municipality and municipality.code in own)


def moderated_codes(user: User) -> set[str]:
    """The codes of all regions that lie under those this person moderates."""
    return codes_under(user.moderates.all())


class Coordinator:
    """One person's part of the regional work: `codes` are the regions, read once; None for an administrator: all.

    Whoever moderates nothing gets 404.
    """

    def __init__(self, user: Person) -> None:
        if not user.is_authenticated:
            raise Http404
        self.user: User = user
        self.codes = None if user.is_staff else moderated_codes(user)
        if self.codes is not None and not self.codes:
            raise Http404


def codes_under(regions: Iterable[Region]) -> set[str]:
    """The codes of these regions and of all that lie under them."""
    regions = list(regions)
    if not regions:
        return set()
    index = RegionIndex()
    return {each.code for region in regions for each in _under(region, index)}


def _under(region: Region, index: RegionIndex) -> Iterator[Region]:
    yield region
    members = index.members.get(region.pk, set())
    yield from (each for each in index.by_code.values() if each.pk in members)
    for child in index.children.get(region.pk, ()):
        yield from _under(child, index)
