"""What was done once is asked again: next year, for parallel classes, as a row of lessons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from techfinder.accounts.models import User
from techfinder.bookings.actions.asking import Part, ask, ask_parts
from techfinder.bookings.actions.errors import CannotAskError, NoSeatError, Why
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Series
from techfinder.organisations.models import School
from techfinder.requests.actions import post_request
from techfinder.requests.models import Request

COPIED = (
    "title", "levels", "themes", "kinds", "delivery", "audience", "date_note", "minutes", "max_travel_km", "max_cost",
    "goals", "prior_knowledge", "practicalities",
)  # fmt: skip
# Other days around the one that is asked, on which the company can still come.
AROUND = dt.timedelta(days=21)


@transaction.atomic
def ask_again(
    *,
    booking_id: int,
    by: Actor,
    date: dt.date,
    session_id: int | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
    delivery: str = "",
    pupils: int | None = None,
    words: str = "",
) -> Booking:
    """Copy the request of a booking to another day and ask for the same activity at once.

    CannotAskError(ALREADY) when the school asked for the same day already: twice the same answer is one question.
    """
    old = _hold(booking_id)
    _refuse_twice(old, [date])
    request = _copy(old, by, days=[date], pupils=pupils or old.pupils)
    return ask(
        request_id=request.pk,
        activity_id=old.activity_id,
        by=by,
        session_id=session_id,
        date=date,
        start=start,
        end=end,
        delivery=delivery or old.delivery,
        pupils=pupils or old.pupils,
        words=words,
    )


@transaction.atomic
def ask_several(
    *, booking_id: int, by: Actor, kind: Series.Kind, parts: Sequence[Part], all_or_none: bool = False, words: str = ""
) -> list[Booking]:
    """Copy the request of a booking and ask for the same activity several times: classes of one year, or a row.

    Every part has a date. What finds no seat is in the queue of its day; with `all_or_none` NoSeatError instead.
    CannotAskError as `ask_again`.
    """
    old = _hold(booking_id)
    days = [part.date for part in parts if part.date]
    _refuse_twice(old, days)
    # The classes of one year are one group together; a row is one group, more than once.
    together = sum(part.pupils for part in parts) if kind == Series.Kind.CLASSES else max(part.pupils for part in parts)
    # Where it was the last time.
    request = _copy(old, by, days=days, pupils=together, delivery=[old.delivery])
    return ask_in_parts(
        request_id=request.pk,
        activity_id=old.activity_id,
        by=by,
        kind=kind,
        parts=parts,
        all_or_none=all_or_none,
        words=words,
    )


@transaction.atomic
def ask_in_parts(
    *,
    request_id: int,
    activity_id: int,
    by: Actor,
    kind: Series.Kind,
    parts: Sequence[Part],
    all_or_none: bool = False,
    words: str = "",
) -> list[Booking]:
    """Ask for an open request in parts; with `all_or_none` NoSeatError when one of them would be in a queue."""
    # Days with seats are locked in the order of their ids.
    ordered = sorted(parts, key=lambda part: part.session_id or 0)
    asked = ask_parts(request_id=request_id, activity_id=activity_id, by=by, parts=ordered, kind=kind, words=words)
    if all_or_none and any(booking.state == State.QUEUED for booking in asked):
        raise NoSeatError(f"{request_id} - {activity_id}")
    return asked


def _hold(booking_id: int) -> Booking:
    """The old booking, held: who asks twice at the same moment waits here, and is told that it was asked."""
    rows = Booking.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("request__school", "activity").get(pk=booking_id)


def _refuse_twice(old: Booking, days: Sequence[dt.date]) -> None:
    same = Booking.objects.live().filter(request__school=old.request.school_id, activity=old.activity_id)
    if same.filter(date__in=days).exclude(pk=old.pk).exists():
        raise CannotAskError(Why.ALREADY)


def _copy(old: Booking, by: Actor, *, days: Sequence[dt.date], pupils: int, **changed: Any) -> Request:
    asked = {name: getattr(old.request, name) for name in COPIED} | changed
    return new_request(school=old.request.school, contact=contact_of(old, by), fields=asked, days=days, pupils=pupils)


def new_request(
    *, school: School, contact: User, fields: Mapping[str, Any], days: Sequence[dt.date], pupils: int
) -> Request:
    """An open request of a known person for these days, with some days around them."""
    window = {"date_from": min(days), "date_until": max(days) + AROUND}
    return post_request(
        school=school,
        email=contact.email,
        name=contact.name,
        fields={**fields, **window, "group_size": pupils},
        proven=contact,
    )


def contact_of(booking: Booking, by: Actor) -> User:
    """Whose the new request is: of who asks for the school, else of the contact that the old booking had."""
    if by.side == Side.SCHOOL and by.user:
        return by.user
    known = booking.school_contact or booking.request.contact
    email = (by.email if by.side == Side.SCHOOL else "") or booking.school_email
    if known and (not email or known.email == email.lower()):
        return known
    return User.objects.filter(email=email.lower()).first() or User.objects.create_user(email, name=booking.school_name)
