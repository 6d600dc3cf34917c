"""What time does: reminds, asks the coordinator to help, ends what nobody answered, asks how it was."""

from __future__ import annotations

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection, transaction
from django.db.models import Prefetch, Q
from django.utils import timezone

from techfinder.bookings import clock
from techfinder.bookings.actions import base
from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.actors import CLOCK
from techfinder.bookings.clock import Terms
from techfinder.bookings.machine import SETTLED, WAITING, Next, Side, State, Step
from techfinder.bookings.models import Booking, BookingQuerySet, Proposal, Task
from techfinder.bookings.queries.rules import Rules
from techfinder.bookings.reasons import Expiry
from techfinder.bookings.replies.addresses import KNOWN
from techfinder.celery import once_each
from techfinder.taxonomy.workdays import at, is_day_time

logger = logging.getLogger(__name__)

BATCH = 500
# What the clock and its mails read of a booking.
BESIDE = ("request", "activity", "session", "school_contact", "provider_contact")
CALENDARS = ("request__school__municipality", "request__waiting", "activity__provider")
# An answer to a change and a reminder of the day may fall together, and no more than that.
MOST_AT_ONCE = 3
# A step that is lost with the power is still due afterwards; its mail is of the same transaction, and goes with it.
NO_WAIT_FOR_DISK, WAIT_FOR_DISK = "SET synchronous_commit = off", "RESET synchronous_commit"


def run_due(*, now: dt.datetime | None = None, most: int | None = None) -> Counter[str]:
    """Do what is due of all bookings, in the day time; how often each step was done, "failed" among them.

    Several workers may do so at once: each takes what no other has in hand, a step at a time. Of what is overdue only
    what belongs to today is done. `most`: after so many it leaves the rest to the next run.
    """
    now, done = now or timezone.now(), Counter[str]()
    if not is_day_time(now):
        return done
    with once_each(), _no_wait_for_disk():
        _run(now, most, done)
    return done


@contextmanager
def _no_wait_for_disk() -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(NO_WAIT_FOR_DISK)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(WAIT_FOR_DISK)


def _run(now: dt.datetime, most: int | None, done: Counter[str]) -> None:
    rules = Rules()
    for booking in _due(now):
        if most is not None and done.total() - done["failed"] >= most:
            break
        terms = Terms.of(booking, rules.of(booking.request.school.municipality_id))
        if clock.overdue(booking, terms, now=now) or clock.reschedule(booking, terms, now=now):
            done.update(_try(booking, rules, now))


def _due(now: dt.datetime) -> Iterator[Booking]:
    """The longest overdue first, some at a time; what is left of it is not come by twice."""
    addresses = Prefetch("addresses", to_attr=KNOWN)
    rows = _with_calendars().prefetch_related(addresses).filter(next_step_at__lte=now).order_by("next_step_at", "pk")
    batch = list(rows[:BATCH])
    while batch:
        last = batch[-1].next_step_at, batch[-1].pk
        yield from batch
        later = Q(next_step_at__gt=last[0]) | Q(next_step_at=last[0], pk__gt=last[1])
        batch = list(rows.filter(later)[:BATCH]) if len(batch) == BATCH else []


def _with_calendars() -> BookingQuerySet:
    return Booking.objects.live().select_related(*BESIDE, *CALENDARS)


def _try(seen: Booking, rules: Rules, now: dt.datetime) -> list[str]:
    """One that fails keeps no other waiting; it is tried again the next time."""
    try:
        return _take(seen, rules, now)
    except Exception:
        logger.exception("the clock cannot go on with booking %s", seen.pk)
        return ["failed"]


@transaction.atomic
def _take(seen: Booking, rules: Rules, now: dt.datetime) -> list[str]:
    """What is due of one booking, unless somebody else has it in hand: then it is due the next time."""
    held = Booking.objects.live().select_for_update(skip_locked=True).filter(pk=seen.pk, next_step_at__lte=now)
    booking = held.first()
    if booking is None:
        return []
    _put_beside(booking, seen)
    terms = Terms.of(booking, rules.of(booking.request.school.municipality_id))
    done: list[str] = []
    while booking.is_live and len(done) < MOST_AT_ONCE and (step := clock.overdue(booking, terms, now=now)):
        _DO[step](booking, terms, step, now)
        done.append(step.value)
        terms = terms.after(step)
    if not done and clock.reschedule(booking, terms, now=now):
        booking.save(update_fields=clock.FIELDS)
    return done


def _put_beside(booking: Booking, seen: Booking) -> None:
    """What was read for many at once, where it is of the same rows still."""
    for name in BESIDE:
        if getattr(booking, f"{name}_id") == getattr(seen, f"{name}_id"):
            setattr(booking, name, getattr(seen, name))
    setattr(booking, KNOWN, getattr(seen, KNOWN))


