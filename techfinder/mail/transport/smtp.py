"""A mail server: one connection for many mails, and each mail's conversation step by step."""

from __future__ import annotations

import contextlib
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.core.mail.message import sanitize_address
from django.core.mail.utils import DNS_NAME

from techfinder.mail.message import build, envelope_of
from techfinder.mail.models import OutgoingMail
from techfinder.mail.transport.answers import LONGEST_REPLY, NotSentError, Stage, judge, judge_silence
from techfinder.mail.transport.base import ATTEMPT_SECONDS, Accepted
from techfinder.mail.transport.session import Deadline, Timed, TimedTls


class Smtp:
    """One connection for many mails; a fault closes it and the next mail opens it again."""

    leaves = True

    def __init__(self) -> None:
        self.session: Timed | None = None

    def send(self, mail: OutgoingMail) -> Accepted:
        content = build(mail).message().as_bytes(linesep="\r\n")
        to = sanitize_address(mail.to, "utf-8")
        try:
            return self._converse(envelope_of(mail), to, content, Deadline(ATTEMPT_SECONDS))
        except NotSentError:
            self.close()
            raise

    def close(self) -> None:
        session, self.session = self.session, None
        if session is not None:
            # It may be broken already: that is why it is closed.
            with contextlib.suppress(OSError, smtplib.SMTPException):
                session.deadline = Deadline(1)
                session.quit()
            session.close()

    def _converse(self, sender: str, to: str, content: bytes, deadline: Deadline) -> Accepted:
        session = self._begin(sender, content, deadline)
        with _at(Stage.RECIPIENT):
            _expect(Stage.RECIPIENT, session.rcpt(to), 250, 251)
        with _at(Stage.CONTENT):
            reply = session.data(content)
            _expect(Stage.CONTENT, reply, 250)
        return Accepted(f"{reply[0]} {reply[1].decode('utf-8', 'replace')}"[:LONGEST_REPLY])

    def _begin(self, sender: str, content: bytes, deadline: Deadline) -> Timed:
        """A connection that has taken the sender. One that was kept may have ended meanwhile: that is no fault."""
        if self.session is not None:
            with contextlib.suppress(NotSentError):
                return self._name_sender(self.session, sender, content, deadline)
            self.close()
        self.session = _connect(deadline)
        return self._name_sender(self.session, sender, content, deadline)

    def _name_sender(self, session: Timed, sender: str, content: bytes, deadline: Deadline) -> Timed:
        session.deadline = deadline
        options = [f"size={len(content)}"] if session.has_extn("size") else []
        if session.has_extn("8bitmime") and not content.isascii():
            options.append("body=8bitmime")
        with _at(Stage.SENDER):
            _expect(Stage.SENDER, session.mail(sender, options), 250)
        return session


def _connect(deadline: Deadline) -> Timed:
    kind = TimedTls if settings.EMAIL_USE_SSL else Timed
    with _at(Stage.CONNECT):
        session = kind(
            settings.EMAIL_HOST,
            settings.EMAIL_PORT,
            deadline=deadline,
            connect_seconds=settings.EMAIL_TIMEOUT,
            local_hostname=DNS_NAME.get_fqdn(),
        )
        session.ehlo_or_helo_if_needed()
        if settings.EMAIL_USE_TLS:
            session.starttls(context=ssl.create_default_context())
            session.ehlo_or_helo_if_needed()
        if settings.EMAIL_HOST_USER:
            session.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return session


@contextmanager
def _at(stage: Stage) -> Iterator[None]:
    """What goes wrong in this block went wrong at this stage."""
    try:
        yield
    except smtplib.SMTPResponseException as error:
        raise NotSentError(judge(stage, error.smtp_code, error.smtp_error)) from error
    except (OSError, smtplib.SMTPException) as error:
        raise NotSentError(judge_silence(stage, error)) from error


def _expect(stage: Stage, answer: tuple[int, bytes], *codes: int) -> None:
    if answer[0] not in codes:
        raise NotSentError(judge(stage, *answer))
