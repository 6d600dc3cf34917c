"""A mail is written into the outbox with its cause, in one transaction."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import connection, transaction
from django.utils import translation

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.mail.compose import compose
from techfinder.mail.kinds import Group, kind_of
from techfinder.mail.message import CalendarEvent, domain, preferences_url, unsubscribe_url
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy import quiet
from techfinder.mail.queries import has_stopped

LONGEST_ADDRESS = 254  # as in SMTP (RFC 5321), and as rows keep it


def queue_mail(
    *,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    recipient: User | None = None,
    language: str | None = None,
    thread: str = "",
    reply_to: str = "",
    unsubscribe_at: str = "",
    calendar: CalendarEvent | None = None,
    urgent: bool = False,
) -> OutgoingMail | None:
    """Write one mail into the outbox, in the caller's transaction, and wake the worker after commit.

    `template` names the folder in templates/mail/, and so the kind (`kinds`): what goes first, and what stops it.
    The same `key` again gives the row that exists. None when the address cannot be one, or wants no mail of this sort.
    `unsubscribe_at` is where this mail is stopped, when that is no preference: a full address that acts on POST, its
    last part a token. `calendar` is put into the receiver's calendar, or taken out of it. `urgent`: it answers what
    this person did just now, or cannot wait for the morning (`quiet`).
    """
    if not _is_address(to) or _is_unwanted(to, template):
        return None
    mail = draft_mail(
        key=key,
        to=to,
        template=template,
        context=context,
        recipient=recipient,
        language=language,
        thread=thread,
        reply_to=reply_to,
        unsubscribe_at=unsubscribe_at,
        calendar=calendar,
    )
    mail.due_at = mail.next_attempt_at = quiet.opens_for(kind_of(template), to, mail.created_at, urgent=urgent)
    with transaction.atomic(savepoint=False):
        wake("mail.deliver_due")
        return mail if _insert(mail) else OutgoingMail.objects.get(key=key)


def draft_mail(
    *,
    key: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    recipient: User | None = None,
    language: str | None = None,
    thread: str = "",
    reply_to: str = "",
    unsubscribe_at: str = "",
    calendar: CalendarEvent | None = None,
) -> OutgoingMail:
    """The mail that `queue_mail` would write, not stored: for who only wants to see it."""
    mail = _draft(key=key, kind=template, to=to.lower(), recipient=recipient, thread=thread, reply_to=reply_to)
    mail.unsubscribe_at = unsubscribe_at
    if calendar:
        mail.calendar, mail.calendar_method = calendar.text, calendar.method
    mail.language = language or (recipient.language if recipient else translation.get_language() or "nl")[:2]
    own = {
        "recipient": recipient,
        "unsubscribe_url": unsubscribe_url(mail),
        "preferences_url": preferences_url(mail),
    }
    composed = compose(template=template, context={**context, **own}, language=mail.language)
    mail.subject, mail.text, mail.html = composed.subject, composed.text, composed.html
    return mail


def _insert(mail: OutgoingMail) -> bool:
    """Write the row unless there is one with its key; whether it was written. One query: there are many mails."""
    fields = [field for field in OutgoingMail._meta.concrete_fields if not field.primary_key]
    values = [field.get_db_prep_save(field.pre_save(mail, add=True), connection) for field in fields]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    table = connection.ops.quote_name(OutgoingMail._meta.db_table)
    with connection.cursor() as cursor:
        # Names of our own columns; the values are parameters.
        sql = f"INSERT INTO {table} ({columns}) VALUES ({places}) ON CONFLICT (key) DO NOTHING RETURNING id"  # noqa: S608
        cursor.execute(sql, values)
        row = cursor.fetchone()
    if row is None:
        return False
    mail.pk, mail._state.adding, mail._state.db = row[0], False, connection.alias
    return True


def _is_unwanted(to: str, template: str) -> bool:
    """Whether this address stopped such mail. Of matches that is known where they are gathered, for many at once."""
    group = kind_of(template).group
    return group != Group.MATCHES and has_stopped(to, group)


def _is_address(to: str) -> bool:
    try:
        validate_email(to)
    except ValidationError:
        return False
    return len(to) <= LONGEST_ADDRESS


def _draft(**fields: Any) -> OutgoingMail:
    mail = OutgoingMail(uuid=uuid.uuid4(), **fields)
    mail.priority = kind_of(mail.kind).sort
    mail.domain = mail.to.rpartition("@")[2]
    mail.message_id = f"<{mail.uuid}@{domain()}>"
    return mail
