"""The outbox: a mail is written with its cause in one transaction, and delivered afterwards, at least once.

SMTP has a gap between the last byte and the server's "250": a kill inside it sends the mail again. Everything else
is exact, and both copies carry the same Message-ID, so that receivers and tests can tell.
"""

import os
import socket
import time
import uuid
from collections.abc import Collection, Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone, translation

from techfinder.accounts.models import MailFrequency, User
from techfinder.celery import wake
from techfinder.mail.compose import compose
from techfinder.mail.message import CalendarEvent, domain, unsubscribe_url
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.mail.tokens import read_unsubscribe_token
from techfinder.mail.transport import Failure, Keep, Smtp, classify, open_transport

# Longer than one mail may take (settings.EMAIL_TIMEOUT per step), shorter than a person's patience.
LEASE = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_ON_CODE_AFTER = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
PAUSE_FOR_SERVER = timedelta(seconds=20)
SECONDS_PER_RUN = 40
UNSUBSCRIBED = "unsubscribed"


def queue_mail(
    *,
    key: str,
    kind: str,
    to: str,
    template: str,
    context: Mapping[str, Any],
    recipient: User | None = None,
    language: str | None = None,
    thread: str = "",
    reply_to: str = "",
    sensitive: bool = False,
    unsubscribe: bool = False,
    unsubscribe_at: str = "",
    calendar: CalendarEvent | None = None,
) -> OutgoingMail | None:
    """Write one mail into the outbox, in the caller's transaction, and wake the worker after commit.

    The same `key` again gives the row that exists. None when the address cannot be one. `unsubscribe_at` is where this
    mail is stopped, when that is not the mail about matches: a full address that acts on POST, its last part a token.
    `calendar` is put into the receiver's calendar, or taken out of it.
    """
    if not _is_address(to):
        return None
    existing = OutgoingMail.objects.filter(key=key).first()
    if existing:
        return existing
    mail = _draft(key=key, kind=kind, to=to, recipient=recipient, thread=thread, reply_to=reply_to)
    mail.sensitive, mail.unsubscribe, mail.unsubscribe_at = sensitive, unsubscribe, unsubscribe_at
    if calendar:
        mail.calendar, mail.calendar_method = calendar.text, calendar.method
    mail.language = language or (recipient.language if recipient else translation.get_language() or "nl")[:2]
    own = {"recipient": recipient, "unsubscribe_url": unsubscribe_url(mail) if unsubscribe else ""}
    composed = compose(template=template, context={**context, **own}, language=mail.language)
    mail.subject, mail.text, mail.html = composed.subject, composed.text, composed.html
    with transaction.atomic(savepoint=False):
        OutgoingMail.objects.bulk_create([mail], ignore_conflicts=True)
        wake("mail.deliver_due")
        return _written(mail)


def _written(mail: OutgoingMail) -> OutgoingMail:
    """The row with the mail's key: this mail, unless another came first. What was just written is not read back."""
    pk, written = OutgoingMail.objects.values_list("pk", "uuid").get(key=mail.key)
    if written != mail.uuid:
        return OutgoingMail.objects.get(pk=pk)
    mail.pk, mail._state.adding = pk, False
    return mail


def _is_address(to: str) -> bool:
    try:
        validate_email(to)
    except ValidationError:
        return False
    return True


def _draft(**fields: Any) -> OutgoingMail:
    mail = OutgoingMail(uuid=uuid.uuid4(), **fields)
    mail.message_id = f"<{mail.uuid}@{domain()}>"
    return mail


def deliver_due(*, seconds: float = SECONDS_PER_RUN) -> int:
    """Send what is due, one mail per transaction, until there is nothing or the time is up. Returns how many went."""
    until, sent = time.monotonic() + seconds, 0
    transport = open_transport()
    try:
        while time.monotonic() < until:
            mail = claim()
            if mail is None:
                return sent
            failure = attempt(mail=mail, transport=transport)
            if failure and failure.server:
                return sent
            sent += failure is None and mail.state == OutgoingMail.State.SENT
    finally:
        transport.close()
    wake("mail.deliver_due")
    return sent


@transaction.atomic
def claim() -> OutgoingMail | None:
    """Take one due mail under a lease: no other worker takes it before the lease ends."""
    now = timezone.now()
    mail = (
        OutgoingMail.objects.select_for_update(skip_locked=True)
        .filter(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=now)
        .order_by("next_attempt_at", "id")
        .first()
    )
    if mail is None:
        return None
    mail.state = OutgoingMail.State.SENDING
    mail.attempts += 1
    mail.worker = f"{socket.gethostname()}:{os.getpid()}"[:80]
    mail.lease_until = now + LEASE
    mail.save(update_fields=["state", "attempts", "worker", "lease_until"])
    return mail


