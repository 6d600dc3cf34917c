"""The addresses to which the sides of a booking answer by mail: one per booking and side, that nobody guesses."""

from __future__ import annotations

import re

from techfinder.bookings.machine import PARTIES
from techfinder.bookings.models import Booking, ReplyAddress
from techfinder.mail import addresses

LOCAL_PART = "antwoord"
# Of a booking that was read with many others: its addresses, read for all of them at once.
KNOWN = "known_addresses"
_TOKEN = re.compile(r"[0-9a-f]{32}")


def reply_to(booking: Booking, side: str) -> str:
    """Where a party answers to a mail of a booking; made at its first use, in the caller's transaction.

    Empty for a coordinator, who is no side of it.
    """
    if side not in PARTIES:
        return ""
    known = {each.side: each.token for each in getattr(booking, KNOWN, ())}
    token = known.get(side) or ReplyAddress.objects.get_or_create(booking=booking, side=side)[0].token
    return addresses.address(LOCAL_PART, token)


def token_in(given: str) -> str:
    """The token in one of these addresses; empty when it is none of them."""
    found = addresses.token_in(given, LOCAL_PART)
    return found if _TOKEN.fullmatch(found) else ""
