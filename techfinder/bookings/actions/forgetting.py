"""A person who deletes her account leaves no name, address or telephone number behind in bookings."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.db.models import Q

from techfinder.accounts.models import User
from techfinder.bookings.actions.contacts import step_out
from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models import (
    Booking,
    BookingEvent,
    BookingQuerySet,
    CalendarFeed,
    Message,
    TakeOverCode,
    TermSurvey,
)


@transaction.atomic
def forget_person(*, user: User) -> None:
    """What runs goes on with a colleague; everywhere else the person is blanked. What was agreed and said stays."""
    hers = {side: list(_of(side, user).values_list("pk", flat=True)) for side in PARTIES}
    _forget_by_link(hers, user)
    step_out(user=user)
    for side, ids in hers.items():
        _blank_names(side, ids)
        blank = {f"{side}_{what}": "" for what in ("name", "email", "phone")}
        _of(side, user).update(**blank, **{f"{side}_contact": None})
    BookingEvent.objects.filter(actor=user).update(actor=None, actor_name="")
    Message.objects.filter(author=user).update(author=None, author_name="")
    TakeOverCode.objects.filter(email__iexact=user.email).delete()
    _forget_surveys(user.email)
    CalendarFeed.objects.filter(email=user.email.lower()).delete()


def _of(side: str, user: User) -> BookingQuerySet:
    return Booking.objects.filter(Q(**{f"{side}_contact": user}) | Q(**{f"{side}_email__iexact": user.email}))


def _forget_by_link(bookings: Mapping[Side, list[int]], user: User) -> None:
    """Who followed a link acted without an account, under the name of the contact."""
    for side, ids in bookings.items():
        names = {user.name, user.email, *_of(side, user).values_list(f"{side}_name", flat=True)} - {""}
        steps = BookingEvent.objects.filter(booking__in=ids, side=side, actor=None, actor_name__in=names)
        steps.update(actor_name="")


def _forget_surveys(email: str) -> None:
    hers = TermSurvey.objects.filter(email__iexact=email)
    hers.filter(answered_at=None).delete()
    for pk in hers.values_list("pk", flat=True):
        TermSurvey.objects.filter(pk=pk).update(email=f"{pk}@deleted.invalid")


def _blank_names(side: str, booking_ids: list[int]) -> None:
    """Steps tell what they changed, names and telephone numbers too."""
    names = [f"{side}_name", f"{side}_phone"]
    for event in BookingEvent.objects.filter(booking__in=booking_ids, changed__has_any_keys=names):
        changed = {name: value for name, value in event.changed.items() if name not in names}
        BookingEvent.objects.filter(pk=event.pk).update(changed=changed)
