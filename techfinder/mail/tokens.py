"""Signed, opaque tokens for the links that must work without signing in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing

from techfinder.mail.kinds import Group

# So long the button in the mail works that asks whether mail is wanted again.
AGAIN_WITHIN = timedelta(days=2)
_again = signing.TimestampSigner(salt="techfinder.mail.again", sep="~")
_signer = signing.Signer(salt="techfinder.mail.address", sep=".")


@dataclass(frozen=True, slots=True)
class Addressed:
    """Whose link it is, and what it stops at once; without a group it only opens the preferences."""

    email: str
    group: Group | None = None


def address_token(email: str, group: Group | None = None) -> str:
    """A token that opens the preferences of an address, and with a group stops that sort of mail."""
    return _signer.sign_object([email.lower(), group or ""])


def read_address_token(token: str) -> Addressed | None:
    """What the token says, or None when we did not make it."""
    try:
        email, group = _signer.unsign_object(token)
        return Addressed(email, Group(group) if group else None)
    except (signing.BadSignature, ValueError, TypeError):
        return None


def again_token(email: str) -> str:
    """A token that is only in a mail to this address: whoever has it reads mail there, now."""
    return _again.sign_object(email.lower())


def read_again_token(token: str) -> str | None:
    """The address, or None when the token is forged or too old."""
    try:
        return str(_again.unsign_object(token, max_age=AGAIN_WITHIN))
    except (signing.BadSignature, ValueError):
        return None
