"""From a row of the outbox to the message on the wire."""

import re
from dataclasses import dataclass
from email.utils import format_datetime, formataddr, parseaddr

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from techfinder.mail.addresses import bounce_address, domain, unsubscribe_address
from techfinder.mail.compose import absolute, one_line
from techfinder.mail.models import OutgoingMail
from techfinder.mail.tokens import address_token

LONGEST_NAME = 75
CALENDAR_FILE = "afspraak.ics"


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """What goes into the receiver's calendar: an iCalendar text, and its method (REQUEST, CANCEL)."""

    method: str
    text: str


def sender() -> str:
    """The site's address; some receivers refuse a name with @ : , or a quote in it."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    clean = one_line(re.sub(r"[@:,;\"<>]+", " ", name))[:LONGEST_NAME]
    return formataddr((clean, address)) if clean else address


def envelope_of(mail: OutgoingMail) -> str:
    """The sender on the envelope: where a report goes when the mail comes back, and of which mail it is."""
    return bounce_address(mail.uuid)


def unsubscribe_url(mail: OutgoingMail) -> str:
    """Where a POST stops mail of this sort; empty when it cannot be stopped."""
    if mail.unsubscribe_at:
        return mail.unsubscribe_at
    if mail.group is None:
        return ""
    return absolute(reverse("mail:unsubscribe", args=[address_token(mail.to, mail.group)]))


def preferences_url(mail: OutgoingMail) -> str:
    """The page on which the receiver decides about all mail."""
    return absolute(reverse("mail:preferences", args=[address_token(mail.to)]))


def headers_of(mail: OutgoingMail) -> dict[str, str]:
    """Message-ID and Date are those of the row: every attempt sends the same message.

    The date is when it was to go: what waited for the end of a holiday would else look lost on its way.
    """
    headers = {
        "Message-ID": mail.message_id,
        "Date": format_datetime(mail.due_at),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
    }
    if mail.thread:
        threads = [f"<{each}@{domain()}>" for each in mail.thread.split()]
        headers |= {"In-Reply-To": threads[-1], "References": " ".join(threads)}
    if url := unsubscribe_url(mail):
        headers |= _list_headers(mail, url)
    return headers


def _list_headers(mail: OutgoingMail, url: str) -> dict[str, str]:
    return {
        "List-Id": f"<{mail.group or mail.kind}.{domain()}>",
        # The mailto is for receivers that ignore the https one.
        "List-Unsubscribe": f"<{url}>, <mailto:{unsubscribe_address(mail.uuid)}?subject=unsubscribe>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def build(mail: OutgoingMail, *, envelope: bool = True) -> EmailMultiAlternatives:
    """The whole message. With `envelope` its sender there is not who it is from, but where reports of it go."""
    headers = headers_of(mail)
    message = EmailMultiAlternatives(
        subject=one_line(mail.subject),
        body=mail.text,
        from_email=envelope_of(mail) if envelope else sender(),
        to=[mail.to],
        reply_to=[mail.reply_to] if mail.reply_to else None,
        headers={**headers, "From": sender()} if envelope else headers,
    )
    if mail.html:
        message.attach_alternative(mail.html, "text/html")
    if mail.calendar:
        _add_calendar(message, mail)
    return message


def _add_calendar(message: EmailMultiAlternatives, mail: OutgoingMail) -> None:
    """Twice: calendars read the part that names its method, and people save the file."""
    message.attach_alternative(mail.calendar, f"text/calendar; method={mail.calendar_method}")
    message.attach(CALENDAR_FILE, mail.calendar.encode(), "application/ics")
