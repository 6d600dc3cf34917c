"""What came of an attempt is written down, whatever happens to the database meanwhile."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction
from django.utils import timezone

from techfinder.mail.actions import lanes
from techfinder.mail.actions.claiming import LEASE, MOST_CRASHES
from techfinder.mail.actions.events import record_event
from techfinder.mail.actions.history import note
from techfinder.mail.models import MailEvent, MailHistory, MailLane, OutgoingMail
from techfinder.mail.transport import Accepted, Failure, Fault

logger = logging.getLogger(__name__)

State = OutgoingMail.State
_What = MailHistory.What
SOURCE = "smtp"
GIVE_UP_AFTER = timedelta(days=3)
GIVE_UP_ON_CODE_AFTER = timedelta(hours=1)
# Doubling from the first to the longest.
PAUSES = {
    Fault.MAIL: (timedelta(seconds=15), timedelta(hours=1)),
    Fault.FULL: (timedelta(hours=1), timedelta(hours=8)),
}
BETWEEN_TRIES = 0.5


def sent(mail: OutgoingMail, accepted: Accepted, *, left: bool) -> None:
    """It was taken. Codes are emptied once they have left: they let somebody in."""
    emptied = {"text": "", "html": ""} if mail.is_code and left else {}
    fields = {"state": State.SENT, "sent_at": timezone.now(), "reply": accepted.reply}
    _patiently(partial(_settle, mail, **fields, provider_id=accepted.provider_id, **_changed(mail), **emptied))
    if mail.is_trial:
        lanes.reopen(mail, domain=True)


def not_wanted(mail: OutgoingMail, state: str) -> None:
    """It does not go, and that is no failure: suppressed, or overtaken."""
    _patiently(partial(_settle, mail, state=state))


def failed(mail: OutgoingMail, failure: Failure) -> None:
    """It did not go: queued again for later, or given up."""
    _patiently(partial(_fail, mail, failure))


def stumbled(mail: OutgoingMail, error: Exception) -> None:
    """A fault of our own: tried again a little later, and the third time set aside."""
    _patiently(partial(_stumble, mail, f"{type(error).__name__}: {error}"))


@transaction.atomic
def _fail(mail: OutgoingMail, failure: Failure) -> None:
    due, given_up = _due(mail, failure), failure.permanent or _is_too_late(mail, failure)
    state = State.FAILED if given_up else State.QUEUED
    if not _settle(mail, state=state, next_attempt_at=due, reply=failure.reply):
        return
    note(mail_ids=[mail.pk], what=_What.REFUSED if given_up else _What.WAITED, detail=failure.reply)
    if mail.is_trial and failure.fault != Fault.SERVER:
        lanes.reopen(mail, domain=failure.fault != Fault.DOMAIN and not failure.is_uncertain)
    _report(mail, failure)


def _report(mail: OutgoingMail, failure: Failure) -> None:
    """A refusal that says something of the address is the same as a report afterwards."""
    if failure.fault == Fault.ADDRESS:
        said, about = MailEvent.Type.HARD, mail
    elif failure.fault == Fault.FULL:
        # Of no mail: this one may still arrive.
        said, about = MailEvent.Type.SOFT, None
    else:
        return
    record_event(source=SOURCE, event_id=str(mail.uuid), said=said, email=mail.to, mail=about, detail=failure.reply)


@transaction.atomic
def _stumble(mail: OutgoingMail, reply: str) -> None:
    crashes = mail.crashes + 1
    aside = crashes >= MOST_CRASHES
    due = timezone.now() + PAUSES[Fault.MAIL][0]
    state = State.ASIDE if aside else State.QUEUED
    if _settle(mail, state=state, crashes=crashes, next_attempt_at=due, reply=reply):
        note(mail_ids=[mail.pk], what=_What.SET_ASIDE if aside else _What.WAITED, detail=reply)


def _due(mail: OutgoingMail, failure: Failure) -> datetime:
    """When it is tried again; behind the others that wait for the same, so that one mail holds up none."""
    if failure.fault == Fault.SERVER:
        return lanes.shut(domain=MailLane.SERVER, reply=failure.reply)
    if failure.fault == Fault.DOMAIN:
        return lanes.shut(domain=mail.domain, reply=failure.reply)
    return timezone.now() + pause_before_next(attempts=mail.attempts, fault=failure.fault)


def pause_before_next(*, attempts: int, fault: Fault) -> timedelta:
    """How long a mail waits after so many attempts."""
    first, longest = PAUSES.get(fault, PAUSES[Fault.MAIL])
    return min(first * 2 ** min(attempts - 1, 10), longest)


def _is_too_late(mail: OutgoingMail, failure: Failure) -> bool:
    """Nothing is given up because our own server is down, but a code that nobody waits for any more."""
    waited = timezone.now() - mail.due_at
    if mail.is_code:
        return waited > GIVE_UP_ON_CODE_AFTER
    return failure.fault != Fault.SERVER and waited > GIVE_UP_AFTER


def _changed(mail: OutgoingMail) -> dict[str, str]:
    """What a check put in place of what was written (`checks`)."""
    return {"subject": mail.subject, "text": mail.text, "html": mail.html} if mail.was_rewritten else {}


def _settle(mail: OutgoingMail, **fields: Any) -> bool:
    """Write the result, unless the lease ended and another has the mail now."""
    own = OutgoingMail.objects.filter(pk=mail.pk, state=State.SENDING, attempts=mail.attempts)
    if not own.update(lease_until=None, slot=None, **fields):
        logger.warning("mail %s is somebody else's by now", mail.pk)
        return False
    for name, value in fields.items():
        setattr(mail, name, value)
    return True


def _patiently(write: Callable[[], object]) -> None:
    """A database that restarts is waited for as long as the mail is ours: else a mail that went would go again."""
    until = time.monotonic() + LEASE.total_seconds()
    while True:
        try:
            write()
            return
        except (OperationalError, InterfaceError) as error:
            if connection.in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("cannot write what came of a mail: %s", error)
            connection.close()
            time.sleep(BETWEEN_TRIES)
