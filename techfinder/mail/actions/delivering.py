"""The outbox is delivered, at least once.

SMTP has a gap between the last byte and the server's "250": a kill inside it sends the mail again. Everything else
is exact, and both copies carry the same Message-ID, so that receivers and tests can tell.
"""

from __future__ import annotations

import os
import socket
import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.celery import wake
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.mail.transport import Failure, Keep, Smtp, classify, open_transport

# Longer than one mail may take (settings.EMAIL_TIMEOUT per step), shorter than a person's patience.
LEASE = timedelta(seconds=60)
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_ON_CODE_AFTER = timedelta(hours=1)
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=1)
PAUSE_FOR_SERVER = timedelta(seconds=20)
SECONDS_PER_RUN = 40


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
        .order_by("priority", "next_attempt_at", "id")
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
    if mail.is_code:
        return False
    return Suppression.objects.standing().filter(email=mail.to).exists()


def _settle_sent(mail: OutgoingMail, reply: str, *, kept: bool) -> None:
    emptied = {"text": "", "html": ""} if mail.is_code and not kept else {}
    _settle(mail, state=OutgoingMail.State.SENT, sent_at=timezone.now(), reply=reply, **emptied)


def _settle_failure(mail: OutgoingMail, failure: Failure) -> None:
    now = timezone.now()
    patience = GIVE_UP_ON_CODE_AFTER if mail.is_code else GIVE_UP_AFTER
    if failure.permanent or now - mail.created_at > patience:
        _settle(mail, state=OutgoingMail.State.FAILED, reply=failure.reply)
    else:
        due = now + pause_before_next(attempts=mail.attempts, failure=failure)
        _settle(mail, state=OutgoingMail.State.QUEUED, next_attempt_at=due, reply=failure.reply)
    if failure.dead_address:
        Suppression.objects.get_or_create(email=mail.to, defaults={"detail": failure.reply[:250]})


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