# ---------------------------------------------------------------- the steps


def _remind(booking: Booking, terms: Terms, step: Next, now: dt.datetime) -> None:
    _go_on(booking, terms, step, now, as_step=Step.REMIND)


def _ask_of_elsewhere(booking: Booking, terms: Terms, step: Next, now: dt.datetime) -> None:
    """Twice: the second time is the last."""
    asked = booking.events.filter(action=Step.REMIND, at__gte=booking.elsewhere_at, changed__next_step__0=step)
    _go_on(booking, terms, step, now, as_step=Step.REMIND, is_last=asked.exists())


def _escalate(booking: Booking, terms: Terms, step: Next, now: dt.datetime) -> None:
    open_task(kind=Task.Kind.SILENT, about=booking)
    _go_on(booking, terms, step, now, as_step=Step.ESCALATE)


def _go_on(
    booking: Booking, terms: Terms, step: Next, now: dt.datetime, *, as_step: Step, is_last: bool = False
) -> None:
    """Keep a step that changes neither state nor turn; its event says which one it was (`clock.done_by`)."""
    clock.go_on(booking, terms, done=step, now=now, is_last=is_last)
    changed = {"next_step": [step.value, str(booking.next_step)]}
    base.record(
        booking,
        step=as_step,
        by=CLOCK,
        before=booking.state,
        changed=changed,
        reschedule=False,
        only=clock.FIELDS,
        now=now,
    )


def _expire(booking: Booking, terms: Terms, step: Next, now: dt.datetime) -> None:
    if booking.state in SETTLED:
        _let_lapse(booking, now)
    else:
        _end(booking, State.EXPIRED, Step.EXPIRE, now, reason=_why(booking, now))


def _let_lapse(booking: Booking, now: dt.datetime) -> None:
    """Nobody said anything of the change that was proposed: what was agreed stands."""
    base.close_proposal(booking, Proposal.State.OVERTAKEN)
    booking.turn = ""
    base.record(booking, step=Step.REFUSE_CHANGE, by=CLOCK, before=booking.state, now=now)


def _why(booking: Booking, now: dt.datetime) -> Expiry:
    if booking.state == State.QUEUED:
        return Expiry.NO_PLACE
    if booking.elsewhere_at:
        return Expiry.ELSEWHERE
    return Expiry.DAY_CAME if booking.date and at(booking.date) <= now else Expiry.SILENT


def _settle(booking: Booking, terms: Terms, step: Next, now: dt.datetime) -> None:
    _end(booking, State.UNKNOWN, Step.SETTLE, now)


def _end(booking: Booking, state: State, step: Step, now: dt.datetime, *, reason: str = "") -> None:
    before = booking.state
    base.end(booking, state, CLOCK, reason=reason)
    base.record(booking, step=step, by=CLOCK, before=before, now=now)


_DO: dict[Next, Callable[[Booking, Terms, Next, dt.datetime], None]] = {
    Next.REMIND_FIRST: _remind,
    Next.REMIND_SECOND: _remind,
    Next.ESCALATE: _escalate,
    Next.EXPIRE: _expire,
    Next.QUEUE: _expire,
    Next.ELSEWHERE: _ask_of_elsewhere,
    Next.WEEK_BEFORE: _remind,
    Next.DAY_BEFORE: _remind,
    Next.ASK_AFTER: _remind,
    Next.ASK_AGAIN: _remind,
    Next.SETTLE: _settle,
}


# ------------------------------------------------------- other days, other rules


def reschedule(*, provider_id: int | None = None, now: dt.datetime | None = None) -> int:
    """Set the clocks of the answers that are awaited by the rules and days of now; of one provider, or of all.

    Returns how many are another than they were.
    """
    now, rules = now or timezone.now(), Rules()
    rows = _with_calendars().filter(state__in=WAITING)
    if provider_id is not None:
        rows = rows.filter(activity__provider=provider_id, turn=Side.PROVIDER)
    changed = [
        booking.pk
        for booking in rows.iterator(chunk_size=BATCH)
        if clock.reschedule(booking, Terms.of(booking, rules.of(booking.request.school.municipality_id)), now=now)
    ]
    return sum(_set_anew(pk, rules, now) for pk in changed)


@transaction.atomic
def _set_anew(booking_id: int, rules: Rules, now: dt.datetime) -> bool:
    held = _with_calendars().select_for_update(of=("self",), skip_locked=True)
    booking = held.filter(pk=booking_id, state__in=WAITING).first()
    if booking is None:
        return False
    is_other = clock.reschedule(booking, Terms.of(booking, rules.of(booking.request.school.municipality_id)), now=now)
    if is_other:
        booking.save(update_fields=clock.FIELDS)
    return is_other
