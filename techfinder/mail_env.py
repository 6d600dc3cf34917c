"""What the environment says of mail: from whom, and the mail service that may stand in place of a mail server."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from techfinder.env import _Reader

SMTP = "smtp"
# The name of a service, how django-anymail calls the key to send with, and what proves that a report is the service's.
# With WEBHOOK_SECRET that is `name:password` in the address of the report; the others sign.
SERVICES = {
    "brevo": ("BREVO_API_KEY", "WEBHOOK_SECRET"),
    "mailersend": ("MAILERSEND_API_TOKEN", "MAILERSEND_SIGNING_SECRET"),
    "mailgun": ("MAILGUN_API_KEY", "MAILGUN_WEBHOOK_SIGNING_KEY"),
    "postmark": ("POSTMARK_SERVER_TOKEN", "WEBHOOK_SECRET"),
    "resend": ("RESEND_API_KEY", "WEBHOOK_SECRET"),
    "sparkpost": ("SPARKPOST_API_KEY", "WEBHOOK_SECRET"),
}
# To connect, and between two bytes of the answer: far less than an attempt may take.
TIMEOUT = (5, 30)


@dataclass(frozen=True, slots=True, repr=False)
class MailService:
    name: str
    key: str
    # Another address than its usual one: the European one of some.
    url: str
    # Empty: its reports are not listened to.
    webhook_secret: str

    @property
    def backend(self) -> str:
        return f"anymail.backends.{self.name}.EmailBackend"

    def settings(self) -> dict[str, Any]:
        """What django-anymail wants to know."""
        key, secret = SERVICES[self.name]
        known: dict[str, Any] = {
            key: self.key,
            "REQUESTS_TIMEOUT": TIMEOUT,
            # We look at what was said of the receiver ourselves.
            "IGNORE_RECIPIENT_STATUS": True,
            # A service that knows no calendar part still takes the mail, with the calendar as a file.
            "IGNORE_UNSUPPORTED_FEATURES": True,
        }
        if self.webhook_secret:
            known[secret] = self.webhook_secret
        if self.url:
            known[f"{self.name.upper()}_API_URL"] = self.url
        return known


def service(reader: _Reader) -> MailService | None:
    """The service that the environment names; None when mail goes to a mail server."""
    name = (reader.text("EMAIL_SERVICE") or SMTP).lower()
    given = [each for each in ("EMAIL_SERVICE_KEY", "EMAIL_SERVICE_URL") if reader.is_given(each)]
    if name == SMTP:
        reader.faults += [f"TECHFINDER_{each} is set, and TECHFINDER_EMAIL_SERVICE names no service" for each in given]
        return None
    if name not in SERVICES:
        known = ", ".join([SMTP, *SERVICES])
        reader.faults.append(f"TECHFINDER_EMAIL_SERVICE must be one of {known}, not {name!r}")
        return None
    return MailService(
        name, _key(reader), reader.url("EMAIL_SERVICE_URL", ("https", "http")) or "", _secret(reader, name)
    )


def _key(reader: _Reader) -> str:
    key = reader.text("EMAIL_SERVICE_KEY")
    if key is None and not reader.is_given("EMAIL_SERVICE_KEY"):
        reader.faults.append("TECHFINDER_EMAIL_SERVICE_KEY is not set, and TECHFINDER_EMAIL_SERVICE names a service")
    return key or ""


def _secret(reader: _Reader, name: str) -> str:
    secret = reader.text("EMAIL_WEBHOOK_SECRET") or ""
    user, _colon, password = secret.partition(":")
    if secret and SERVICES[name][1] == "WEBHOOK_SECRET" and not (user and password):
        reader.faults.append(f"TECHFINDER_EMAIL_WEBHOOK_SECRET must be name:password for {name}")
    return secret


def sender(reader: _Reader, *, local: bool) -> str:
    value = reader.required(
        reader.text("MAIL_FROM"), "MAIL_FROM", local=local, otherwise=lambda: "Techfinder <desk@techfinder.example>"
    )
    if value and ("@" not in value or "\n" in value or "\r" in value):
        reader.faults.append(f"TECHFINDER_MAIL_FROM must be an e-mail address, not {value!r}")
    return value


def reply_domain(reader: _Reader) -> str:
    """Where mail to a booking is received; empty: at the domain of the sender."""
    value = (reader.text("REPLY_DOMAIN") or "").lower()
    if value and not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)+", value):
        reader.faults.append(f"TECHFINDER_REPLY_DOMAIN must be a domain such as antwoord.example.nl, not {value!r}")
    return value
