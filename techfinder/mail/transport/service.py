"""A mail service by its API, through django-anymail."""

from __future__ import annotations

import contextlib
from typing import Any

import requests
from anymail.exceptions import AnymailAPIError
from anymail.message import AnymailRecipientStatus
from django.core.mail import get_connection
from urllib3.exceptions import NewConnectionError

from techfinder.mail.message import build
from techfinder.mail.models import OutgoingMail
from techfinder.mail.transport.answers import LONGEST_REPLY, Failure, Fault, NotSentError
from techfinder.mail.transport.base import Accepted

# What anymail calls what the service said of a receiver.
NOT_TAKEN = {"invalid": Fault.ADDRESS, "rejected": Fault.REFUSED, "failed": Fault.MAIL}
# Of which the mail is not the cause: our key, our account, too many at once; and whatever broke there.
_OF_ACCOUNT = (401, 402, 403, 408, 425, 429)


class Service:
    """One HTTP session for many mails. The envelope is the service's: it reports by webhook what comes back."""

    leaves = True

    def __init__(self) -> None:
        self.connection: Any = get_connection()

    def send(self, mail: OutgoingMail) -> Accepted:
        message: Any = build(mail, envelope=False)
        # Its reports carry this, also where the service makes a Message-ID of its own.
        message.metadata = {"mail": str(mail.uuid)}
        try:
            self.connection.open()
            self.connection.send_messages([message])
        except AnymailAPIError as error:
            self.close()
            raise NotSentError(judge_api(error)) from error
        return _taken(next(iter(message.anymail_status.recipients.values())), message.anymail_status.esp_response)

    def close(self) -> None:
        with contextlib.suppress(requests.RequestException):
            self.connection.close()


def judge_api(error: AnymailAPIError) -> Failure:
    """What it means that the service did not take a mail."""
    words = str(error)[:LONGEST_REPLY]
    status = error.status_code
    if status is None:
        reached = not _never_reached(error)
        return Failure(Fault.MAIL if reached else Fault.SERVER, words, is_uncertain=reached)
    if status in _OF_ACCOUNT or status >= 500:
        return Failure(Fault.SERVER, words)
    return Failure(Fault.REFUSED, words)


def _never_reached(error: Exception) -> bool:
    """Whether the connection was not even made, so that nothing can have been taken."""
    reason = getattr(error.__cause__.args[0], "reason", None) if error.__cause__ and error.__cause__.args else None
    return isinstance(error.__cause__, requests.ConnectTimeout) or isinstance(reason, NewConnectionError)


def _taken(status: AnymailRecipientStatus, response: Any) -> Accepted:
    code = getattr(response, "status_code", 200)
    said = f"{code} {status.status}: {getattr(response, 'text', '')}"[:LONGEST_REPLY]
    fault = NOT_TAKEN.get(status.status, Fault.REFUSED if code >= 400 else None)
    if fault:
        raise NotSentError(Failure(fault, said))
    return Accepted(said, str(status.message_id or ""))
