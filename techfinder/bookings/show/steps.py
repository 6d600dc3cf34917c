"""The steps that a side may take, in words: what the button says, what it means, what is said when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techfinder.bookings.machine import SETTLED, Side, State, Step, allowed
from techfinder.bookings.models import Booking, Proposal
from techfinder.bookings.show.words import when_words

Text = str | Promise

# As they stand in addresses; only these have a form of their own.
SLUGS: dict[Step, str] = {
    Step.ACCEPT: "ja",
    Step.PROMOTE: "plek-geven",
    Step.REFUSE_CHANGE: "zo-laten",
    Step.PROPOSE: "andere-dag",
    Step.DECLINE: "nee",
    Step.CONFIRM: "bevestigen",
    Step.PROPOSE_CHANGE: "verzetten",
    Step.CANCEL: "afzeggen",
    Step.ELSEWHERE: "al-geantwoord",
    Step.WITHDRAW: "terugnemen",
}
BY_SLUG = {slug: step for step, slug in SLUGS.items()}


@dataclass(frozen=True, slots=True)
class StepWords:
    """`button` says what happens, `text` what it means before one does it, `done` what happened afterwards."""

    button: Text
    text: Text = ""
    done: Text = ""


WORDS: dict[Step, StepWords] = {
    Step.ACCEPT: StepWords(
        gettext_lazy("Yes, this suits"),
        gettext_lazy("Then it is agreed. Both sides get a mail with everything that they must know."),
        gettext_lazy("Agreed. Both sides get a mail with everything that they must know."),
    ),
    Step.PROMOTE: StepWords(
        gettext_lazy("Give them a place"),
        gettext_lazy("The school gets a mail: it has a place on this day."),
        gettext_lazy("The school has the place, and a mail about it."),
    ),
    Step.REFUSE_CHANGE: StepWords(
        gettext_lazy("Keep the day that was agreed"),
        gettext_lazy("What was agreed stays as it is. The other side gets a mail."),
        gettext_lazy("It stays as it was agreed. The other side gets a mail."),
    ),
    Step.PROPOSE: StepWords(
        gettext_lazy("Another day"),
        gettext_lazy("Say which day does suit. The other side gets a mail and answers with yes, no or another day."),
        gettext_lazy("The other side has your proposal by mail."),
    ),
    Step.DECLINE: StepWords(
        gettext_lazy("No, with a reason"),
        gettext_lazy("The other side gets a mail with your reason, and other possibilities."),
        gettext_lazy("You said no. The other side has a mail with other possibilities."),
    ),
    Step.CONFIRM: StepWords(
        gettext_lazy("This is still right"),
        gettext_lazy("You confirm the day, the place and the times."),
        gettext_lazy("Thank you. The day is confirmed."),
    ),
    Step.PROPOSE_CHANGE: StepWords(
        gettext_lazy("Move to another day"),
        gettext_lazy("What was agreed stays until the other side says yes to the new day."),
        gettext_lazy("The other side has your proposal by mail. Until it says yes, the agreed day stays."),
    ),
    Step.CANCEL: StepWords(
        gettext_lazy("Cancel"),
        gettext_lazy("The other side gets a mail at once, with other possibilities."),
        gettext_lazy("Cancelled. The other side has a mail."),
    ),
    Step.ELSEWHERE: StepWords(
        gettext_lazy("There was an answer another way"),
        gettext_lazy("By telephone or mail, for example. Then the clock stops, and we ask later what came of it."),
        gettext_lazy("Noted. The clock stands still; later we ask what came of it."),
    ),
    Step.WITHDRAW: StepWords(
        gettext_lazy("Take it back"),
        gettext_lazy("The other side gets a mail that it need not answer any more."),
        gettext_lazy("Taken back. The other side has a mail."),
    ),
}


@dataclass(frozen=True, slots=True)
class Doing:
    """A step as the page offers it; `at_once` when there is nothing to fill in."""

    step: Step
    button: str
    url: str
    at_once: bool
    look: str


def steps_of(booking: Booking, side: Side) -> list[Doing]:
    """What this side may do now, the first thing first."""
    may = allowed(state=booking.state, turn=booking.turn, side=side)
    steps = [step for step in SLUGS if step in may and _makes_sense(step, booking)]
    return [_doing(step, booking, first=index == 0) for index, step in enumerate(steps)]


def _makes_sense(step: Step, booking: Booking) -> bool:
    """A coordinator may take all steps of either side: not those that have nothing to answer."""
    if step in (Step.ACCEPT, Step.REFUSE_CHANGE) and booking.state in SETTLED:
        return bool(booking.turn)
    if step == Step.PROPOSE_CHANGE:
        return not booking.turn
    if step == Step.ELSEWHERE:
        return booking.elsewhere_at is None
    return step != Step.CONFIRM or not (booking.school_confirmed_at and booking.provider_confirmed_at)


def _doing(step: Step, booking: Booking, *, first: bool) -> Doing:
    return Doing(
        step=step,
        button=button_of(step, booking),
        url=reverse("bookings:step", args=[booking.uuid, SLUGS[step]]),
        at_once=step == Step.CONFIRM or (step == Step.ACCEPT and not needs_day(booking)),
        look="primary" if first and step in URGENT else "secondary" if step in ANSWERS else "subtle",
    )


def needs_day(booking: Booking) -> bool:
    """Whether a yes has to name the day: none was named yet, or it has passed."""
    if booking.state in SETTLED:
        return False
    return booking.date is None or booking.date < timezone.localdate()


URGENT = (Step.ACCEPT, Step.PROMOTE, Step.CONFIRM)
ANSWERS = (*URGENT, Step.REFUSE_CHANGE, Step.PROPOSE, Step.DECLINE)


def button_of(step: Step, booking: Booking) -> str:
    """What the button says; the question itself is answered in the words of who answers it."""
    say: Callable[[Booking], str] | None = {Step.ACCEPT: _accept_words}.get(step)
    return say(booking) if say else str(WORDS[step].button)


def _accept_words(booking: Booking) -> str:
    proposal = open_proposal(booking)
    if proposal:
        return _("Yes, %(day)s suits") % {"day": when_words(proposal)}
    if booking.state == State.ASKED and booking.turn == Side.PROVIDER:
        return _("Yes, I will do this")
    return str(WORDS[Step.ACCEPT].button)


def open_proposal(booking: Booking) -> Proposal | None:
    """The day that waits for an answer."""
    return next((each for each in booking.proposals.all() if each.state == Proposal.State.OPEN), None)


def title_of(step: Step, booking: Booking) -> str:
    """The heading of the page of a step."""
    if step in (Step.ACCEPT, Step.DECLINE, Step.WITHDRAW, Step.CANCEL):
        return _("%(step)s: %(title)s") % {"step": button_of(step, booking), "title": booking.activity.title}
    return button_of(step, booking)


def done_words(step: Step, booking: Booking) -> str:
    """What happened, as it turned out: a yes to another day than the one asked for is a proposal."""
    if step == Step.ACCEPT and booking.state == State.PROPOSED:
        return str(WORDS[Step.PROPOSE].done)
    return str(WORDS[step].done)
