"""The one place that says which step a booking may take, and who may take it. Drawn in `docs/bookings.md`.

The database holds to the same table: the trigger on `Booking.state` is made from `TRANSITIONS`.
"""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Side(models.TextChoices):
    """Who does something. The clock is nobody: time passed."""

    SCHOOL = "school", _("the school")
    PROVIDER = "provider", _("the provider")
    COORDINATOR = "coordinator", _("the coordinator")
    CLOCK = "clock", _("the clock")


PARTIES = (Side.SCHOOL, Side.PROVIDER)


def other(side: str) -> Side:
    """The party across the table; only for the two parties."""
    return {Side.SCHOOL: Side.PROVIDER, Side.PROVIDER: Side.SCHOOL}[Side(side)]


def asked_of(asker: str) -> Side:
    """Who answers a question first: a coordinator asks for the school."""
    return Side.SCHOOL if asker == Side.PROVIDER else Side.PROVIDER


class State(models.TextChoices):
    QUEUED = "queued", _("in the queue for a place")
    ASKED = "asked", _("asked")
    PROPOSED = "proposed", _("another date proposed")
    AGREED = "agreed", _("agreed")
    CONFIRMED = "confirmed", _("confirmed for the day")
    HAPPENED = "happened", _("happened")
    NOT_HAPPENED = "not_happened", _("did not happen")
    SCHOOL_ABSENT = "school_absent", _("the school did not come")
    PROVIDER_ABSENT = "provider_absent", _("the provider did not come")
    UNKNOWN = "unknown", _("nobody told whether it happened")
    DECLINED = "declined", _("declined")
    WITHDRAWN = "withdrawn", _("withdrawn")
    EXPIRED = "expired", _("expired")
    CANCELLED_EARLY = "cancelled_early", _("cancelled in time")
    CANCELLED_LATE = "cancelled_late", _("cancelled late")


# Waits for an answer of the side in `turn`.
WAITING = (State.ASKED, State.PROPOSED)
# A day is settled.
SETTLED = (State.AGREED, State.CONFIRMED)
LIVE = (State.QUEUED, *WAITING, *SETTLED)
# What came of the day.
AFTER = (State.HAPPENED, State.NOT_HAPPENED, State.SCHOOL_ABSENT, State.PROVIDER_ABSENT, State.UNKNOWN)
OFF = (State.DECLINED, State.WITHDRAWN, State.EXPIRED, State.CANCELLED_EARLY, State.CANCELLED_LATE)
ENDS = (*AFTER, *OFF)

_CANCELLED = (State.CANCELLED_EARLY, State.CANCELLED_LATE)
TRANSITIONS: dict[State, tuple[State, ...]] = {
    State.QUEUED: (State.ASKED, State.AGREED, State.DECLINED, State.WITHDRAWN, State.EXPIRED),
    State.ASKED: (State.PROPOSED, State.AGREED, State.DECLINED, State.WITHDRAWN, State.EXPIRED),
    State.PROPOSED: (State.AGREED, State.DECLINED, State.WITHDRAWN, State.EXPIRED),
    State.AGREED: (State.CONFIRMED, *_CANCELLED, *AFTER),
    # A new date is confirmed anew.
    State.CONFIRMED: (State.AGREED, *_CANCELLED, *AFTER),
    # What was told wrongly is put right, by a side that tells later or by the coordinator.
    **{state: tuple(each for each in AFTER if each != state) for state in AFTER},
}
# What a campaign gives is agreed from the start.
STARTS = (State.QUEUED, State.ASKED, State.AGREED)


class Step(StrEnum):
    """What a party, the coordinator or the clock does with a booking; the `action` of its events."""

    ASK = "ask"
    QUEUE = "queue"
    AWARD = "award"
    PROMOTE = "promote"
    PROPOSE = "propose"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ELSEWHERE = "elsewhere"
    CHANGE = "change"
    PROPOSE_CHANGE = "propose_change"
    REFUSE_CHANGE = "refuse_change"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    REPORT = "report"
    TAKE_OVER = "take_over"
    REMIND = "remind"
    ESCALATE = "escalate"
    EXPIRE = "expire"
    SETTLE = "settle"


