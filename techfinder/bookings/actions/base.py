"""What every step does: hold the booking, see that nobody was first, write what changed, keep it, tell it.

Rows are locked in one order, so that nobody waits in a ring: the match, the booking, its request, activities, days
(`activities.actions.lock_sessions`). Asking holds the request before there is a booking.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils import timezone

from techfinder.bookings import clock
from techfinder.bookings.actions import seats
from techfinder.bookings.actions.errors import NotAllowedError, OvertakenError
from techfinder.bookings.actions.tasks import finish_tasks
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, Side, State, Step, asked_of, may, overtaking
from techfinder.bookings.models import Booking, BookingEvent, Proposal, Task
from techfinder.bookings.telling import tell
from techfinder.matches import actions as matches
from techfinder.matches.models import Match
from techfinder.requests.models import Request

# Nobody need call any more about an answer that did not come.
ANSWERS = frozenset({Step.ACCEPT, Step.PROPOSE, Step.DECLINE, Step.WITHDRAW, Step.ELSEWHERE})


def hold_match(*, request_id: int, activity_id: int) -> Match | None:
    """The match of a pair, held; before the booking, as matching holds it before the two of the pair."""
    pair = Match.objects.filter(request=request_id, activity=activity_id)
    return pair.select_for_update(of=("self",)).first()


def hold_match_of(booking_id: int) -> Match | None:
    """The match of a booking's pair, held."""
    pair = Booking.objects.values("request_id", "activity_id").get(pk=booking_id)
    return hold_match(**pair)


def hold_request(request_id: int) -> Request:
    """The request, held; matching may still write rows that point at it."""
    rows = Request.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("school__municipality", "contact").get(pk=request_id)


def hold(*, booking_id: int, step: Step, by: Actor, version: int | None = None, request: bool = False) -> Booking:
    """The booking, held for a step that this side may take; with `request` its request too.

    OvertakenError when another step came first that this one cannot be taken after, NotAllowedError when the machine
    has no such step.
    """
    rows = Booking.objects.select_for_update(of=("self",))
    booking = rows.select_related("request__school__municipality", "activity__provider", "session").get(pk=booking_id)
    allowed = may(step, state=booking.state, turn=booking.turn, side=by.side)
    if version is not None and is_overtaken(booking, version, step, allowed=allowed):
        raise OvertakenError(booking)
    if not allowed:
        raise NotAllowedError(booking, step)
    if request:
        booking.request = hold_request(booking.request_id)
    return booking


def is_overtaken(booking: Booking, version: int, step: Step, *, allowed: bool) -> bool:
    """Whether something happened after what the person saw, by which this step is no longer the one meant."""
    if version == booking.version:
        return False
    since = booking.events.filter(version__gt=version, action__in=overtaking(step))
    return not allowed or since.exists()


def party_of(booking: Booking, by: Actor) -> Side:
    """The party for whom somebody acts: a coordinator for the one whose answer is awaited, else for the school."""
    return by.side if by.side in PARTIES else Side(booking.turn or Side.SCHOOL)


def await_answer(booking: Booking, side: Side) -> None:
    """From now on this side's answer is awaited; a word that it came another way was about what was before."""
    booking.turn, booking.elsewhere_by, booking.elsewhere_at = side, "", None


def await_nobody(booking: Booking) -> None:
    booking.turn, booking.elsewhere_by, booking.elsewhere_at = "", "", None


def note_answer(booking: Booking, by: Actor) -> None:
    """Keep when the side that was asked reacted for the first time."""
    if booking.answered_at is None and by.side == asked_of(booking.asked_by):
        booking.answered_at = timezone.now()


def become_contact(booking: Booking, side: str, by: Actor) -> None:
    """Who acts becomes the contact of the side."""
    setattr(booking, f"{side}_contact", by.user)
    setattr(booking, f"{side}_name", by.name[:120])
    setattr(booking, f"{side}_email", by.email.lower())


def set_day(booking: Booking, day: seats.Day) -> None:
    booking.session, booking.date, booking.start, booking.end = day.session, day.date, day.start, day.end


def end(booking: Booking, state: State, by: Actor, *, reason: str = "", words: str = "") -> None:
    """End it: nobody is waited for any more. What was called off gives its seats back; a day that has been does not.

    Locks the days: of several bookings in one transaction the days must be taken in the order of their ids.
    """
    now = timezone.now()
    close_proposal(booking, Proposal.State.OVERTAKEN)
    if state not in seats.KEEPS:
        seats.release(booking)
    booking.state, booking.turn, booking.due_on = state, "", None
    booking.next_step, booking.next_step_at = "", None
    booking.ended_at, booking.ended_by = booking.ended_at or now, by.side
    booking.end_reason, booking.end_words = reason, words[:500]


def open_proposal(booking: Booking) -> Proposal | None:
    return booking.proposals.filter(state=Proposal.State.OPEN).select_related("session").first()


def close_proposal(booking: Booking, state: Proposal.State) -> Proposal | None:
    """Settle what was proposed, and give back what was held for it."""
    proposal = open_proposal(booking)
    if proposal is None:
        return None
    held, proposal.seats_held, proposal.state = proposal.seats_held, 0, state
    proposal.save(update_fields=["state", "seats_held"])
    seats.give_back(proposal.session_id, held)
    return proposal


def record(
    booking: Booking,
    *,
    step: Step,
    by: Actor,
    before: str,
    words: str = "",
    changed: Mapping[str, Any] | None = None,
    reschedule: bool = True,
    only: Sequence[str] | None = None,
    now: dt.datetime | None = None,
) -> BookingEvent:
    """Keep a step that was taken: the booking one version on, its event, and the mails that follow.

    `reschedule=False` leaves the clock as it runs: for steps that change neither state nor turn nor day. `only`: the
    fields that were changed, where the step knows them.
    """
    now = now or timezone.now()
    if by.side in PARTIES and by.email and not getattr(booking, f"{by.side}_email"):
        become_contact(booking, by.side, by)
    booking.version += 1
    if booking.is_live and reschedule:
        clock.schedule(booking, now=now)
    booking.save(update_fields=[*only, "version"] if only else None)
    if step in ANSWERS:
        finish_tasks(about=booking, kinds=[Task.Kind.SILENT], by=by.user)
    return _write_event(booking, step, by, before, words, changed or {}, now)


def _write_event(
    booking: Booking, step: Step, by: Actor, before: str, words: str, changed: Mapping[str, Any], now: dt.datetime
) -> BookingEvent:
    event = BookingEvent.objects.create(
        booking=booking,
        version=booking.version,
        action=step,
        side=by.side,
        actor=by.user,
        actor_name=by.name[:120],
        before=before,
        after=booking.state,
        words=words[:2000],
        changed=dict(changed),
        at=now,
    )
    tell(booking, event)
    return event


def settle_pair(match: Match | None, side: str) -> None:
    """A no of one side is kept at the match: the pair never comes back."""
    if match is None:
        return
    if side == Side.SCHOOL:
        matches.decline(match_id=match.pk)
    else:
        matches.withdraw(match_id=match.pk)
