"""The addresses at which this site receives mail; the part before the `+` says what for, the token of which mail."""

from __future__ import annotations

import base64
import hmac
from email.utils import parseaddr
from uuid import UUID

from django.conf import settings
from django.utils.crypto import salted_hmac

# What mail servers send back about a mail, and what people send to stop a sort of mail.
BOUNCE, UNSUBSCRIBE = "b", "uit"
# Some servers write the sign between local part and token differently.
SIGNS = "+=-"
_PROOF = 10


def domain() -> str:
    """That of the sender."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2] or "localhost"


def reply_domain() -> str:
    """Where mail to this site is received."""
    return settings.REPLY_DOMAIN or domain()


def address(local_part: str, token: str) -> str:
    return f"{local_part}+{token}@{reply_domain()}"


def token_in(given: str, local_part: str) -> str:
    """The token in an address of ours with this local part, in lower case; empty when it is none of them."""
    local, _at, at_domain = given.strip().lower().rpartition("@")
    if at_domain != reply_domain().lower() or not local.startswith(local_part):
        return ""
    sign, token = local[len(local_part) : len(local_part) + 1], local[len(local_part) + 1 :]
    return token if sign and sign in SIGNS else ""


def bounce_address(uuid: UUID) -> str:
    """The envelope sender of one mail: what comes back there is about that mail, whatever it says itself."""
    return address(BOUNCE, _token(uuid, BOUNCE))


def unsubscribe_address(uuid: UUID) -> str:
    """A mail to it stops what an unsubscribe link of that mail stops."""
    return address(UNSUBSCRIBE, _token(uuid, UNSUBSCRIBE))


def mail_in(token: str, local_part: str) -> UUID | None:
    """Of which mail this token is; None when we did not make it."""
    try:
        raw = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        uuid = UUID(bytes=raw[:16])
    except ValueError:
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return uuid if any(hmac.compare_digest(raw[16:], _proof(uuid, local_part, key)) for key in keys) else None


def _token(uuid: UUID, local_part: str) -> str:
    """Short enough for a local part, and without capitals, which are lost on the way."""
    raw = uuid.bytes + _proof(uuid, local_part, settings.SECRET_KEY)
    return base64.b32encode(raw).decode("ascii").rstrip("=").lower()


def _proof(uuid: UUID, local_part: str, key: str | bytes) -> bytes:
    """The number of a mail is read by whom it is forwarded to; the proof is not in what they get."""
    made = salted_hmac(f"techfinder.mail.addresses.{local_part}", uuid.bytes, secret=key, algorithm="sha256")
    return made.digest()[:_PROOF]
