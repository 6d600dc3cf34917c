"""Samples of the mails of the clock, and of those about who is the contact."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.bookings.reasons import Expiry
from techfinder.bookings.samples.asking import another_date, offered, proposed
from techfinder.bookings.samples.world import (
    CLOCK,
    NO_WAYS,
    PEOPLE,
    PROVIDER,
    SCHOOL,
    Content,
    asked,
    ended,
    note,
    other_ways,
    settled,
    ways,
)
from techfinder.bookings.telling.asking import question
from techfinder.bookings.telling.contacts import whose_turn
from techfinder.bookings.telling.former import what_was_hers
from techfinder.bookings.telling.overdue import how_it_expired, what_came_of_it, what_waits
from techfinder.mail.gallery import Sample, register


def _reminder(content: Content, *, is_last: bool) -> Content:
    return lambda booking, side: {**content(booking, side), **what_waits(booking), "is_last": is_last}


def _moving() -> Booking:
    """A day is agreed, and the school proposes another one."""
    return settled(turn=PROVIDER, due_on=None)


register(
    "booking_reminder",
    note("booking_reminder", "first", PROVIDER, asked, _reminder(question, is_last=False)),
    note("booking_reminder", "last", SCHOOL, offered, _reminder(question, is_last=True)),
    note(
        "booking_reminder",
        "another-date",
        SCHOOL,
        lambda: proposed(SCHOOL),
        _reminder(another_date(PROVIDER), is_last=False),
    ),
    note("booking_reminder", "change", PROVIDER, _moving, _reminder(another_date(SCHOOL), is_last=True)),
)
register(
    "booking_elsewhere_asked",
    note("booking_elsewhere_asked", "who-answers", PROVIDER, asked, what_came_of_it),
    note("booking_elsewhere_asked", "who-waits", SCHOOL, asked, what_came_of_it),
)
register(
    "booking_escalated",
    note("booking_escalated", "school", SCHOOL, asked, lambda _booking, side: {"others": other_ways(side)}),
    note("booking_escalated", "company", PROVIDER, lambda: asked(SCHOOL), lambda _booking, _side: {"others": None}),
)


# ------------------------------------------------------------------ ended


def _expired(found: Content | None) -> Content:
    """Without other ways on for who kept silent."""

    def content(booking: Booking, side: Side) -> dict[str, Any]:
        return {**how_it_expired(booking, is_silent=found is None), **(found(booking, side) if found else {})}

    return content


def _by(reason: Expiry) -> Booking:
    return ended(State.EXPIRED, CLOCK, reason)


register(
    "booking_expired",
    note("booking_expired", "who-waited", SCHOOL, lambda: _by(Expiry.SILENT), _expired(ways())),
    note("booking_expired", "silent-company", PROVIDER, lambda: _by(Expiry.SILENT), _expired(None)),
    note("booking_expired", "silent-school", SCHOOL, lambda: _by(Expiry.SILENT), _expired(None)),
    note("booking_expired", "waiting-company", PROVIDER, lambda: _by(Expiry.SILENT), _expired(ways())),
    note("booking_expired", "elsewhere", SCHOOL, lambda: _by(Expiry.ELSEWHERE), _expired(NO_WAYS)),
    note("booking_expired", "day-came", SCHOOL, lambda: _by(Expiry.DAY_CAME), _expired(ways())),
)
register(
    "booking_no_place",
    note("booking_no_place", "others", SCHOOL, lambda: _by(Expiry.NO_PLACE), ways()),
    note("booking_no_place", "none", SCHOOL, lambda: _by(Expiry.NO_PLACE), NO_WAYS),
)


# ------------------------------------------------------------------ who is the contact


def _contact(was: str) -> Content:
    return lambda booking, side: whose_turn(booking, side, was=was)


register(
    "booking_contact_new",
    note("booking_contact_new", "waited-for", PROVIDER, asked, _contact("Anneke Smit")),
    note("booking_contact_new", "agreed", SCHOOL, settled, _contact("")),
)


def _relieved(name: str, **who: str) -> Sample:
    return Sample(name, lambda: what_was_hers(settled(**who), PROVIDER), person="Anneke Smit", thread=asked().thread)


register(
    "booking_taken_over", _relieved("by-name", provider_name=PEOPLE[PROVIDER]), _relieved("no-name", provider_name="")
)
