"""The address in the mails of the waiting list: who has it sees where one request stands, and changes nothing there."""

from __future__ import annotations

from uuid import UUID

from django.core import signing
from django.urls import reverse

from techfinder.mail.compose import absolute
from techfinder.requests.models import Request

_signer = signing.Signer(salt="techfinder.bookings.waiting", sep="~")


def waiting_url(request: Request) -> str:
    """The full address for a mail."""
    return absolute(reverse("bookings:waiting_link", args=[_signer.sign(request.uuid.hex)]))


def read_token(token: str) -> UUID | None:
    """The request that a token names; None when we did not make it."""
    try:
        return UUID(_signer.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
