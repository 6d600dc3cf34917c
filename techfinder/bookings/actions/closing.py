"""Questions to which nobody needs an answer any more, because the request was answered or taken back."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext

from techfinder.bookings.actions import base
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import WAITING, Side, State, Step
from techfinder.bookings.models import Booking, BookingQuerySet
from techfinder.bookings.reasons import SchoolDecline
from techfinder.requests.models import Request

# Looked at by one sweep.
MOST = 200


def close_idle() -> int:
    """Take back, or decline, what is still asked for requests that are no longer open; returns how many.

    Each in a transaction of its own. Who waits for an answer, and who still has to give one, is told.
    """
    ids = list(idle().order_by("pk").values_list("pk", flat=True)[:MOST])
    return sum(_close(pk) for pk in ids)


def idle() -> BookingQuerySet:
    """Waiting bookings of which the request needs none: not the classes or parts beside one that is agreed."""
    beside = Booking.objects.seated().filter(series=OuterRef("series"))
    answered = Q(request__status=Request.Status.FULFILLED) & ~Exists(beside)
    return Booking.objects.filter(
        answered | Q(request__status=Request.Status.WITHDRAWN), state__in=(State.QUEUED, *WAITING)
    )


@transaction.atomic
def _close(booking_id: int) -> bool:
    rows = Booking.objects.select_for_update(of=("self",), skip_locked=True)
    booking = rows.select_related("activity__provider", "session").filter(pk=booking_id).first()
    if booking is None:
        return False
    booking.request = base.hold_request(booking.request_id)
    if not idle().filter(pk=booking_id).exists():
        return False
    before, school = booking.state, Actor(Side.SCHOOL)
    words = gettext("The request was answered meanwhile, or the school took it back.")
    state, step, reason = State.WITHDRAWN, Step.WITHDRAW, ""
    if booking.turn == Side.SCHOOL:
        state, step, reason = State.DECLINED, Step.DECLINE, SchoolDecline.FOUND
    base.end(booking, state, school, reason=reason, words=words)
    base.record(booking, step=step, by=school, before=before, words=words)
    return True
