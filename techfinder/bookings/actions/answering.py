"""Answers to what was asked or proposed: yes, another date, no, never mind, or "I answered another way"."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.bookings.actions import base, seats
from techfinder.bookings.actions.contacts import find_contact
from techfinder.bookings.actions.covering import fulfil_if_covered
from techfinder.bookings.actions.errors import NoDateError
from techfinder.bookings.actions.sheet import prepare
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, SETTLED, Side, State, Step, other
from techfinder.bookings.models import Booking, Proposal
from techfinder.bookings.reasons import DECLINE_REASONS, checked


@transaction.atomic
def accept(
    *,
    booking_id: int,
    version: int,
    by: Actor,
    date: dt.date | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
    session_id: int | None = None,
) -> Booking:
    """Say yes to the question, to the date that was proposed, or to a change of what was agreed.

    When no date was named yet one must be given. A provider, or a coordinator, settles a day in the window of the
    request (or of its sessions) with it; any other date than the one asked for is a proposal, and what comes back is
    PROPOSED. OvertakenError, NotAllowedError, NoDateError, NoSeatError.
    """
    booking = base.hold(booking_id=booking_id, step=Step.ACCEPT, by=by, version=version, request=True)
    if booking.state in SETTLED:
        return _accept_change(booking, by)
    day = seats.day_of(booking.activity, session_id=session_id, date=date, start=start, end=end)
    if day and _is_proposal(booking, day, by):
        return _propose(booking, by, day, "")
    return _agree(booking, by, day or _own_day(booking))


def _own_day(booking: Booking) -> seats.Day:
    if booking.date is None or booking.date < timezone.localdate():
        raise NoDateError(str(booking.date))
    return seats.Day(booking.date, booking.start, booking.end, booking.session)


def _is_proposal(booking: Booking, day: seats.Day, by: Actor) -> bool:
    """Whether the other side must say yes to this day first."""
    if by.side == Side.COORDINATOR:
        return False
    if booking.date is None:
        window = booking.request.date_from <= day.date <= booking.request.date_until
        return not (window if by.side == Side.PROVIDER else day.session)
    moved = booking.start is not None and day.start is not None and booking.start != day.start
    return day.date != booking.date or moved or (day.session or booking.session) != booking.session


def _agree(booking: Booking, by: Actor, day: seats.Day) -> Booking:
    before, was, day = booking.state, day_words(booking), _completed(booking, day)
    seats.move_to(booking, day.session)
    base.set_day(booking, day)
    base.close_proposal(booking, Proposal.State.ACCEPTED)
    base.note_answer(booking, by)
    base.await_nobody(booking)
    booking.state = State.AGREED
    find_contact(booking)
    prepare(booking=booking, by=by)
    base.record(booking, step=Step.ACCEPT, by=by, before=before, changed=difference(was, day_words(booking)))
    fulfil_if_covered(booking.request)
    return booking


def _completed(booking: Booking, day: seats.Day) -> seats.Day:
    """Times and seats of the same day that were not named again stay."""
    if day.date != booking.date:
        return day
    return seats.Day(day.date, day.start or booking.start, day.end or booking.end, day.session or booking.session)


def _accept_change(booking: Booking, by: Actor) -> Booking:
    """The day that was agreed becomes the one proposed: it is to be confirmed anew."""
    proposal = base.open_proposal(booking)
    if proposal is None or proposal.date < timezone.localdate():
        raise NoDateError(str(proposal))
    before, was = booking.state, day_words(booking)
    held, proposal.seats_held, proposal.state = proposal.seats_held, 0, Proposal.State.ACCEPTED
    proposal.save(update_fields=["state", "seats_held"])
    seats.move_to(booking, proposal.session, held_there=held)
    base.set_day(booking, seats.Day(proposal.date, proposal.start, proposal.end, proposal.session))
    base.await_nobody(booking)
    booking.state, booking.sequence = State.AGREED, booking.sequence + 1
    booking.school_confirmed_at = booking.provider_confirmed_at = None
    base.record(booking, step=Step.ACCEPT, by=by, before=before, changed=difference(was, day_words(booking)))
    return booking


@transaction.atomic
def propose(
    *,
    booking_id: int,
    version: int,
    by: Actor,
    date: dt.date | None = None,
    start: dt.time | None = None,
    end: dt.time | None = None,
    session_id: int | None = None,
    words: str = "",
) -> Booking:
    """Name another date; the other side's answer is awaited. What was held of a day with seats is held of the new one.

    OvertakenError, NotAllowedError, NoDateError, NoSeatError.
    """
    booking = base.hold(booking_id=booking_id, step=Step.PROPOSE, by=by, version=version)
    day = seats.day_of(booking.activity, session_id=session_id, date=date, start=start, end=end)
    if day is None:
        raise NoDateError("none given")
    return _propose(booking, by, day, words)


def _propose(booking: Booking, by: Actor, day: seats.Day, words: str) -> Booking:
    before, was, party = booking.state, day_words(booking), base.party_of(booking, by)
    base.close_proposal(booking, Proposal.State.OVERTAKEN)
    seats.move_to(booking, day.session)
    base.set_day(booking, day)
    keep_proposal(booking, party, day, words)
    base.note_answer(booking, by)
    base.await_answer(booking, other(party))
    booking.state = State.PROPOSED
    changed = difference(was, day_words(booking))
    base.record(booking, step=Step.PROPOSE, by=by, before=before, words=words, changed=changed)
    return booking


def keep_proposal(booking: Booking, party: Side, day: seats.Day, words: str, *, held: int = 0) -> Proposal:
    return Proposal.objects.create(
        booking=booking,
        by=party,
        session=day.session,
        seats_held=held,
        date=day.date,
        start=day.start,
        end=day.end,
        words=words[:500],
    )


def day_words(of: Booking | seats.Day) -> dict[str, Any]:
    return {"date": of.date, "start": of.start, "end": of.end}


def difference(was: dict[str, Any], now: dict[str, Any]) -> dict[str, list[Any]]:
    """What changed, as an event keeps it: {field: [old, new]}."""
    return {name: [_plain(was[name]), _plain(now[name])] for name in now if was[name] != now[name]}


def _plain(value: Any) -> Any:
    """As JSON has it: 2027-03-12, 09:30."""
    if isinstance(value, dt.time):
        return value.isoformat("minutes")
    return value.isoformat() if isinstance(value, dt.date) else value


@transaction.atomic
def decline(*, booking_id: int, version: int, by: Actor, reason: str, words: str = "") -> Booking:
    """Say no, with a reason of `reasons.DECLINE_REASONS`: the pair never comes back.

    OvertakenError, NotAllowedError; ValueError for a reason that this side does not have.
    """
    match = base.hold_match_of(booking_id)
    booking = base.hold(booking_id=booking_id, step=Step.DECLINE, by=by, version=version)
    before, party = booking.state, Side(booking.turn or Side.PROVIDER)
    base.note_answer(booking, by)
    why = checked(DECLINE_REASONS, side=by.side, reason=reason)
    base.end(booking, State.DECLINED, by, reason=why, words=words)
    base.record(booking, step=Step.DECLINE, by=by, before=before, words=words)
    base.settle_pair(match, party)
    return booking


@transaction.atomic
def withdraw(*, booking_id: int, version: int, by: Actor, words: str = "") -> Booking:
    """Take a question or an offer back before it was answered. OvertakenError, NotAllowedError."""
    booking = base.hold(booking_id=booking_id, step=Step.WITHDRAW, by=by, version=version)
    before = booking.state
    base.end(booking, State.WITHDRAWN, by, words=words)
    base.record(booking, step=Step.WITHDRAW, by=by, before=before, words=words)
    return booking


@transaction.atomic
def elsewhere(*, booking_id: int, version: int, by: Actor, words: str = "") -> Booking:
    """Say that the answer was given another way: the clock waits until somebody tells what it was.

    Said twice changes nothing. OvertakenError, NotAllowedError.
    """
    booking = base.hold(booking_id=booking_id, step=Step.ELSEWHERE, by=by, version=version)
    if booking.elsewhere_at:
        return booking
    booking.elsewhere_by, booking.elsewhere_at = by.side, timezone.now()
    if by.side in PARTIES:
        base.note_answer(booking, by)
    base.record(booking, step=Step.ELSEWHERE, by=by, before=booking.state, words=words)
    return booking
