"""The addresses to which the sides of a booking answer by mail: one per booking and side, that nobody guesses."""

from __future__ import annotations

import re

from django.conf import settings

from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking, ReplyAddress
from techfinder.mail.message import domain

LOCAL_PART = "antwoord"
# Some servers write the sign between the two differently; capitals may be lost or made.
_TOKEN = re.compile(rf"^{LOCAL_PART}[+=-]([0-9a-f]{{32}})@", re.IGNORECASE)


def reply_domain() -> str:
    return settings.REPLY_DOMAIN or domain()


def reply_to(booking: Booking, side: str) -> str:
    """Where a party answers to a mail of a booking; made at its first use, in the caller's transaction.

    Empty for a coordinator, who is no side of it.
    """
    if side not in PARTIES:
        return ""
    own, _made = ReplyAddress.objects.get_or_create(booking=booking, side=side)
    return f"{LOCAL_PART}+{own.token}@{reply_domain()}"


def token_in(address: str) -> str:
    """The token in one of these addresses; empty when it is none of them."""
    found = _TOKEN.match(address.strip())
    if found is None or address.strip().rpartition("@")[2].lower() != reply_domain().lower():
        return ""
    return found[1].lower()
