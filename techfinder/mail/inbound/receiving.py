"""Mail that comes in: what a mail server pipes to `manage.py receive_mail`, handed to the room that gave the address
out. Each room registers the local part of its addresses."""

from __future__ import annotations

from enum import IntEnum
from typing import Protocol

from django.utils.translation import gettext_lazy as _

from techfinder.mail.addresses import token_in
from techfinder.mail.inbound.reading import addresses


class Exit(IntEnum):
    """What a mail server is answered (sysexits.h): it keeps the mail, bounces it, or tries again."""

    OK = 0
    DATA = 65  # not a mail that can be passed on
    NO_USER = 67  # no such address
    UNAVAILABLE = 69  # nothing more is passed on here
    TEMPORARY = 75


# The mail server puts them in the mail with which it gives the message back.
WORDS = {
    Exit.DATA: _("Your mail has no text that can be passed on, or it is too large. Write a few words, without files."),
    Exit.NO_USER: _("This address does not exist."),
    Exit.UNAVAILABLE: _("Nothing more is passed on about this appointment."),
    Exit.TEMPORARY: _("Try again later."),
}


class Receiver(Protocol):
    def __call__(self, *, raw: bytes, to: str) -> Exit: ...


_receivers: dict[str, Receiver] = {}


def register(local_part: str, receive: Receiver) -> None:
    """Mail to `<local_part>+<token>@<reply domain>` is given to `receive`, with that address as `to`.

    It owns its transactions, does nothing for the same mail again, and judges the token.
    """
    _receivers[local_part] = receive


def receive(*, raw: bytes, to: str = "") -> Exit:
    """Take in one mail; `to` is the address that the mail server delivers to, when it says so."""
    for given in (to, *addresses(raw)):
        for local_part, receiver in _receivers.items():
            if token_in(given, local_part):
                return receiver(raw=raw, to=given)
    return Exit.NO_USER
