"""The one question of each page behind a link, and what happens next: before and after it is answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techfinder.bookings.links.opening import Opened
from techfinder.bookings.machine import SETTLED, Side, State, Step, other
from techfinder.bookings.models import Booking, BookingEvent, Proposal
from techfinder.bookings.show.history import SENTENCES
from techfinder.bookings.show.steps import open_proposal
from techfinder.bookings.show.words import name_of, when_words, wished_words
from techfinder.matches.telling.labels import deliveries, levels
from techfinder.taxonomy.templatetags.ui import clock_time, pupils, weekday

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Ask:
    """A page: its question, what happens when it is answered; and on the page after it, what was done."""

    question: Words
    then: Words
    done: Words
    after: Words


ASKS: dict[Step, Ask] = {
    Step.ACCEPT: Ask(
        gettext_lazy("%(other)s asks for %(when)s. Do you say yes?"),
        gettext_lazy("It is agreed then. Both of you get a mail at once, with the details and each other's contact."),
        gettext_lazy("Agreed: %(when)s"),
        gettext_lazy("You both get a mail now, with the details and an event for your calendar."),
    ),
    Step.PROPOSE: Ask(
        gettext_lazy("Which other day do you propose to %(other)s?"),
        gettext_lazy("%(other)s gets your proposal by mail, and says yes, no, or another day."),
        gettext_lazy("Your proposal is on its way to %(other)s"),
        gettext_lazy("You get a mail as soon as there is an answer."),
    ),
    Step.DECLINE: Ask(
        gettext_lazy("You say no to %(other)s. Why does it not suit?"),
        gettext_lazy("%(other)s hears it at once, with your reason and other ways on. Nobody keeps waiting."),
        gettext_lazy("You said no"),
        gettext_lazy("%(other)s hears it now, with your reason. Thank you for the answer: so nobody keeps waiting."),
    ),
    Step.WITHDRAW: Ask(
        gettext_lazy("Do you take your question to %(other)s back?"),
        gettext_lazy("%(other)s hears that no answer is needed any more."),
        gettext_lazy("You took your question back"),
        gettext_lazy("%(other)s hears that no answer is needed any more."),
    ),
    Step.ELSEWHERE: Ask(
        gettext_lazy("Was there an answer another way?"),
        gettext_lazy("The reminders stop. Later we ask both of you what came of it."),
        gettext_lazy("You told that it was answered another way"),
        gettext_lazy("The reminders stop. Later we ask both of you what came of it."),
    ),
    Step.PROPOSE_CHANGE: Ask(
        gettext_lazy("To which day do you want to move it?"),
        gettext_lazy("%(other)s gets your proposal. Until there is a yes, %(when)s stays agreed."),
        gettext_lazy("Your proposal is on its way to %(other)s"),
        gettext_lazy("Until there is a yes, %(agreed)s stays agreed."),
    ),
    Step.REFUSE_CHANGE: Ask(
        gettext_lazy("Do you keep %(agreed)s?"),
        gettext_lazy("%(other)s hears that the new day does not suit. What was agreed stays."),
        gettext_lazy("It stays %(agreed)s"),
        gettext_lazy("%(other)s hears that the new day does not suit."),
    ),
    Step.CONFIRM: Ask(
        gettext_lazy("Is it still right: %(when)s?"),
        gettext_lazy("%(other)s hears that all is ready at your side."),
        gettext_lazy("You confirmed %(when)s"),
        gettext_lazy("%(other)s hears that all is ready at your side."),
    ),
    Step.CANCEL: Ask(
        gettext_lazy("Do you cancel %(when)s?"),
        gettext_lazy("%(other)s hears it at once, with your reason. This cannot be undone."),
        gettext_lazy("It is cancelled"),
        gettext_lazy("%(other)s hears it now, with your reason. It is taken out of both calendars."),
    ),
    Step.PROMOTE: Ask(
        gettext_lazy("Do you give %(other)s a place on %(when)s?"),
        gettext_lazy("It is agreed then. Both of you get a mail at once, with the details and each other's contact."),
        gettext_lazy("Agreed: %(when)s"),
        gettext_lazy("You both get a mail now, with the details and an event for your calendar."),
    ),
    Step.TAKE_OVER: Ask("", "", gettext_lazy("You are the contact from now on"), gettext_lazy("The mails go to you.")),
}
OFFERED = gettext_lazy("%(other)s offers %(when)s. Do you say yes?")
NO_DAY_YET = gettext_lazy("%(other)s asks for this. Which day do you agree on?")
OFFERED_NO_DAY = gettext_lazy("%(other)s offers this. Which day do you agree on?")
PROPOSED = gettext_lazy("%(other)s proposes %(when)s. Does that suit you?")
MOVED = gettext_lazy("%(other)s wants to move it to %(when)s. Does that suit you?")


def names(booking: Booking, side: Side, proposal: Proposal | None = None) -> dict[str, Any]:
    """What the sentences are filled with. `when` is the day that is talked of, `agreed` the one that stands."""
    return {
        "other": name_of(booking, other(side)),
        "when": when_words(proposal or booking),
        "agreed": when_words(booking),
    }


def question(step: Step, booking: Booking, side: Side) -> str:
    """The one question of the page of a step."""
    proposal = open_proposal(booking)
    words: Words = ASKS[step].question
    if step == Step.ACCEPT:
        words = _accept(booking, side)
    about = proposal if step in (Step.ACCEPT, Step.REFUSE_CHANGE) else None
    return str(words) % names(booking, side, about)


def _accept(booking: Booking, side: Side) -> Words:
    if booking.state in SETTLED:
        return MOVED
    if booking.state == State.PROPOSED:
        return PROPOSED
    if side == Side.SCHOOL:
        return OFFERED if booking.date else OFFERED_NO_DAY
    return ASKS[Step.ACCEPT].question if booking.date else NO_DAY_YET


def filled(words: Words, booking: Booking, side: Side) -> str:
    return str(words) % names(booking, side)


def rows(booking: Booking, side: Side) -> list[tuple[str, str, str]]:
    """What is asked or agreed, in plain facts: no address and no telephone."""
    asked = booking.request
    proposal = open_proposal(booking)
    found = [
        (_("With"), _place(booking, side)),
        (_("For whom"), capfirst(f"{levels(asked.levels)}, {pupils(booking.pupils)}")),
        (_("When"), capfirst(wished_words(booking))),
        (_("Proposed instead"), capfirst(when_words(proposal)) if proposal and booking.state in SETTLED else ""),
        (_("Where"), capfirst(deliveries([booking.delivery]))),
        (_("Message"), proposal.words if proposal and proposal.by != side else booking.words),
    ]
    return [(label, value, "") for label, value in found if value]


def _place(booking: Booking, side: Side) -> str:
    of = booking.activity.provider if side == Side.SCHOOL else booking.request.school
    town = of.city or (of.municipality.name if of.municipality else "")
    return f"{of.name}, {town}" if town else of.name


def happened(opened: Opened) -> list[str]:
    """What was done since the mail of this link: by whom and when, the newest first."""
    return [told(event, opened.booking, opened.side) for event in reversed(opened.since)]


def told(event: BookingEvent, booking: Booking, side: Side) -> str:
    """Write Anna (Basisschool De Wilg) said yes on dinsdag 3 maart at 10.30."""
    sentence = str(SENTENCES[event.action]) % {
        "who": _who(event, booking),
        "school": name_of(booking, Side.SCHOOL),
    }
    return _("%(sentence)s, on %(day)s at %(time)s.") % {
        "sentence": capfirst(sentence),
        "day": weekday(event.at),
        "time": clock_time(event.at),
    }


def _who(event: BookingEvent, booking: Booking) -> str:
    """A first name is enough, and never an address."""
    if event.side == Side.CLOCK:
        return "Techfinder"
    organisation = name_of(booking, event.side)
    first = event.actor_name.split()[0] if event.actor_name.split() and "@" not in event.actor_name else ""
    return _("%(name)s of %(organisation)s") % {"name": first, "organisation": organisation} if first else organisation
