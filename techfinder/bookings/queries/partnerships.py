"""Partnerships of a person, and what the two sides of one did and plan."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, BookingQuerySet, Partnership, Plan
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.models import Provider, School
from techfinder.organisations.queries import own_providers


def partnerships_of(user: User) -> QuerySet[Partnership]:
    """Those of the schools and providers that this person acts for; what stands first, then what waits, then ended."""
    mine = Q(school__in=school_ids_of(user)) | Q(provider__in=own_providers(user))
    both = Partnership.objects.select_related("school__municipality", "provider__municipality")
    return both.filter(mine).order_by("ended_at", "-accepted_at", "-pk")


def proposed_to(user: User) -> QuerySet[Partnership]:
    """What the other side proposed to this person's organisations, and waits for a yes; the oldest first."""
    to_school = Q(school__in=school_ids_of(user), proposed_by=Side.PROVIDER)
    to_provider = Q(provider__in=own_providers(user), proposed_by=Side.SCHOOL)
    waiting = Partnership.objects.filter(to_school | to_provider, accepted_at=None, ended_at=None)
    return waiting.select_related("school", "provider").order_by("pk")


def bookings_between(school: School, provider: Provider) -> BookingQuerySet:
    """All that one asked of the other, the newest day first."""
    both = Booking.objects.filter(request__school=school, activity__provider=provider)
    return both.select_related("activity__provider", "request__school__municipality").order_by("-date", "-pk")


def plans_of(partnership: Partnership, *, year: int) -> QuerySet[Plan]:
    """What is planned from a school year on, in the order of the school year."""
    return partnership.plans.filter(year__gte=year).select_related("activity", "booking__request__school")


def side_in(user: User, school: School, provider: Provider) -> Side | None:
    """For which of the two somebody acts; a contact of the school's bookings with this provider acts for the school."""
    if school.pk in school_ids_of(user):
        return Side.SCHOOL
    if own_providers(user).filter(pk=provider.pk).exists():
        return Side.PROVIDER
    contact = Q(school_contact=user) | Q(request__contact=user)
    return Side.SCHOOL if bookings_between(school, provider).filter(contact).exists() else None
