"""Asking: a school of an activity, a provider of a request, or a coordinator for the school."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings.actions import base, seats
from techfinder.bookings.actions.errors import CannotAskError, NoDateError, NoSeatError, Why
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.machine import PARTIES, Side, State, Step, asked_of
from techfinder.bookings.models import Booking, Series
from techfinder.celery import wake
from techfinder.matches import actions as matches
from techfinder.matches.models import Match
from techfinder.organisations.queries import members_of
from techfinder.requests.actions import forget_wanted
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery

# Looked at by one sweep.
MOST = 200


@transaction.atomic
def ask(
    *,
    request_id: int,
    activity_id: int,
    by: Actor,
    session_id: int | None = None,
    date: dt.date | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
    delivery: str = "",
    pupils: int | None = None,
    words: str = "",
    part: int = 1,
    series_id: int | None = None,
) -> Booking:
    """Ask for an activity, or offer it; the other side's answer is awaited from then on.

    On a day with seats these are held, so many as there are pupils (all of the request when not given); when too few
    are free, a school is in the queue of that day. `part` tells the parallel classes of one request apart.
    CannotAskError says why not; NoSeatError when a provider offers a day that is full.
    """
    match = base.hold_match(request_id=request_id, activity_id=activity_id)
    request = base.hold_request(request_id)
    activity = Activity.objects.public().select_related("provider").filter(pk=activity_id).first()
    _check(request, activity, by, part)
    assert activity is not None  # checked
    day = _day(activity, by, session_id=session_id, date=date, start=start, end=end)
    pupils = pupils or request.group_size
    _check_size(activity, day, pupils)
    booking = Booking(
        request=request,
        activity=activity,
        part=part,
        series_id=series_id,
        asked_by=by.side,
        delivery=delivery if delivery in Delivery.values else workable(request, activity),
        pupils=pupils,
        covers=pupils,
        words=words[:2000],
    )
    set_people(booking, by)
    _place(booking, day)
    step = Step.QUEUE if booking.state == State.QUEUED else Step.ASK
    booking.version = 0
    base.record(booking, step=step, by=by, before="", words=words)
    mark(match, by)
    return booking


def _check(request: Request, activity: Activity | None, by: Actor, part: int) -> None:
    if request.status != Request.Status.OPEN:
        raise CannotAskError(Why.CLOSED)
    if activity is None:
        raise CannotAskError(Why.GONE)
    earlier = Booking.objects.filter(request=request, activity=activity)
    if earlier.live().filter(part=part).exists():
        raise CannotAskError(Why.ALREADY)
    refused = earlier.filter(state=State.DECLINED).exclude(ended_by=by.side)
    if by.side != Side.COORDINATOR and refused.exists():
        raise CannotAskError(Why.DECLINED)


def _day(
    activity: Activity,
    by: Actor,
    *,
    session_id: int | None,
    date: dt.date | None,
    start: dt.time | None,
    end: dt.time | None,
) -> seats.Day | None:
    if session_id and not activity.sessions.filter(pk=session_id).exists():
        raise CannotAskError(Why.NO_SESSION)
    try:
        day = seats.day_of(activity, session_id=session_id, date=date, start=start, end=end)
    except NoDateError:
        raise CannotAskError(Why.PAST) from None
    ahead = dt.timedelta(days=activity.lead_days if by.side == Side.SCHOOL else 0)
    if day and day.date < timezone.localdate() + ahead:
        raise CannotAskError(Why.PAST)
    return day


def _check_size(activity: Activity, day: seats.Day | None, pupils: int) -> None:
    """A group that can be split has no maximum, but on one day no more than its seats."""
    limit = None if activity.splittable else activity.group_max
    if day and day.session:
        limit = min(limit or day.session.seats, day.session.seats)
    if limit is not None and pupils > limit:
        raise CannotAskError(Why.TOO_MANY)


def workable(request: Request, activity: Activity) -> str:
    """Where it can be: what both want, the first that the activity names."""
    wanted = [each for each in activity.delivery if not request.delivery or each in request.delivery]
    return (wanted or activity.delivery or [Delivery.AT_SCHOOL])[0]


def set_people(booking: Booking, by: Actor) -> None:
    """Name the contacts as far as they are known; who acts for a party is its own."""
    request = booking.request
    booking.school_contact = request.contact
    booking.school_name, booking.school_email = request.contact_name, request.contact_email
    if by.side in PARTIES and by.email:
        base.become_contact(booking, by.side, by)
    if not booking.provider_email and (only := _only_member(booking.activity)):
        base.become_contact(booking, Side.PROVIDER, person(only, Side.PROVIDER))


def _only_member(activity: Activity) -> User | None:
    """Who alone acts for the provider: the mail goes to nobody else, and who answers by its link is known."""
    members = list(members_of(activity.provider)[:2])
    return members[0] if len(members) == 1 else None


def _place(booking: Booking, day: seats.Day | None) -> None:
    """Asked, or in the queue of the day when it has too few seats."""
    booking.state = State.ASKED
    booking.turn = asked_of(booking.asked_by)
    if day is None:
        return
    base.set_day(booking, day)
    if day.session is None:
        return
    if seats.is_free(day.session, booking.pupils):
        seats.move({day.session.pk: booking.pupils})
        booking.seats_held = booking.pupils
    elif booking.asked_by == Side.PROVIDER:
        raise NoSeatError(str(day.session.pk))
    else:
        booking.state, booking.turn, booking.queued_at = State.QUEUED, "", timezone.now()


def mark(match: Match | None, by: Actor) -> None:
    """Keep at the match of the pair, if there is one, that this side asked for it."""
    if match is None:
        return
    if by.side == Side.PROVIDER:
        matches.offer(match_id=match.pk)
    else:
        matches.ask(match_id=match.pk)


# ------------------------------------------------------------------- in parts


@dataclass(frozen=True)
class Part:
    """So many pupils of a group, on a day of the activity or on any."""

    pupils: int
    session_id: int | None = None
    date: dt.date | None = None
    start: dt.time | None = None
    end: dt.time | None = None


@transaction.atomic
def ask_parts(
    *,
    request_id: int,
    activity_id: int,
    by: Actor,
    parts: Sequence[Part],
    kind: str = Series.Kind.SPLIT,
    words: str = "",
) -> list[Booking]:
    """Ask for a group in parts (or for parallel classes, a row of lessons): all of them, or none.

    Raises what `ask` raises for the first part that cannot be asked.
    """
    series = Series.objects.create(kind=kind)
    return [
        ask(
            request_id=request_id,
            activity_id=activity_id,
            by=by,
            session_id=each.session_id,
            date=each.date,
            start=each.start,
            end=each.end,
            pupils=each.pupils,
            words=words,
            part=number,
            series_id=series.pk,
        )
        for number, each in enumerate(parts, start=1)
    ]


# ------------------------------------------- what a request was written for


@transaction.atomic
def ask_wanted(*, request_id: int) -> Booking | None:
    """Ask for the activity that a request was written for, once it is open; a second time changes nothing.

    None when there is nothing to ask, or it cannot be asked: its matches are before the school then.
    """
    slug = Request.objects.filter(pk=request_id, status=Request.Status.OPEN).values_list("wanted", flat=True).first()
    if not slug:
        return None
    activity_id = Activity.objects.filter(slug=slug).values_list("pk", flat=True).first()
    booking = _ask_quietly(request_id, activity_id) if activity_id else None
    forget_wanted(request_id=request_id)
    return booking


def _ask_quietly(request_id: int, activity_id: int) -> Booking | None:
    contact = User.objects.filter(requests=request_id).first()
    by = person(contact, Side.SCHOOL) if contact else Actor(Side.SCHOOL)
    try:
        with transaction.atomic():
            return ask(request_id=request_id, activity_id=activity_id, by=by)
    except CannotAskError:
        return None


def wake_wanted() -> int:
    """Ask for what requests were written for and nobody was woken of; returns how many."""
    left = Request.objects.open().exclude(wanted="").order_by("pk").values_list("pk", flat=True)[:MOST]
    for request_id in left:
        wake("bookings.ask_wanted", request_id)
    return len(left)
