"""What happened to a booking, step by step, in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from techfinder.bookings.machine import Side, Step
from techfinder.bookings.models import Booking, BookingEvent
from techfinder.bookings.show.words import name_of

Words = str | Promise

SENTENCES: dict[str, Words] = {
    Step.ASK: gettext_lazy("%(who)s asked for this"),
    Step.QUEUE: gettext_lazy("%(who)s asked for this and stands in the queue"),
    Step.AWARD: gettext_lazy("%(who)s gave this place in a campaign"),
    Step.PROMOTE: gettext_lazy("There was a place: it went to %(school)s"),
    Step.PROPOSE: gettext_lazy("%(who)s proposed another day"),
    Step.ACCEPT: gettext_lazy("%(who)s said yes"),
    Step.DECLINE: gettext_lazy("%(who)s said no"),
    Step.WITHDRAW: gettext_lazy("%(who)s took the question back"),
    Step.ELSEWHERE: gettext_lazy("%(who)s told that there was an answer another way"),
    Step.CHANGE: gettext_lazy("%(who)s changed the details"),
    Step.PROPOSE_CHANGE: gettext_lazy("%(who)s proposed to move it to another day"),
    Step.REFUSE_CHANGE: gettext_lazy("%(who)s kept the day that was agreed"),
    Step.CONFIRM: gettext_lazy("%(who)s confirmed the day"),
    Step.CANCEL: gettext_lazy("%(who)s cancelled"),
    Step.REPORT: gettext_lazy("%(who)s told how it was"),
    Step.TAKE_OVER: gettext_lazy("%(who)s is the contact from now on"),
    Step.REMIND: gettext_lazy("A reminder was mailed"),
    Step.ESCALATE: gettext_lazy("No answer came in time; the coordinator was asked to help"),
    Step.EXPIRE: gettext_lazy("No answer came: it expired"),
    Step.SETTLE: gettext_lazy("Nobody told how it was: it was closed"),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One step: what happened and when, and what was said with it."""

    text: str
    at: dt.datetime
    words: str


def history(booking: Booking) -> list[Line]:
    """All steps of a booking, the oldest first."""
    return [Line(sentence(each, booking), each.at, each.words) for each in booking.events.all()]


def sentence(event: BookingEvent, booking: Booking) -> str:
    """One step in words: who did what."""
    words = SENTENCES.get(event.action, gettext_lazy("%(who)s changed something"))
    return str(words) % {"who": who(event, booking), "school": name_of(booking, Side.SCHOOL)}


def who(event: BookingEvent, booking: Booking) -> str:
    """The person with the organisation; never an address in place of a name."""
    if event.side == Side.CLOCK:
        return "Techfinder"
    organisation = name_of(booking, event.side)
    if not event.actor_name or "@" in event.actor_name:
        return organisation
    return _("%(name)s (%(organisation)s)") % {"name": event.actor_name, "organisation": organisation}
