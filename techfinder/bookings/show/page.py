"""One booking as its page shows it to one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.machine import OFF, PARTIES, Side, other
from techfinder.bookings.models import Booking, Proposal
from techfinder.bookings.queries.alternatives import Alternatives, alternatives
from techfinder.bookings.reasons import reason_words
from techfinder.bookings.show.history import Line, history
from techfinder.bookings.show.more import More, more_of
from techfinder.bookings.show.stages import next_words, stages
from techfinder.bookings.show.steps import Doing, open_proposal, steps_of
from techfinder.bookings.show.words import (
    contact_of,
    days_left,
    name_of,
    state_words,
    tone_of,
    when_words,
    wished_words,
)
from techfinder.matches.telling.labels import levels
from techfinder.taxonomy.templatetags.ui import pupils, weekday
from techfinder.taxonomy.ui import Fact, facts


@dataclass(frozen=True)
class BookingPage:
    """All that the page of a booking shows to one side."""

    booking: Booking
    side: Side
    title: str
    who: str
    state: str
    tone: str
    facts: tuple[Fact, ...]
    stages: list[dict[str, Any]]
    next: str
    days_left: int
    due: str
    steps: list[Doing]
    proposal: Proposal | None
    proposal_by: str
    proposal_when: str
    reason: str
    asked: list[tuple[str, str]]
    contacts: list[tuple[str, list[tuple[str, str]]]]
    history: list[Line]
    alternatives: Alternatives
    more: list[More]


def page_of(booking: Booking, side: Side) -> BookingPage:
    """What this side sees: contacts of the other side only once there is an agreement."""
    proposal = open_proposal(booking)
    return BookingPage(
        booking=booking,
        side=side,
        title=booking.activity.title,
        who=_("%(school)s and %(provider)s")
        % {"school": name_of(booking, Side.SCHOOL), "provider": name_of(booking, Side.PROVIDER)},
        state=state_words(booking, side),
        tone=tone_of(booking, side),
        facts=_facts(booking),
        stages=stages(booking, side),
        next=next_words(booking, side),
        days_left=days_left(booking),
        due=_due(booking),
        steps=steps_of(booking, side),
        proposal=proposal,
        proposal_by=name_of(booking, proposal.by) if proposal else "",
        reason=_reason(booking),
        asked=_asked(booking),
        proposal_when=when_words(proposal) if proposal else "",
        contacts=_contacts(booking, side),
        history=history(booking),
        alternatives=alternatives(booking, side) if booking.state in OFF else Alternatives(),
        more=more_of(booking, side),
    )


def _facts(booking: Booking) -> tuple[Fact, ...]:
    return facts(
        ("calendar", capfirst(wished_words(booking))),
        ("users", pupils(booking.pupils)),
        ("map-pin", capfirst(str(booking.get_delivery_display()))),
    )


def _due(booking: Booking) -> str:
    if booking.due_on is None or not booking.turn:
        return ""
    return _("answer by %(day)s at the latest") % {"day": weekday(booking.due_on)}


def _contacts(booking: Booking, side: Side) -> list[tuple[str, list[tuple[str, str]]]]:
    wanted = [other(side)] if side in PARTIES else list(PARTIES)
    found = [(name_of(booking, each), contact_of(booking, each)) for each in wanted]
    return [(name, rows) for name, rows in found if rows]


def _asked(booking: Booking) -> list[tuple[str, str]]:
    asked = booking.request
    return [
        (_("Question"), asked.title),
        (_("For which classes?"), capfirst(levels(asked.levels))),
        (_("School"), f"{asked.school.name}, {asked.school.city or asked.school.municipality.name}"),
        (_("Provider"), booking.activity.provider.name),
        (_("Days and times that suit"), asked.date_note),
    ]


def _reason(booking: Booking) -> str:
    return capfirst(reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason))
