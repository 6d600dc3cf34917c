"""How a view gets a booking for this person, and for which side: strangers get 404."""

from __future__ import annotations

from collections.abc import Collection
from functools import reduce
from operator import or_
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.http import Http404
from django.shortcuts import get_object_or_404

from techfinder.accounts.models import User
from techfinder.activities.access import moderated_codes
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, BookingQuerySet
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.queries import own_providers
from techfinder.requests.access import is_person

Person = User | AnonymousUser


def with_both_sides() -> BookingQuerySet:
    """Bookings with all that is said of the two sides."""
    found = Booking.objects.select_related(
        "request__school__municipality", "activity__provider__municipality", "session", "series"
    )
    return found.prefetch_related("proposals")


def of_school(user: Person) -> BookingQuerySet:
    """The bookings that this person answers for a school: as its member, through its board, or as the contact."""
    if not is_person(user):
        return Booking.objects.none()
    contact = Q(school_contact=user) | Q(request__contact=user)
    return Booking.objects.filter(contact | Q(request__school__in=school_ids_of(user)))


def of_provider(user: Person) -> BookingQuerySet:
    """The bookings that this person answers for a provider."""
    if not is_person(user):
        return Booking.objects.none()
    return Booking.objects.filter(activity__provider__in=own_providers(user))


def bookings_of(user: Person, side: str = "") -> BookingQuerySet:
    """The bookings in which this person takes part, of one side or of both."""
    if side == Side.SCHOOL:
        return of_school(user)
    if side == Side.PROVIDER:
        return of_provider(user)
    return of_school(user) | of_provider(user) if is_person(user) else Booking.objects.none()


def coordinated_by(user: Person) -> BookingQuerySet:
    """The bookings of schools and of providers in the regions that this person moderates; an administrator's: all."""
    if not is_person(user):
        return Booking.objects.none()
    if user.is_staff:
        return Booking.objects.all()
    return Booking.objects.filter(_within(moderated_codes(user)))


def _within(codes: Collection[str]) -> Q:
    """In these regions: the school, the provider, or the colleague to whom the waiting school was handed over."""
    places = ("request__school__municipality", "activity__provider__municipality", "request__waiting__handed_to")
    return reduce(or_, (Q(**{f"{place}__code__in": sorted(codes)}) for place in places))


def sides_of(user: Person, booking: Booking) -> list[Side]:
    """All sides for which this person may act in a booking."""
    if not is_person(user):
        return []
    return [side for side, holds in _HOLDS.items() if holds(user, booking)]


def side_of(user: Person, booking: Booking) -> Side | None:
    """For whom this person acts: who is of both parties, for the one whose answer is awaited."""
    sides = sides_of(user, booking)
    if booking.turn in sides:
        return Side(booking.turn)
    return sides[0] if sides else None


def booking_for(user: Person, uuid: UUID) -> tuple[Booking, Side]:
    """One booking and this person's side in it, or 404."""
    booking = get_object_or_404(with_both_sides(), uuid=uuid)
    side = side_of(user, booking)
    if side is None:
        raise Http404
    return booking, side


def _is_school(user: User, booking: Booking) -> bool:
    if user.pk in (booking.school_contact_id, booking.request.contact_id):
        return True
    return booking.request.school_id in school_ids_of(user)


def _is_provider(user: User, booking: Booking) -> bool:
    return own_providers(user).filter(pk=booking.activity.provider_id).exists()


def _is_coordinator(user: User, booking: Booking) -> bool:
    if user.is_staff:
        return True
    codes = moderated_codes(user)
    return bool(codes) and Booking.objects.filter(_within(codes), pk=booking.pk).exists()


_HOLDS = {Side.SCHOOL: _is_school, Side.PROVIDER: _is_provider, Side.COORDINATOR: _is_coordinator}
