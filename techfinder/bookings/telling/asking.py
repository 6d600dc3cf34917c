"""The mails of a question: asked, queued, proposed, answered, withdrawn. What is agreed is confirmed by `telling.day`.

A party reads what the other one did; a coordinator's act is told to both.
"""

from __future__ import annotations

from typing import Any

from techfinder.bookings.machine import PARTIES, Side, State, Step, other
from techfinder.bookings.models import Booking, BookingEvent, Proposal
from techfinder.bookings.queries.alternatives import alternatives
from techfinder.bookings.queries.queue import queue_position
from techfinder.bookings.reasons import reason_words
from techfinder.bookings.show.words import KNOWN, when_words
from techfinder.bookings.telling.facts import activity_facts, request_facts
from techfinder.bookings.telling.hiding import without_contacts
from techfinder.bookings.telling.notes import answer_links, note
from techfinder.bookings.telling.registry import teller
from techfinder.requests.models import Request


@teller(Step.ASK, Step.QUEUE, Step.PROMOTE)
def asked(booking: Booking, event: BookingEvent) -> None:
    """A question that lies with somebody, or waits for a place."""
    if booking.state == State.QUEUED:
        _queued(booking, event)
    elif booking.state == State.ASKED:
        _asked(booking, event)


def _asked(booking: Booking, event: BookingEvent) -> None:
    turn = Side(booking.turn)
    note(booking, event, turn, "booking_asked", lambda side: question(booking, side))
    if event.action == Step.PROMOTE:
        note(booking, event, Side.SCHOOL, "booking_promoted")
    elif event.side == Side.COORDINATOR:
        _on_behalf(booking, event, other(turn))
    elif turn == Side.PROVIDER and not _is_told_of_series(booking):
        note(booking, event, Side.SCHOOL, "booking_sent")


def _is_told_of_series(booking: Booking) -> bool:
    """Four classes asked for in one go are told to the school once; the provider answers each of them."""
    return (
        booking.series_id is not None and Booking.objects.filter(series=booking.series_id, pk__lt=booking.pk).exists()
    )


def question(booking: Booking, side: str) -> dict[str, Any]:
    """All that is asked or offered, on one page, and what can be answered."""
    facts = request_facts(booking) if side == Side.PROVIDER else activity_facts(booking)
    return {"said": without_contacts(booking.words), "facts": facts, **answer_links(booking, side)}


def _queued(booking: Booking, event: BookingEvent) -> None:
    position = queue_position(booking)
    provider_chooses = not booking.activity.provider.auto_promote
    note(
        booking,
        event,
        Side.SCHOOL,
        "booking_queued",
        lambda _: {
            "position": position,
            "provider_chooses": provider_chooses,
            "others": alternatives(booking, Side.SCHOOL),
        },
    )
    if provider_chooses:
        note(booking, event, Side.PROVIDER, "booking_in_queue", lambda _: {"position": position})


@teller(Step.PROPOSE)
def proposed(booking: Booking, event: BookingEvent) -> None:
    """Another date, that the other side may accept, answer with another one, or decline."""
    note(booking, event, booking.turn, "booking_proposed", lambda side: proposal_of(booking, side))
    if event.side == Side.COORDINATOR:
        _on_behalf(booking, event, other(booking.turn))


def proposal_of(booking: Booking, side: str) -> dict[str, Any]:
    """The date that is proposed, with what was written about it, and what can be answered."""
    return proposal_words(booking, side, booking.proposals.filter(state=Proposal.State.OPEN).first())


def proposal_words(booking: Booking, side: str, proposal: Proposal | None) -> dict[str, Any]:
    """As `proposal_of`, of a proposal that is at hand."""
    written = proposal.words if proposal else ""
    said = written if booking.state in KNOWN else without_contacts(written)
    return {"when": when_words(proposal or booking), "said": said, **answer_links(booking, side)}


@teller(Step.DECLINE)
def declined(booking: Booking, event: BookingEvent) -> None:
    """No, with the reason in words and what else there is."""
    for side in _readers(event):
        note(
            booking,
            event,
            side,
            "booking_declined",
            lambda side: {"reason_words": _reason(booking), **ways_on(booking, side)},
        )


def ways_on(booking: Booking, side: str) -> dict[str, Any]:
    """After a question that came to nothing: what else there is, and whether the school still asks."""
    return {"others": alternatives(booking, side), "is_open": booking.request.status == Request.Status.OPEN}


def _reason(booking: Booking) -> str:
    return reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason)


@teller(Step.WITHDRAW)
def withdrawn(booking: Booking, event: BookingEvent) -> None:
    """The question is no more. A provider that was never told of it (in a queue that runs by itself) is not told."""
    never_told = event.before == State.QUEUED and booking.activity.provider.auto_promote
    for side in _readers(event):
        if not (side == Side.PROVIDER and never_told):
            note(booking, event, side, "booking_withdrawn", lambda side: ways_on(booking, side))


@teller(Step.ELSEWHERE)
def elsewhere(booking: Booking, event: BookingEvent) -> None:
    """One side says that the answer was given another way."""
    for side in _readers(event):
        note(booking, event, side, "booking_elsewhere")


def _on_behalf(booking: Booking, event: BookingEvent, side: str) -> None:
    note(booking, event, side, "booking_on_behalf", lambda _: {"step": str(event.action)})


def _readers(event: BookingEvent) -> list[Side]:
    """Who did not do it itself."""
    return [side for side in PARTIES if side != event.side]