class Next(models.TextChoices):
    """What the clock does with a live booking at `next_step_at`. A booking that has not ended always has one."""

    REMIND_FIRST = "remind_first", _("first reminder")
    REMIND_SECOND = "remind_second", _("second reminder")
    ESCALATE = "escalate", _("the coordinator is asked to help, the asker gets alternatives")
    EXPIRE = "expire", _("it expires")
    ELSEWHERE = "elsewhere", _("we ask what came of the answer given elsewhere")
    QUEUE = "queue", _("the day of the queue has passed")
    WEEK_BEFORE = "week_before", _("reminder of a week before")
    DAY_BEFORE = "day_before", _("reminder of the day before")
    ASK_AFTER = "ask_after", _("both are asked how it was")
    ASK_AGAIN = "ask_again", _("who did not tell is asked once more")
    SETTLE = "settle", _("nobody told: it is closed")


# Of a booking that somebody looks at, what else happened meanwhile makes a step impossible to take unseen: an answer by
# another answer, a change of the day by another day. All other steps may come between: a link stays good after a
# reminder, after a colleague took over, after the other side wrote down a telephone number.
_ANSWERS = frozenset(
    {Step.PROMOTE, Step.PROPOSE, Step.ACCEPT, Step.DECLINE, Step.WITHDRAW, Step.EXPIRE, Step.PROPOSE_CHANGE}
    | {Step.REFUSE_CHANGE, Step.CANCEL, Step.REPORT, Step.SETTLE}
)
_NEW_DAY = frozenset({Step.ACCEPT, Step.CANCEL, Step.REPORT, Step.SETTLE})
OVERTAKES: dict[Step, frozenset[Step]] = {
    Step.PROPOSE_CHANGE: _ANSWERS,
    Step.CHANGE: _NEW_DAY | {Step.CHANGE},
    Step.CONFIRM: _NEW_DAY,
    Step.CANCEL: _NEW_DAY,
}


def overtaking(step: Step) -> frozenset[Step]:
    """The steps after which this one is not taken by somebody who did not see them."""
    return OVERTAKES.get(step, _ANSWERS)


# Who may take a step in a state, besides a coordinator of the region, who may take all of them for either party.
# "turn" is the side whose answer is awaited, "asker" the other one.
TURN, ASKER, EITHER = "turn", "asker", "either"
MAY: dict[Step, dict[State, str]] = {
    Step.PROMOTE: {State.QUEUED: Side.PROVIDER},
    Step.ACCEPT: {State.ASKED: TURN, State.PROPOSED: TURN, State.AGREED: TURN, State.CONFIRMED: TURN},
    Step.PROPOSE: {State.ASKED: TURN, State.PROPOSED: TURN},
    Step.DECLINE: {State.QUEUED: Side.PROVIDER, State.ASKED: TURN, State.PROPOSED: TURN},
    Step.WITHDRAW: {State.QUEUED: Side.SCHOOL, State.ASKED: ASKER, State.PROPOSED: ASKER},
    Step.ELSEWHERE: {State.ASKED: EITHER, State.PROPOSED: EITHER},
    Step.CHANGE: {State.AGREED: EITHER, State.CONFIRMED: EITHER},
    Step.PROPOSE_CHANGE: {State.AGREED: EITHER, State.CONFIRMED: EITHER},
    Step.REFUSE_CHANGE: {State.AGREED: TURN, State.CONFIRMED: TURN},
    Step.CONFIRM: {State.AGREED: EITHER},
    Step.CANCEL: {State.AGREED: EITHER, State.CONFIRMED: EITHER},
    Step.REPORT: dict.fromkeys((*SETTLED, *AFTER), EITHER),
    Step.TAKE_OVER: dict.fromkeys(LIVE, EITHER),
}


def may(step: Step, *, state: str, turn: str, side: str) -> bool:
    """Whether this side may take the step now; `turn` is whose answer is awaited, or empty."""
    who = MAY.get(step, {}).get(State(state))
    if who is None:
        return False
    if side == Side.COORDINATOR:
        return True
    if who == EITHER:
        return side in PARTIES
    if who == TURN:
        return bool(turn) and side == turn
    if who == ASKER:
        return side in PARTIES and side != turn
    return side == who


def allowed(*, state: str, turn: str, side: str) -> list[Step]:
    """The steps that this side may take now, in the order of `MAY`."""
    return [step for step in MAY if may(step, state=state, turn=turn, side=side)]
