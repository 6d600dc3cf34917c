"""What came of the day, as both sides and the coordinator tell it."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from techfinder.bookings.actions import base
from techfinder.bookings.actions.covering import covered, fulfil_if_covered, reopen_if_bare
from techfinder.bookings.actions.errors import NotAllowedError
from techfinder.bookings.actions.tasks import finish_tasks, open_task
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, SETTLED, Side, State, Step
from techfinder.bookings.models import Booking, Evaluation, Task
from techfinder.bookings.queries.afterwards import differ

Outcome = Evaluation.Outcome


@transaction.atomic
def report(
    *,
    booking_id: int,
    by: Actor,
    outcome: str,
    again: str = "",
    pupils: int | None = None,
    hours: Decimal | None = None,
    words: str = "",
) -> Evaluation | None:
    """Keep one side's word on what came of the day, from that day on; telling again replaces the own word.

    The first word sets the state. A different one of the other side leaves it, and asks the coordinator, whose word
    decides and is final (None comes back: a coordinator evaluates nothing). NotAllowedError before the day.
    """
    booking = base.hold(booking_id=booking_id, step=Step.REPORT, by=by, request=True)
    if booking.date is None or booking.date > timezone.localdate():
        raise NotAllowedError(booking, Step.REPORT)
    outcome = Outcome(outcome)
    evaluation = None
    if by.side in PARTIES:
        values = {"outcome": outcome, "again": again, "pupils": pupils, "hours": hours, "words": words[:1000]}
        evaluation, _new = Evaluation.objects.update_or_create(booking=booking, side=by.side, defaults=values)
    _set_outcome(booking, by, outcome, words)
    return evaluation


def _set_outcome(booking: Booking, by: Actor, outcome: Outcome, words: str) -> None:
    before, was = booking.state, covered(booking.request_id)
    state = State(_decided(booking, by, outcome))
    if state != before:
        base.end(booking, state, by, words=words)
    base.record(booking, step=Step.REPORT, by=by, before=before, words=words)
    reopen_if_bare(booking.request, was=was)
    fulfil_if_covered(booking.request)


def _decided(booking: Booking, by: Actor, outcome: Outcome) -> str:
    """The state that holds after this word; opens and closes the task of a conflict."""
    if by.side == Side.COORDINATOR:
        finish_tasks(about=booking, kinds=[Task.Kind.CONFLICT], by=by.user)
        return outcome
    if booking.events.filter(action=Step.REPORT, side=Side.COORDINATOR).exists():
        return booking.state
    if differ(booking):
        open_task(kind=Task.Kind.CONFLICT, about=booking)
        return booking.state if booking.state not in (*SETTLED, State.UNKNOWN) else outcome
    finish_tasks(about=booking, kinds=[Task.Kind.CONFLICT], by=by.user)
    return outcome
