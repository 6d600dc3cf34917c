"""Places that a campaign gave: agreed from the start, for nobody was asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from techfinder.activities.models import Activity, Session
from techfinder.bookings.actions import base
from techfinder.bookings.actions.asking import mark, set_people, workable
from techfinder.bookings.actions.contacts import find_contact
from techfinder.bookings.actions.seats import Day
from techfinder.bookings.actions.sheet import prepare
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import LIVE, Side, State, Step
from techfinder.bookings.models import Booking, Series
from techfinder.requests.models import Request

PHONES = ["school_phone", "provider_phone"]


@dataclass(frozen=True, slots=True)
class Given:
    """So many pupils on a day of an activity. Their seats of `session` are taken; None is a day deleted since."""

    activity: Activity
    pupils: int
    date: dt.date
    session: Session | None


@transaction.atomic
def award(*, request_id: int, places: Sequence[Given], by: Actor, words: str) -> list[Booking]:
    """Write down as agreed what a campaign gave to an answered request, in the order of `places`.

    The caller took the seats, and tells both sides; the bookings hold the seats from now on. Of a group in parts they
    are a series. `words`: what it was given in, for the history.
    """
    activities = sorted({place.activity.pk for place in places})
    held = [base.hold_match(request_id=request_id, activity_id=pk) for pk in activities]
    request = base.hold_request(request_id)
    series = Series.objects.create(kind=Series.Kind.SPLIT) if len(places) > 1 else None
    for match in held:
        mark(match, by)
    before = _last_part(request)
    return [_award(request, place, before + number, series, by, words) for number, place in enumerate(places, start=1)]


def _award(request: Request, place: Given, part: int, series: Series | None, by: Actor, words: str) -> Booking:
    booking = Booking(
        request=request,
        activity=place.activity,
        part=part,
        series=series,
        asked_by=Side.COORDINATOR,
        state=State.AGREED,
        delivery=workable(request, place.activity),
        pupils=place.pupils,
        covers=place.pupils,
        seats_held=place.pupils if place.session else 0,
        version=0,
    )
    start, end = (place.session.start, place.session.end) if place.session else (None, None)
    base.set_day(booking, Day(place.date, start, end, place.session))
    set_people(booking, by)
    find_contact(booking)
    base.record(booking, step=Step.AWARD, by=by, before="", words=words)
    prepare(booking=booking, by=by)
    booking.save(update_fields=PHONES)
    return booking


def _last_part(request: Request) -> int:
    """The school may have asked for the same activity, without an answer yet: that question ends by itself."""
    parts = Booking.objects.filter(request=request, state__in=LIVE).values_list("part", flat=True)
    return max(parts, default=0)
