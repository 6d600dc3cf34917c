"""Where a booking stands: what happened, what is next, by whom and by which day."""

from __future__ import annotations

from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.machine import AFTER, OFF, SETTLED, WAITING, Side, State, Step
from techfinder.bookings.models import Booking
from techfinder.bookings.show.words import days_left, name_of, state_words, when_words
from techfinder.taxonomy.templatetags.ui import day, weekday

Stage = dict[str, Any]
DONE, NOW, TODO, END = "done", "now", "todo", "end"


def stages(booking: Booking, side: str) -> list[Stage]:
    """Asked, answered, the day, afterwards; what ended early ends there."""
    asked = {"title": _asked_words(booking), "text": day(booking.created_at), "state": DONE}
    if booking.state in OFF:
        return [asked, *_agreed_once(booking), _ended(booking, side)]
    return [asked, _answer(booking, side), _the_day(booking), _after(booking)]


def _asked_words(booking: Booking) -> str:
    if booking.asked_by == Side.COORDINATOR and booking.events.filter(action=Step.AWARD).exists():
        return _("Place in a campaign")
    return _("Asked by %(name)s") % {"name": name_of(booking, booking.asked_by)}


def _answer(booking: Booking, side: str) -> Stage:
    if booking.state in (*SETTLED, *AFTER):
        return {"title": _("Agreed"), "text": day(booking.answered_at), "state": DONE}
    if booking.state == State.QUEUED:
        return {"title": _("In the queue for a place"), "text": next_words(booking, side), "state": NOW}
    return {"title": state_words(booking, side), "text": next_words(booking, side), "state": NOW}


def _the_day(booking: Booking) -> Stage:
    if booking.state in AFTER:
        return {"title": _("The day"), "text": when_words(booking), "state": DONE}
    state = NOW if booking.state in SETTLED else TODO
    return {"title": _("The day"), "text": capfirst(when_words(booking)) if state == NOW else "", "state": state}


def _after(booking: Booking) -> Stage:
    if booking.state in AFTER:
        return {"title": capfirst(str(booking.get_state_display())), "state": END}
    return {"title": _("Afterwards: how was it?"), "state": TODO}


def _agreed_once(booking: Booking) -> list[Stage]:
    if booking.state not in (State.CANCELLED_EARLY, State.CANCELLED_LATE):
        return []
    return [{"title": _("Agreed"), "text": when_words(booking), "state": DONE}]


def _ended(booking: Booking, side: str) -> Stage:
    return {"title": state_words(booking, side), "text": day(booking.ended_at), "state": END}


def next_words(booking: Booking, side: str) -> str:
    """What comes next, who does it and by which day; empty when it has ended."""
    if booking.elsewhere_at and booking.state in WAITING and booking.due_on is None:
        return _("There was an answer another way. Later we ask both sides what came of it.")
    if booking.turn and booking.due_on:
        return _waiting_words(booking, side)
    if booking.state == State.QUEUED:
        return _("As soon as a place falls free, you hear it by mail. There is nothing you have to do.")
    if booking.state in SETTLED:
        return _("Both sides get a mail a week before and the day before.")
    return ""


def _waiting_words(booking: Booking, side: str) -> str:
    words = {"name": name_of(booking, booking.turn), "day": weekday(booking.due_on)}
    if days_left(booking) < 0:
        return _("The answer was due on %(day)s. The coordinator looks along.") % words
    if booking.state in SETTLED:
        return _("Without an answer by %(day)s the day that was agreed stays.") % words
    if booking.turn == side:
        return _("Answer by %(day)s at the latest. After that the coordinator helps to find another way.") % words
    promise = _("%(name)s answers by %(day)s at the latest. If not, the coordinator helps and you get alternatives.")
    return promise % words
