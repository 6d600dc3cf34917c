"""How a view gets a request for this person: strangers get 404."""

from typing import TypeGuard
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.shortcuts import get_object_or_404

from techfinder.accounts.models import User
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.models import School
from techfinder.requests.models import Request, RequestQuerySet
from techfinder.taxonomy.queries import EVERYWHERE, expand_regions

Person = User | AnonymousUser


def is_person(user: Person) -> TypeGuard[User]:
    """Signed in, with an account that is in use."""
    return user.is_authenticated and user.is_active


def requests_for(user: Person) -> RequestQuerySet:
    """Every request that this person may see: own, of the own schools, and of the moderated regions."""
    every = Request.objects.select_related("school__municipality", "school__board", "contact")
    if not is_person(user):
        return every.none()
    if user.is_staff:
        return every
    confirmed = every.exclude(status=Request.Status.UNCONFIRMED)
    return confirmed.filter(Q(contact=user) | Q(school__in=school_ids_of(user)) | _moderated(user))


def _moderated(user: User) -> Q:
    codes = list(user.moderates.values_list("code", flat=True))
    if not codes:
        return Q(pk__in=[])
    under = expand_regions(codes)
    # An empty Q would drop out of the "or" that this goes into.
    return Q(pk__isnull=False) if under == EVERYWHERE else Q(school__municipality__in=under)


def get_request(user: Person, uuid: UUID) -> Request:
    """One request, or 404."""
    return get_object_or_404(requests_for(user), uuid=uuid)


def acts_for(user: Person, school: School) -> TypeGuard[User]:
    """Say whether this person is a verified member of the school or of its board."""
    return is_person(user) and school.pk in school_ids_of(user)
