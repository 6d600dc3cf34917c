"""Whether somebody works for a side of a booking, by their e-mail address."""

from __future__ import annotations

from django.db.models import Q

from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking
from techfinder.organisations.domains import PUBLIC, mail_domain, vouches
from techfinder.organisations.models import Membership


def belongs(booking: Booking, side: str, email: str) -> bool:
    """The contact, a member of the organisation or its board, or an address at its domain or that of the contact.

    A domain where anybody can have a mailbox says nothing.
    """
    known = [booking.contact(side)[1]]
    if email.lower() == known[0].lower():
        return True
    if side == Side.PROVIDER:
        known.append(booking.activity.provider.email)
    if any(_same_domain(email, each) for each in known):
        return True
    return vouches(email, _website(booking, side)) or _is_member(booking, side, email)


def _same_domain(email: str, other: str) -> bool:
    domain = mail_domain(email)
    return "." in domain and domain not in PUBLIC and domain == mail_domain(other)


def _website(booking: Booking, side: str) -> str:
    return booking.activity.provider.website if side == Side.PROVIDER else booking.request.school.website


def _is_member(booking: Booking, side: str, email: str) -> bool:
    school = booking.request.school
    of = Q(provider=booking.activity.provider_id)
    if side == Side.SCHOOL:
        of = Q(school=school) | Q(board__isnull=False, board=school.board_id)
    active = Membership.objects.filter(status=Membership.Status.ACTIVE, user__is_active=True)
    return active.filter(of, user__email=email.lower()).exists()
