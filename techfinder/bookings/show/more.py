"""What more there is to do with a booking: tell how it was, once more, together every year."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from techfinder.bookings.machine import AFTER, PARTIES, SETTLED, Side, State, Step, may
from techfinder.bookings.models import Booking

# Of what was agreed once there can be more.
REPEATABLE = (*SETTLED, *AFTER)


@dataclass(frozen=True, slots=True)
class More:
    """A link below a booking."""

    text: str
    url: str


def can_report(booking: Booking, side: str) -> bool:
    """Whether this side may tell now how it was: from the day itself on."""
    over = booking.date is not None and booking.date <= timezone.localdate()
    return over and may(Step.REPORT, state=booking.state, turn=booking.turn, side=side)


def more_of(booking: Booking, side: str) -> list[More]:
    """What this side can do beside the steps of the booking itself."""
    links = (*_of_all(booking, side), *(_of_school(booking) if side != Side.PROVIDER else ()))
    return [More(text, reverse(f"bookings:{name}", args=[key])) for text, name, key in links]


def _of_all(booking: Booking, side: str) -> Iterator[tuple[str, str, object]]:
    if can_report(booking, side):
        told = booking.evaluations.filter(side=side).exists()
        yield _("Change what you told") if told else _("Tell how it was"), "report", booking.uuid
    if booking.series_id and side != Side.PROVIDER:
        yield _("See all that was asked in one go"), "series", booking.series_id
    if side in PARTIES and booking.state in (*SETTLED, State.HAPPENED):
        yield _("Work together every year"), "propose_partnership", booking.uuid


def _of_school(booking: Booking) -> Iterator[tuple[str, str, object]]:
    if booking.state not in REPEATABLE:
        return
    yield _("Ask for next year"), "again", booking.uuid
    yield _("Ask for more classes"), "classes", booking.uuid
    yield _("Make it a row of lessons"), "row", booking.uuid
