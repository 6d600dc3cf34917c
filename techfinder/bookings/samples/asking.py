"""Samples of the mails of a question: asked, queued, proposed, answered, withdrawn."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking
from techfinder.bookings.reasons import reason_words
from techfinder.bookings.samples.world import (
    COORDINATOR,
    NO_WAYS,
    PROVIDER,
    SCHOOL,
    Content,
    asked,
    booking,
    ended,
    note,
    other_offers,
    proposal,
    step,
    ways,
)
from techfinder.bookings.telling.asking import proposal_words, question
from techfinder.mail.gallery import register
from techfinder.requests.models import Request


def queued() -> Booking:
    return booking(State.QUEUED)


def offered() -> Booking:
    return asked(SCHOOL, words="We komen graag met twee vakmensen en een molen om mee te meten.")


register(
    "booking_asked",
    note(
        "booking_asked",
        "question",
        PROVIDER,
        lambda: asked(words="Liefst op een vrijdag. Bel me gerust op 06-12345678."),
        question,
    ),
    note("booking_asked", "offer", SCHOOL, offered, question),
    note("booking_asked", "by-coordinator", PROVIDER, asked, question, lambda: step(Step.ASK, COORDINATOR)),
)
register(
    "booking_sent",
    note("booking_sent", "one", SCHOOL),
    note("booking_sent", "several", SCHOOL, lambda: asked(series_id=0)),
)


# ------------------------------------------------------------------ no place yet


def _in_queue(*, chooses: bool) -> Content:
    return lambda _booking, _side: {"position": 2, "provider_chooses": chooses, "others": other_offers()}


register(
    "booking_queued",
    note("booking_queued", "by-order", SCHOOL, queued, _in_queue(chooses=False)),
    note("booking_queued", "by-choice", SCHOOL, queued, _in_queue(chooses=True)),
)
register(
    "booking_in_queue", note("booking_in_queue", "second", PROVIDER, queued, lambda _booking, _side: {"position": 2})
)
register("booking_promoted", note("booking_promoted", "place", SCHOOL))


# ------------------------------------------------------------------ another date


def proposed(turn: str) -> Booking:
    return asked(turn, state=State.PROPOSED)


def another_date(by: str, words: str = "") -> Content:
    return lambda booking, side: proposal_words(booking, side, proposal(by, words=words))


register(
    "booking_proposed",
    note(
        "booking_proposed",
        "company",
        SCHOOL,
        lambda: proposed(SCHOOL),
        another_date(PROVIDER, "Dan kan het."),
    ),
    note("booking_proposed", "school", PROVIDER, lambda: proposed(PROVIDER), another_date(SCHOOL)),
    note(
        "booking_proposed",
        "by-coordinator",
        PROVIDER,
        lambda: proposed(PROVIDER),
        another_date(COORDINATOR),
        lambda: step(Step.PROPOSE, COORDINATOR),
    ),
)
register(
    "booking_on_behalf",
    note("booking_on_behalf", "asked", SCHOOL, asked, lambda _booking, _side: {"step": str(Step.ASK)}),
    note("booking_on_behalf", "proposed", PROVIDER, asked, lambda _booking, _side: {"step": str(Step.PROPOSE)}),
)


# ------------------------------------------------------------------ no


def _no(found: Content) -> Content:
    def content(booking: Booking, side: Side) -> dict[str, Any]:
        reason = reason_words(state=booking.state, side=booking.ended_by, reason=booking.end_reason)
        return {"reason_words": reason, **found(booking, side)}

    return content


def _declined(by: str, reason: str, status: str = Request.Status.OPEN) -> Booking:
    return ended(State.DECLINED, by, reason, status=status)


register(
    "booking_declined",
    note(
        "booking_declined",
        "by-company",
        SCHOOL,
        lambda: _declined(PROVIDER, "full"),
        _no(ways()),
        lambda: step(Step.DECLINE, PROVIDER, words="Na de zomer kunnen we wel weer."),
    ),
    note("booking_declined", "by-school", PROVIDER, lambda: _declined(SCHOOL, "date"), _no(ways())),
    note(
        "booking_declined",
        "by-coordinator",
        SCHOOL,
        lambda: _declined(COORDINATOR, "asked_to"),
        _no(ways()),
        lambda: step(Step.DECLINE, COORDINATOR),
    ),
    note(
        "booking_declined",
        "closed",
        SCHOOL,
        lambda: _declined(PROVIDER, "no_people", Request.Status.WITHDRAWN),
        _no(NO_WAYS),
    ),
)
register(
    "booking_withdrawn",
    note("booking_withdrawn", "question", PROVIDER, lambda: ended(State.WITHDRAWN, SCHOOL), ways()),
    note("booking_withdrawn", "offer", SCHOOL, lambda: ended(State.WITHDRAWN, PROVIDER), ways()),
    note(
        "booking_withdrawn",
        "by-coordinator",
        SCHOOL,
        lambda: ended(State.WITHDRAWN, COORDINATOR),
        NO_WAYS,
        lambda: step(Step.WITHDRAW, COORDINATOR),
    ),
)
register(
    "booking_elsewhere",
    note("booking_elsewhere", "by-company", SCHOOL),
    note("booking_elsewhere", "by-coordinator", PROVIDER, event=lambda: step(Step.ELSEWHERE, COORDINATOR)),
)
