"""One booking as its page shows it to one side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.activities.access import is_public
from techfinder.bookings.day import Line as DayLine
from techfinder.bookings.day import lines
from techfinder.bookings.machine import OFF, PARTIES, SETTLED, Side, Step, may, other
from techfinder.bookings.models import Booking, Proposal
from techfinder.bookings.queries.alternatives import Alternatives, alternatives, looks_on
from techfinder.bookings.queries.messages import can_read, messages_of
from techfinder.bookings.queries.queue import queue_position
from techfinder.bookings.reasons import reason_words
from techfinder.bookings.show.history import Line, history
from techfinder.bookings.show.more import More, more_of
from techfinder.bookings.show.stages import next_words, stages
from techfinder.bookings.show.steps import Doing, open_proposal, steps_of
from techfinder.bookings.show.words import (
    contact_of,
    days_left,
    left_words,
    name_of,
    state_words,
    tone_of,
    when_words,
    wished_words,
)
from techfinder.matches.telling.labels import levels
from techfinder.requests.access import requests_for
from techfinder.taxonomy.templatetags.ui import pupils
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
    left: str
    position: int | None
    day: list[DayLine]
    side_contact: str
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
    way_on: str
    talks: bool
    messages: int
    may_take_over: bool
    request_url: str
    activity_url: str


def page_of(booking: Booking, side: Side, user: User | None = None) -> BookingPage:
    """What this side sees: contacts of the other side only once there is an agreement."""
    proposal = open_proposal(booking)
    request_url = _request_url(booking, side, user)
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
        left=left_words(days_left(booking)) if booking.due_on else "",
        position=queue_position(booking),
        day=lines(booking, side) if booking.state in SETTLED else [],
        side_contact=booking.contact(side)[0] if side in PARTIES else "",
        steps=steps_of(booking, side),
        proposal=proposal,
        proposal_by=name_of(booking, proposal.by) if proposal else "",
        reason=_reason(booking),
        asked=_asked(booking),
        proposal_when=when_words(proposal) if proposal else "",
        contacts=_contacts(booking, side),
        history=history(booking),
        alternatives=alternatives(booking, side) if looks_on(booking, side) else Alternatives(),
        more=more_of(booking, side),
        way_on=_way_on(booking, side, request_url) if booking.state in OFF else "",
        talks=can_read(booking, side),
        messages=messages_of(booking).count(),
        may_take_over=_may_take_over(booking, side, user),
        request_url=request_url,
        activity_url=booking.activity.get_absolute_url()
        if side == Side.PROVIDER or is_public(booking.activity)
        else "",
    )


def _facts(booking: Booking) -> tuple[Fact, ...]:
    return facts(
        ("calendar", capfirst(wished_words(booking))),
        ("users", pupils(booking.pupils)),
        ("map-pin", capfirst(str(booking.get_delivery_display()))),
    )


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
        *([(_("Part"), str(booking.part))] if booking.series_id else []),
    ]


def _reason(booking: Booking) -> str:
    return capfirst(reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason))


def _way_on(booking: Booking, side: Side, request_url: str) -> str:
    """Never a dead end, also when there is no alternative by name."""
    if side == Side.PROVIDER:
        return reverse("matches:activity", args=[booking.activity.slug])
    return request_url or reverse("activities:list")


def _request_url(booking: Booking, side: Side, user: User | None) -> str:
    """For who may see the request too: a coordinator of the provider's region, or a colleague without a membership,
    may not."""
    if side == Side.PROVIDER or user is None or not requests_for(user).filter(pk=booking.request_id).exists():
        return ""
    return reverse("matches:request", args=[booking.request.uuid])


def _may_take_over(booking: Booking, side: Side, user: User | None) -> bool:
    """Any member may become the contact of its side."""
    if user is None or side not in PARTIES or user.email.lower() == booking.contact(side)[1].lower():
        return False
    return may(Step.TAKE_OVER, state=booking.state, turn=booking.turn, side=side)
