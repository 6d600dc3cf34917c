"""The links of the mails: signed, for one booking, one side and one purpose, as the booking stood when it was mailed.

Who has the link acts for that side, as its contact. It tells the version that the mail was about, so that an older one
says what happened since; and whose contact it was mailed to, so that it no longer acts when somebody else is.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.core import signing
from django.urls import reverse
from django.utils.crypto import salted_hmac

from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models import Booking
from techfinder.mail.compose import absolute

_signer = signing.Signer(salt="techfinder.bookings.link", sep="~")
_BETWEEN = "."
_TAG = 10


class Purpose(StrEnum):
    """What a link is for."""

    ANSWER = "answer"  # yes, another date, or no
    ACCEPT = "accept"
    PROPOSE = "propose"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    ELSEWHERE = "elsewhere"
    PAGE = "page"  # how it stands, and all that can be done
    CHANGE = "change"
    CANCEL = "cancel"
    CONFIRM = "confirm"
    REPORT = "report"
    GONE = "gone"  # the contact works there no more
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Link:
    """What a token says. `holder` is a tag of the contact that it was mailed to, or "c" and the id of a used code."""

    booking_id: int
    side: Side
    purpose: Purpose
    version: int
    holder: str

    @property
    def code_id(self) -> int | None:
        """The code with which a colleague showed who she is."""
        return int(self.holder[1:]) if self.holder.startswith("c") else None


def tag(email: str) -> str:
    """Of an address, to be compared and not to be read; never begins with a "c" of a code."""
    return f"t{salted_hmac('techfinder.bookings.holder', email.lower()).hexdigest()[:_TAG]}"


def make(link: Link) -> str:
    parts = (link.booking_id, link.side.value, link.purpose.value, link.version, link.holder)
    return _signer.sign(_BETWEEN.join(str(part) for part in parts))


def read(token: str) -> Link | None:
    """What the token says; None when we did not make it."""
    try:
        booking_id, side, purpose, version, holder = _signer.unsign(token).split(_BETWEEN)
        return Link(int(booking_id), Side(side), Purpose(purpose), int(version), holder)
    except (signing.BadSignature, ValueError):
        return None


def token(booking: Booking, side: Side, purpose: str, *, holder: str = "") -> str:
    """The token of a link to the contact of a party; `holder` when it is a colleague's."""
    assert side in PARTIES
    whose = holder or tag(booking.contact(side)[1])
    return make(Link(booking.pk, Side(side), Purpose(purpose), booking.version, whose))


def link(booking: Booking, side: Side, purpose: str) -> str:
    """The full address for a mail to the contact of a party, about the booking as it stands in `booking`."""
    return absolute(reverse("bookings:link", args=[token(booking, side, purpose)]))