def attempt(*, mail: OutgoingMail, transport: Keep | Smtp) -> Failure | None:
    """Send one claimed mail, outside any transaction, and commit what came of it."""
    if _is_suppressed(mail):
        _settle(mail, state=OutgoingMail.State.SUPPRESSED)
        return None
    try:
        reply = transport.send(mail)
    except Exception as error:
        transport.close()
        failure = classify(error)
        _settle_failure(mail, failure)
        return failure
    _settle_sent(mail, reply, kept=isinstance(transport, Keep))
    return None


def _is_suppressed(mail: OutgoingMail) -> bool:
    # A code that somebody asks for now always goes: else nobody could get back in.
    if mail.sensitive:
        return False
    found = Suppression.objects.filter(email=mail.to.lower())
    # Who wants no mail about matches still gets the answers to own questions.
    return (found if mail.unsubscribe else found.exclude(reason=UNSUBSCRIBED)).exists()


def _settle_sent(mail: OutgoingMail, reply: str, *, kept: bool) -> None:
    emptied = {"text": "", "html": ""} if mail.sensitive and not kept else {}
    _settle(mail, state=OutgoingMail.State.SENT, sent_at=timezone.now(), reply=reply, **emptied)


def _settle_failure(mail: OutgoingMail, failure: Failure) -> None:
    now = timezone.now()
    patience = GIVE_UP_ON_CODE_AFTER if mail.sensitive else GIVE_UP_AFTER
    if failure.permanent or now - mail.created_at > patience:
        _settle(mail, state=OutgoingMail.State.FAILED, reply=failure.reply)
    else:
        due = now + pause_before_next(attempts=mail.attempts, failure=failure)
        _settle(mail, state=OutgoingMail.State.QUEUED, next_attempt_at=due, reply=failure.reply)
    if failure.dead_address:
        Suppression.objects.get_or_create(email=mail.to.lower(), defaults={"reason": failure.reply[:250]})


def pause_before_next(*, attempts: int, failure: Failure) -> timedelta:
    """A server that is down is tried steadily; a refused mail ever less often."""
    if failure.server:
        return PAUSE_FOR_SERVER
    return min(FIRST_PAUSE * 2 ** min(attempts - 1, 10), LONGEST_PAUSE)


def _settle(mail: OutgoingMail, **fields: Any) -> None:
    """Write the result, unless the lease ran out and another worker has the mail now."""
    own = OutgoingMail.objects.filter(pk=mail.pk, state=OutgoingMail.State.SENDING, attempts=mail.attempts)
    if own.update(lease_until=None, **fields):
        for name, value in fields.items():
            setattr(mail, name, value)


def sweep() -> int:
    """Give back what a dead worker held, and wake the worker when anything waits. Returns how many wait."""
    now = timezone.now()
    expired = OutgoingMail.objects.filter(state=OutgoingMail.State.SENDING, lease_until__lt=now)
    expired.update(state=OutgoingMail.State.QUEUED, lease_until=None, next_attempt_at=now)
    waiting = OutgoingMail.objects.filter(state=OutgoingMail.State.QUEUED, next_attempt_at__lte=now).count()
    if waiting:
        wake("mail.deliver_due")
    return waiting


@transaction.atomic
def unsubscribe(*, token: str, frequency: str = MailFrequency.NONE) -> bool:
    """Stop (or slow down) the mail about matches for whom the token names; again is the same.

    False for a token that we did not make.
    """
    named = read_unsubscribe_token(token)
    if named is None:
        return False
    if "user" in named:
        User.objects.filter(pk=named["user"]).update(match_mail=frequency)
    else:
        Suppression.objects.get_or_create(email=named["email"], defaults={"reason": UNSUBSCRIBED})
    return True


@transaction.atomic
def lift_suppression(*, email: str) -> None:
    """Mail this address again: somebody has just shown to read it, and asked for mail."""
    Suppression.objects.filter(email=email.lower()).delete()


@transaction.atomic
def retry(*, mail_ids: Collection[int]) -> int:
    """Queue failed mails once more (the administrator's second chance). Returns how many."""
    failed = OutgoingMail.objects.filter(
        pk__in=mail_ids, state__in=[OutgoingMail.State.FAILED, OutgoingMail.State.SUPPRESSED]
    )
    count = failed.update(state=OutgoingMail.State.QUEUED, next_attempt_at=timezone.now())
    wake("mail.deliver_due")
    return count
