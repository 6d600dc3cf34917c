"""A mail that came in, read so that no bytes break it or keep us busy."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from itertools import islice

LARGEST = 10 * 1024 * 1024
# What is longer, or has more parts, was made to keep us busy: reading it would take minutes.
LONGEST_HEADER = 20_000
LARGEST_HEADERS = 512 * 1024
MOST_PARTS, MOST_BOUNDARIES = 200, 2000
ADDRESSED = ("Delivered-To", "X-Original-To", "Envelope-To", "To", "Cc")


class UnreadableError(ValueError):
    """Too large, or parts within parts without end."""


def message_of(raw: bytes) -> EmailMessage:
    """The whole mail; `UnreadableError` for what is too much."""
    if len(raw) > LARGEST or raw.count(b"\n--") > MOST_BOUNDARIES:
        raise UnreadableError
    try:
        mail = message_from_bytes(raw, policy=policy.default)
    except RecursionError as error:
        raise UnreadableError from error
    assert isinstance(mail, EmailMessage)
    return mail


def header(mail: EmailMessage, name: str) -> str:
    """A header as text; what is endless or cannot be read is as good as absent."""
    if any(len(value) > LONGEST_HEADER for each, value in mail.raw_items() if each.lower() == name.lower()):
        return ""
    try:
        return str(mail.get(name, ""))
    except (ValueError, IndexError, AttributeError, TypeError, RecursionError):
        return ""


def parts(mail: EmailMessage) -> Iterator[EmailMessage]:
    return (part for part in islice(mail.walk(), MOST_PARTS) if isinstance(part, EmailMessage))


def addresses(raw: bytes) -> list[str]:
    """Where the mail was sent, as its headers say it."""
    mail = BytesHeaderParser(policy=policy.default).parsebytes(raw[:LARGEST_HEADERS])
    return addressed(mail) if isinstance(mail, EmailMessage) else []


def addressed(mail: EmailMessage) -> list[str]:
    return [email for _name, email in getaddresses([header(mail, each) for each in ADDRESSED])]
