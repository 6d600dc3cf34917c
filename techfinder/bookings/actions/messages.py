"""What the two sides of a booking write to each other, and a concern that goes to the coordinator."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from techfinder.bookings.actions.tasks import open_task
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking, Message, Task
from techfinder.bookings.queries.messages import can_write
from techfinder.bookings.telling.messages import tell_message, tell_refused

PER_HOUR = 20
# The same words of the same side within it are one message: a button pressed twice.
TWICE = dt.timedelta(minutes=2)


class CannotWriteError(Exception):
    """Nothing more is written about this booking."""


class TooManyError(Exception):
    """This side wrote so much within the hour that it looks like a machine."""


@transaction.atomic
def send_message(
    *,
    booking_id: int,
    by: Actor,
    text: str,
    via: str = Message.Via.SITE,
    message_id: str | None = None,
    refused_attachments: int = 0,
) -> Message:
    """Keep a message of a party and mail it to the other one. The same mail, or the same words at once, is one message.

    Who sent attachments is mailed that they did not come along. CannotWriteError, TooManyError.
    """
    assert by.side in PARTIES
    booking = _hold(booking_id)
    if known := _known(booking, by, text, message_id):
        return known
    if not can_write(booking):
        raise CannotWriteError
    recent = Message.objects.filter(
        booking=booking, side=by.side, created_at__gt=timezone.now() - dt.timedelta(hours=1)
    )
    if recent.count() >= PER_HOUR:
        raise TooManyError
    message = Message.objects.create(
        booking=booking,
        side=by.side,
        author=by.user,
        author_name=by.name[:120],
        text=text,
        via=via,
        message_id=message_id,
        refused_attachments=refused_attachments,
    )
    tell_message(message)
    if refused_attachments:
        tell_refused(message, by.email)
    return message


def _hold(booking_id: int) -> Booking:
    """The booking, held: two copies of one mail come in one after the other."""
    rows = Booking.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("request__school__municipality", "activity__provider").get(pk=booking_id)


def _known(booking: Booking, by: Actor, text: str, message_id: str | None) -> Message | None:
    if message_id is not None:
        return Message.objects.filter(booking=booking, message_id=message_id).first()
    at_once = Message.objects.filter(booking=booking, created_at__gt=timezone.now() - TWICE)
    return at_once.filter(side=by.side, text=text, message_id=None).first()


@transaction.atomic
def report_concern(*, booking_id: int, by: Actor, words: str) -> Task:
    """Ask the coordinator to look at a booking. The other side is told nothing."""
    booking = _hold(booking_id)
    note = gettext("%(side)s, %(name)s: %(words)s") % {
        "side": by.side.label,
        "name": by.name or by.email,
        "words": words,
    }
    return open_task(kind=Task.Kind.CONCERN, about=booking, note=note)
