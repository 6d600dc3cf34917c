"""How a view gets a match, or what was matched, for this person: strangers get 404."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.matches.models import Match
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.queries import own_providers
from techfinder.requests.access import acts_for, is_person
from techfinder.requests.models import Request
from techfinder.taxonomy.queries import EVERYWHERE, expand_regions

Person = User | AnonymousUser


def own_requests(user: User) -> QuerySet[Request]:
    """The requests that this person may act on: own ones, and those of the schools and boards it acts for."""
    confirmed = Request.objects.exclude(status=Request.Status.UNCONFIRMED)
    return confirmed.filter(Q(contact=user) | Q(school__in=school_ids_of(user)))


def may_act(user: Person, request: Request) -> bool:
    return is_person(user) and (request.contact_id == user.pk or acts_for(user, request.school))


def get_activity(user: Person, slug: str) -> Activity:
    """An activity whose matches this person may see: as a member of its provider, or as moderator of its region."""
    if not is_person(user):
        return get_object_or_404(Activity.objects.none())
    every = Activity.objects.select_related("provider__municipality")
    if not user.is_staff:
        every = every.filter(Q(provider__in=own_providers(user)) | _moderated(user))
    return get_object_or_404(every, slug=slug)


def _moderated(user: User) -> Q:
    codes = list(user.moderates.values_list("code", flat=True))
    if not codes:
        return Q(pk__in=[])
    under = expand_regions(codes)
    return Q() if under == EVERYWHERE else Q(provider__municipality__in=under)


def get_match_of_school(user: Person, pk: int) -> Match:
    """A match that this person may answer for the school."""
    if not is_person(user):
        return get_object_or_404(Match.objects.none())
    return get_object_or_404(Match.objects.select_related("request"), pk=pk, request__in=own_requests(user))


def get_match_of_provider(user: Person, pk: int) -> Match:
    """A match that is put before the provider, and that this person may answer for it."""
    if not is_person(user):
        return get_object_or_404(Match.objects.none())
    providers = own_providers(user)
    placed = Match.objects.filter(placed_at__isnull=False).select_related("activity")
    return get_object_or_404(placed, pk=pk, activity__provider__in=providers)
