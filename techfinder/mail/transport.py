"""The way out: a mail server, or nothing but the outbox; and what an answer of the server means."""

import contextlib
import smtplib
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import BadHeaderError, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from techfinder.mail.message import build
from techfinder.mail.models import OutgoingMail

KEPT = "kept"
ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a mail did not go. `server` means that the next mail will not go either."""

    reply: str
    permanent: bool = False
    server: bool = False
    dead_address: bool = False


class Keep:
    """Without a mail server (development) the outbox is where mails are read."""

    def send(self, mail: OutgoingMail) -> str:
        return KEPT

    def close(self) -> None:
        pass


class Smtp:
    """One connection for many mails; a fault closes it and the next mail opens it again."""

    def __init__(self) -> None:
        self.connection: BaseEmailBackend = get_connection()

    def send(self, mail: OutgoingMail) -> str:
        self.connection.send_messages([build(mail)])
        return ACCEPTED

    def close(self) -> None:
        # It may be broken already: that is why it is closed.
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self.connection.close()


def open_transport() -> Keep | Smtp:
    return Keep() if settings.MAIL_KEEP_ONLY else Smtp()


def classify(error: Exception) -> Failure:
    """Only a 5xx on this recipient or this content is final; our own faults and theirs in passing are not."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, reply = next(iter(error.recipients.values()))
        return _by_code(code, reply, of_address=True)
    if isinstance(error, smtplib.SMTPDataError):
        return _by_code(error.smtp_code, error.smtp_error)
    if isinstance(error, smtplib.SMTPResponseException):
        return Failure(reply=_words(error.smtp_code, error.smtp_error), server=True)
    if isinstance(error, (OSError, smtplib.SMTPException)):
        return Failure(reply=f"{type(error).__name__}: {error}"[:500], server=True)
    if isinstance(error, (BadHeaderError, ValueError)):
        return Failure(reply=f"{type(error).__name__}: {error}"[:500], permanent=True)
    raise error


def _by_code(code: int, reply: bytes | str, *, of_address: bool = False) -> Failure:
    words = _words(code, reply)
    # 5.1.x and a bare 550 on the recipient speak of the address; 5.7.x is about us.
    dead = of_address and code in (550, 551, 553) and (" 5." not in words or " 5.1." in words)
    return Failure(reply=words, permanent=code >= 500, server=code == 421, dead_address=dead)


def _words(code: int, reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else str(reply)
    return f"{code} {text}"[:500]
