"""Messages as a page shows them to one side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from techfinder.bookings.models import Booking, Message
from techfinder.bookings.show.words import name_of
from techfinder.bookings.telling.messages import author, readable


@dataclass(frozen=True, slots=True)
class Written:
    """One message: by whom and when, and its text as this side reads it."""

    who: str
    at: dt.datetime
    text: str
    is_own: bool
    refused: int


def lines(messages: Iterable[Message], booking: Booking, side: str) -> list[Written]:
    return [_line(each, booking, side) for each in messages]


def _line(message: Message, booking: Booking, side: str) -> Written:
    own = message.side == side
    text = message.text if own else readable(message, booking)
    return Written(_who(message, booking), message.created_at, text, own, message.refused_attachments)


def _who(message: Message, booking: Booking) -> str:
    organisation, name = name_of(booking, message.side), author(message, booking)
    return _("%(name)s of %(organisation)s") % {"name": name, "organisation": organisation} if name else organisation
