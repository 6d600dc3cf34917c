"""Changes of what was agreed: details at once, another day as a proposal, confirming, calling off, taking over."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.bookings.actions import base, seats
from techfinder.bookings.actions.answering import day_words, difference, keep_proposal
from techfinder.bookings.actions.covering import covered, fulfil_if_covered, reopen_if_bare
from techfinder.bookings.actions.errors import BadChangeError, NoDateError, NotAllowedError
from techfinder.bookings.actions.tasks import finish_tasks, open_task
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, Side, State, Step, other
from techfinder.bookings.models import Booking, DaySheet, Proposal, Task
from techfinder.bookings.reasons import CANCEL_REASONS, checked
from techfinder.bookings.telling.former import tell_former
from techfinder.bookings.telling.people import contact_of
from techfinder.taxonomy.workdays import Workdays

# Cancelled with so many working days to go, or fewer, is late.
LATE_DAYS = 5
COMMON = frozenset({"start", "end", "pupils", "adults"})
OWN = {side: frozenset({f"{side}_name", f"{side}_phone"}) for side in PARTIES}
SHEET = frozenset(field.name for field in DaySheet._meta.concrete_fields) - {"id", "booking"}


@transaction.atomic
def change(*, booking_id: int, version: int, by: Actor, fields: Mapping[str, Any]) -> Booking:
    """Change details at once: times, numbers, the name and telephone of the own side, and fields of the day sheet.

    The event keeps what changed; nothing changed leaves the booking as it is. More pupils need seats: NoSeatError.
    BadChangeError for an end before its beginning or a group of nobody; NotAllowedError for a field of the other side.
    """
    booking = base.hold(booking_id=booking_id, step=Step.CHANGE, by=by, version=version, request="pupils" in fields)
    _check_fields(booking, by, fields)
    was = covered(booking.request_id)
    changed = _change_booking(booking, fields) | _change_sheet(booking, fields)
    if changed:
        booking.sequence += 1
        base.record(booking, step=Step.CHANGE, by=by, before=booking.state, changed=changed, reschedule=False)
    if "pupils" in changed:
        reopen_if_bare(booking.request, was=was)
        fulfil_if_covered(booking.request)
    return booking


def _check_fields(booking: Booking, by: Actor, fields: Mapping[str, Any]) -> None:
    own = OWN[by.side] if by.side in PARTIES else frozenset().union(*OWN.values())
    if fields.keys() - COMMON - SHEET - own:
        raise NotAllowedError(booking, Step.CHANGE)


def _change_booking(booking: Booking, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    wanted = {name: value for name, value in fields.items() if name not in SHEET}
    was = {name: getattr(booking, name) for name in wanted}
    if wanted.get("pupils", booking.pupils) != booking.pupils:
        _change_pupils(booking, wanted["pupils"])
    for name, value in wanted.items():
        setattr(booking, name, value)
    if booking.start and booking.end and booking.end <= booking.start:
        raise BadChangeError("ends before it begins")
    return difference(was, wanted)


def _change_pupils(booking: Booking, pupils: int | None) -> None:
    """Take the seats of those who come too, here and on a day that is proposed; give back those of who does not."""
    if not pupils or pupils < 1:
        raise BadChangeError("nobody comes")
    proposal = base.open_proposal(booking)
    rows: list[Booking | Proposal] = [booking, proposal] if proposal else [booking]
    more: Counter[int] = Counter()
    for row in rows:
        if row.session_id and row.seats_held:
            more[row.session_id] += pupils - row.seats_held
            row.seats_held = pupils
    seats.move(more)
    booking.pupils = pupils
    if proposal:
        proposal.save(update_fields=["seats_held"])


def _change_sheet(booking: Booking, fields: Mapping[str, Any]) -> dict[str, list[Any]]:
    wanted = {name: value for name, value in fields.items() if name in SHEET}
    if not wanted:
        return {}
    sheet = DaySheet.objects.filter(booking=booking).first() or DaySheet(booking=booking)
    changed = difference({name: getattr(sheet, name) for name in wanted}, wanted)
    if changed:
        for name, value in wanted.items():
            setattr(sheet, name, value)
        sheet.save()
    return changed


@transaction.atomic
def propose_change(
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
    """Propose another day for what was agreed: that stands until the other side says yes. Its seats are held beside.

    OvertakenError, NotAllowedError, NoDateError, NoSeatError.
    """
    booking = base.hold(booking_id=booking_id, step=Step.PROPOSE_CHANGE, by=by, version=version)
    day = seats.day_of(booking.activity, session_id=session_id, date=date, start=start, end=end)
    if day is None or _is_over(booking):
        raise NoDateError(str(booking.date))
    party = base.party_of(booking, by)
    base.close_proposal(booking, Proposal.State.OVERTAKEN)
    held = booking.pupils if day.session else 0
    if day.session:
        seats.move({day.session.pk: held})
    keep_proposal(booking, party, day, words, held=held)
    base.await_answer(booking, other(party))
    changed = difference(day_words(booking), day_words(day))
    base.record(booking, step=Step.PROPOSE_CHANGE, by=by, before=booking.state, words=words, changed=changed)
    return booking


def _is_over(booking: Booking) -> bool:
    return booking.date is not None and booking.date < timezone.localdate()


@transaction.atomic
def refuse_change(*, booking_id: int, version: int, by: Actor, words: str = "") -> Booking:
    """Say no to another day: what was agreed stands. OvertakenError, NotAllowedError."""
    booking = base.hold(booking_id=booking_id, step=Step.REFUSE_CHANGE, by=by, version=version)
    if not booking.turn:
        raise NotAllowedError(booking, Step.REFUSE_CHANGE)
    base.close_proposal(booking, Proposal.State.REFUSED)
    base.await_nobody(booking)
    base.record(booking, step=Step.REFUSE_CHANGE, by=by, before=booking.state, words=words)
    return booking


@transaction.atomic
def confirm(*, booking_id: int, version: int, by: Actor) -> Booking:
    """Confirm the day; once both sides have (a coordinator does for both) it is CONFIRMED. Twice changes nothing."""
    booking = base.hold(booking_id=booking_id, step=Step.CONFIRM, by=by, version=version)
    if _is_over(booking):
        raise NotAllowedError(booking, Step.CONFIRM)
    before, now = booking.state, timezone.now()
    open_sides = [side for side in _sides(by) if getattr(booking, f"{side}_confirmed_at") is None]
    if not open_sides:
        return booking
    for side in open_sides:
        setattr(booking, f"{side}_confirmed_at", now)
    if booking.school_confirmed_at and booking.provider_confirmed_at:
        booking.state = State.CONFIRMED
    base.record(booking, step=Step.CONFIRM, by=by, before=before, reschedule=False)
    return booking


def _sides(by: Actor) -> tuple[Side, ...]:
    return (by.side,) if by.side in PARTIES else PARTIES


@transaction.atomic
def cancel(*, booking_id: int, version: int, by: Actor, reason: str, words: str = "") -> Booking:
    """Call off what was agreed, with a reason of `reasons.CANCEL_REASONS`; late asks the coordinator to look.

    Its seats go to the queue, and its request opens again. A day that has passed is reported, not cancelled:
    NotAllowedError. OvertakenError; ValueError for a reason that this side does not have.
    """
    booking = base.hold(booking_id=booking_id, step=Step.CANCEL, by=by, version=version, request=True)
    if _is_over(booking):
        raise NotAllowedError(booking, Step.CANCEL)
    before, was, late = booking.state, covered(booking.request_id), is_late(booking)
    booking.sequence += 1
    state = State.CANCELLED_LATE if late else State.CANCELLED_EARLY
    why = checked(CANCEL_REASONS, side=by.side, reason=reason)
    base.end(booking, state, by, reason=why, words=words)
    booking.save()
    # Before it is told: the school reads what else fits a request that is open again.
    reopen_if_bare(booking.request, was=was)
    base.record(booking, step=Step.CANCEL, by=by, before=before, words=words)
    if late:
        open_task(kind=Task.Kind.CANCELLED_LATE, about=booking, note=words)
    return booking


def is_late(booking: Booking) -> bool:
    """Whether cancelling today would be late: five working days to go, or fewer."""
    assert booking.date is not None  # what is agreed has one
    days = Workdays(booking.request.school.holiday_region)
    return days.between(timezone.localdate(), booking.date) <= LATE_DAYS


@transaction.atomic
def take_over(*, booking_id: int, side: str, by: Actor) -> Booking:
    """Make who acts the contact of a side. Links and the clock go on; a second time changes nothing."""
    booking = base.hold(booking_id=booking_id, step=Step.TAKE_OVER, by=by)
    if side not in PARTIES or (by.side in PARTIES and by.side != side):
        raise NotAllowedError(booking, Step.TAKE_OVER)
    same = (getattr(booking, f"{side}_contact"), getattr(booking, f"{side}_email")) == (by.user, by.email.lower())
    if not same:
        former = contact_of(booking, side)
        base.become_contact(booking, side, by)
        setattr(booking, f"{side}_phone", "")
        event = base.record(booking, step=Step.TAKE_OVER, by=by, before=booking.state, reschedule=False)
        tell_former(booking, event, side, former)
        if all(booking.contact(each)[1] for each in PARTIES):
            finish_tasks(about=booking, kinds=[Task.Kind.CONTACT_GONE], by=by.user)
    return booking
