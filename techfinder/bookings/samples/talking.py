"""Samples of messages of the other side, of codes and of the address of a calendar."""

from __future__ import annotations

from typing import Any

from techfinder.bookings.actions.feeds import of_feed
from techfinder.bookings.actions.taking_over import of_code
from techfinder.bookings.models import CalendarFeed, Message, TakeOverCode
from techfinder.bookings.samples.world import PEOPLE, PROVIDER, SCHOOL, Made, asked, sample, settled
from techfinder.bookings.telling.messages import of_message, of_refusal
from techfinder.mail.compose import absolute
from techfinder.mail.gallery import Sample, register

WORDS = "Dag Elke,\n\nKunnen we om tien uur beginnen? Bel me op 06-12345678.\n\nGroet, Karim"


def _message(made: Made, **more: Any) -> Message:
    return Message(id=0, booking=made(), author_name=PEOPLE[PROVIDER], side=PROVIDER, text=WORDS, **more)


register(
    "booking_message",
    sample("before", SCHOOL, lambda _booking, _side: of_message(_message(asked)), asked),
    sample("agreed", SCHOOL, lambda _booking, _side: of_message(_message(settled, refused_attachments=2)), settled),
)
register(
    "booking_refused",
    sample("one", PROVIDER, lambda _booking, _side: of_refusal(_message(asked, refused_attachments=1)), asked),
    sample("three", PROVIDER, lambda _booking, _side: of_refusal(_message(settled, refused_attachments=3)), settled),
)


def _code() -> dict[str, Any]:
    code = TakeOverCode(id=0, booking=asked(), side=SCHOOL, email="sanne@school.example", name="Sanne Kok")
    return of_code(asked(), code, "305718", absolute("/boeking/l/voorbeeld/collega/voorbeeld/"))


register("booking_code", Sample("code", _code, person="", thread=asked().thread))
register("booking_feed", Sample("feed", lambda: of_feed(CalendarFeed(token="0123456789abcdef" * 2))))
