"""The mails of a partnership, to everybody who acts for one of its sides."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking, Partnership
from techfinder.bookings.telling.notes import PARTS
from techfinder.bookings.telling.people import MOST, Recipient, mail_to, of_person, people_of, reachable
from techfinder.mail.compose import absolute, parts_of
from techfinder.organisations.models import Membership


def tell(partnership: Partnership, *, template: str, to: Side) -> None:
    """Mail one side what the other did; the caller owns the transaction."""
    context = of_partnership(partnership, template=template, to=to)
    for each in people(partnership, to):
        key, thread = f"{template}:{partnership.pk}:{each.email}", f"partnership-{partnership.uuid}"
        mail_to(each, template, key=key, context=context, thread=thread)


def of_partnership(partnership: Partnership, *, template: str, to: Side) -> dict[str, Any]:
    """What the mail to one side says."""
    school, provider = partnership.school.name, partnership.provider.name
    mine, other = (school, provider) if to == Side.SCHOOL else (provider, school)
    return {
        "mine": mine,
        "other": other,
        "words": partnership.words,
        "parts": parts_of(template, PARTS),
        "button_url": absolute(reverse("bookings:partnership", args=[partnership.uuid])),
    }


def people(partnership: Partnership, side: Side) -> list[Recipient]:
    """Who acts for a side; of a school without members the contact of its last booking with this provider."""
    if side == Side.PROVIDER:
        return people_of(partnership.provider)
    school = partnership.school
    theirs = Q(memberships__school=school)
    if school.board_id:
        theirs |= Q(memberships__board=school.board_id)
    members = User.objects.filter(theirs, is_active=True, memberships__status=Membership.Status.ACTIVE).distinct()
    found = [of_person(user) for user in members.order_by("pk")[:MOST]] or _last_contact(partnership)
    return reachable(found)


def _last_contact(partnership: Partnership) -> list[Recipient]:
    both = Booking.objects.filter(request__school=partnership.school_id, activity__provider=partnership.provider_id)
    last = both.filter(school_contact__is_active=True).select_related("school_contact").order_by("-pk").first()
    return [of_person(last.school_contact)] if last and last.school_contact else []
