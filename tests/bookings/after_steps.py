"""Bookings that came to an end, as the tests of what comes after need them."""

import datetime as dt

from django.utils import timezone

from techfinder.bookings.machine import Next, Side, State
from techfinder.bookings.models import Booking, Evaluation
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory


def a_booking(*, date=None, state=State.CONFIRMED, request=None, activity=None, **fields):
    """A booking of which the day is settled; `date` is yesterday unless told otherwise."""
    request = request or RequestFactory(status="fulfilled")
    activity = activity or ActivityFactory(provider=ProviderFactory(municipality=request.school.municipality))
    now = timezone.now()
    made = {
        "school_contact": request.contact,
        "school_name": request.contact_name,
        "school_email": request.contact_email,
        "provider_name": "Jan de Monteur",
        "provider_email": activity.provider.email,
        "delivery": "at_school",
        "pupils": request.group_size,
        "answered_at": now,
        **fields,
    }
    booking = Booking.objects.create(
        request=request,
        activity=activity,
        asked_by=Side.SCHOOL,
        turn=Side.PROVIDER,
        date=date or timezone.localdate() - dt.timedelta(days=1),
        next_step=Next.REMIND_FIRST,
        next_step_at=now,
        **made,
    )
    for after in _way(state):
        _move(booking, after, now)
    return booking


def _way(state):
    return {
        State.ASKED: (),
        State.AGREED: (State.AGREED,),
        State.CONFIRMED: (State.AGREED, State.CONFIRMED),
    }.get(state, (State.AGREED, State.CONFIRMED, state))


def _move(booking, state, now):
    booking.state, booking.turn, booking.next_step = state, "", Next.ASK_AFTER
    if state not in (State.AGREED, State.CONFIRMED):
        booking.next_step, booking.next_step_at, booking.ended_at = "", None, now
    booking.save()


def happened(*, told=None, **fields):
    """One that happened; `told` = {side: {"pupils": …}} is what each side told."""
    booking = a_booking(state=State.HAPPENED, **fields)
    for side, said in (told or {}).items():
        Evaluation.objects.create(booking=booking, side=side, outcome="happened", **said)
    return booking


def at_school(school):
    """Somebody who acts for a school."""
    return MembershipFactory(school=school).user


def at_provider(provider):
    return MembershipFactory(provider=provider).user
