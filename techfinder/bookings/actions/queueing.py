"""The queue of a day with seats: who is next when seats fall free."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Min
from django.utils import timezone

from techfinder.activities.actions import lock_sessions
from techfinder.activities.models import Session
from techfinder.bookings.actions import base, seats
from techfinder.bookings.actions.contacts import find_contact
from techfinder.bookings.actions.covering import fulfil_if_covered
from techfinder.bookings.actions.errors import NoDateError
from techfinder.bookings.actions.sheet import prepare
from techfinder.bookings.actors import CLOCK, Actor
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking
from techfinder.celery import wake

# Looked at by one sweep.
MOST = 200


@transaction.atomic
def promote(*, booking_id: int, version: int, by: Actor) -> Booking:
    """Give somebody of the queue a place by hand: it is agreed at once. NoSeatError when too few are free.

    OvertakenError, NotAllowedError; NoDateError when the day has passed or is no more.
    """
    booking = base.hold(booking_id=booking_id, step=Step.PROMOTE, by=by, version=version, request=True)
    if booking.session is None or booking.session.date < timezone.localdate():
        raise NoDateError(str(booking.date))
    seats.move_to(booking, booking.session)
    booking.state, booking.queued_at = State.AGREED, None
    base.note_answer(booking, by)
    find_contact(booking)
    prepare(booking=booking, by=by)
    base.record(booking, step=Step.PROMOTE, by=by, before=State.QUEUED)
    fulfil_if_covered(booking.request)
    return booking


@transaction.atomic
def promote_next(*, session_id: int) -> int:
    """Ask for those of the queue who fit in what is free, the first of them first; returns how many.

    0 when the provider chooses itself, the day has passed, or its activity is not public.
    """
    queue = Booking.objects.filter(state=State.QUEUED, session=session_id).order_by("queued_at", "id")
    waiting = list(
        queue.select_for_update(of=("self",)).select_related("request__school__municipality", "activity__provider")
    )
    session = lock_sessions(session_ids=[session_id]).get(session_id)
    if session is None or not _promotes(session):
        return 0
    promoted, free = 0, session.free
    for booking in waiting:
        if booking.pupils <= free:
            free -= booking.pupils
            promoted += 1
            _ask_now(booking, session)
    return promoted


def _promotes(session: Session) -> bool:
    """Whether places on this day go to the next by themselves."""
    return session.date >= timezone.localdate() and session.activity.provider.auto_promote


def _ask_now(booking: Booking, session: Session) -> None:
    """It has its seats; the provider's answer is awaited from now on."""
    booking.session = session
    seats.move_to(booking, session)
    booking.state, booking.queued_at = State.ASKED, None
    base.await_answer(booking, Side.PROVIDER)
    base.record(booking, step=Step.PROMOTE, by=CLOCK, before=State.QUEUED)


def wake_queues() -> int:
    """Have the queues looked at of days on which seats fell free and nobody was woken; returns how many."""
    waiting = Booking.objects.filter(state=State.QUEUED, session__date__gte=timezone.localdate())
    free = waiting.filter(activity__provider__auto_promote=True, pupils__lte=F("session__seats") - F("session__taken"))
    days = free.values("session_id").annotate(since=Min("queued_at")).order_by("since")[:MOST]
    for day in days:
        wake("bookings.promote_next", day["session_id"])
    return len(days)
