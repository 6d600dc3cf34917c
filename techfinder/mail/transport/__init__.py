"""The way out: a mail server, a mail service, or nothing but the outbox."""

from django.conf import settings

from techfinder.mail.transport.answers import Failure, Fault, NotSentError
from techfinder.mail.transport.base import ATTEMPT_SECONDS, Accepted, Transport
from techfinder.mail.transport.keep import Keep
from techfinder.mail.transport.service import Service
from techfinder.mail.transport.smtp import Smtp

__all__ = [
    "ATTEMPT_SECONDS",
    "Accepted",
    "Failure",
    "Fault",
    "Keep",
    "NotSentError",
    "Service",
    "Smtp",
    "Transport",
    "open_transport",
]


def open_transport() -> Transport:
    """The one that the settings name; nothing is connected before the first mail."""
    if settings.MAIL_KEEP_ONLY:
        return Keep()
    return Service() if settings.MAIL_SERVICE else Smtp()
