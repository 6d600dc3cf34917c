"""The outbox is delivered, at least once.

SMTP has a gap between the last byte and the server's "250": a kill inside it sends the mail again. Everything else
is exact, and both copies carry the same Message-ID, so that receivers and tests can tell.
"""

from __future__ import annotations

import logging
import time
from contextlib import closing

from django.utils import timezone

from techfinder.celery import wake
from techfinder.mail.actions import lanes, settling
from techfinder.mail.actions.claiming import claim, give_back
from techfinder.mail.actions.heartbeat import beat
from techfinder.mail.actions.leases import Leases
from techfinder.mail.models import MailLane, OutgoingMail
from techfinder.mail.policy import checks
from techfinder.mail.queries import has_stopped
from techfinder.mail.standing import SENDER
from techfinder.mail.transport import Failure, NotSentError, Transport, open_transport

logger = logging.getLogger(__name__)

State = OutgoingMail.State
# With one attempt at its end (`ATTEMPT_SECONDS`) less than a task may take; short, so that other tasks have their turn.
SECONDS_PER_RUN = 10.0
LOOK_FOR_LOST_EVERY = 5.0
# So many mails in a row to which no answer came: it is the server, and not they.
MOST_SILENCES = 3


class Run:
    """One dispatcher at work: until nothing is due, or its time is up."""

    def __init__(self, transport: Transport, leases: Leases, seconds: float) -> None:
        self.transport, self.leases = transport, leases
        self.until = time.monotonic() + seconds
        self.looked = 0.0
        self.silences = 0
        self.sent = 0

    def work(self) -> bool:
        """Send what is due; whether something may be left."""
        while time.monotonic() < self.until:
            self._look_for_lost()
            mail = claim()
            if mail is None:
                return False
            self._one(mail)
        return True

    def _one(self, mail: OutgoingMail) -> None:
        with self.leases.hold(mail):
            failure = attempt(mail=mail, transport=self.transport)
        self.sent += mail.state == State.SENT
        self.silences = self.silences + 1 if failure and failure.is_uncertain else 0
        if failure and self.silences >= MOST_SILENCES:
            lanes.shut(domain=MailLane.SERVER, reply=failure.reply)

    def _look_for_lost(self) -> None:
        if time.monotonic() - self.looked > LOOK_FOR_LOST_EVERY:
            give_back()
            self.looked = time.monotonic()


def deliver_due(*, seconds: float = SECONDS_PER_RUN) -> int:
    """Send what is due, one mail at a time, until there is nothing or the time is up. Returns how many went."""
    beat(name=SENDER)
    with closing(open_transport()) as transport, Leases() as leases:
        run = Run(transport, leases, seconds)
        is_left = run.work()
    if is_left:
        wake("mail.deliver_due")
    return run.sent


def attempt(*, mail: OutgoingMail, transport: Transport) -> Failure | None:
    """Send one claimed mail, outside any transaction, and commit what came of it."""
    try:
        if not _may_go(mail):
            return None
        accepted = transport.send(mail)
    except NotSentError as error:
        settling.failed(mail, error.failure)
        return error.failure
    except Exception as error:
        logger.exception("mail %s cannot be sent", mail.pk)
        transport.close()
        settling.stumbled(mail, error)
        return None
    settling.sent(mail, accepted, left=transport.leaves)
    return None


def _may_go(mail: OutgoingMail) -> bool:
    # A code that somebody asks for now always goes: else nobody could get back in.
    if mail.is_suppressed and not mail.is_code:
        settling.not_wanted(mail, State.SUPPRESSED)
        return False
    # It was being sent when the receiver stopped it, and came back.
    if mail.attempts > 1 and has_stopped(mail.to, mail.group):
        settling.not_wanted(mail, State.OVERTAKEN)
        return False
    if checks.is_due(mail) and not _still_holds(mail):
        settling.not_wanted(mail, State.OVERTAKEN)
        return False
    return True


def _still_holds(mail: OutgoingMail) -> bool:
    before = (mail.subject, mail.text, mail.html)
    holds = checks.check(mail)
    mail.was_rewritten = (mail.subject, mail.text, mail.html) != before
    return holds


def sweep() -> int:
    """Give back what a dead worker held, and wake the worker when anything waits. Returns how many wait."""
    give_back()
    waiting = OutgoingMail.objects.filter(state=State.QUEUED, next_attempt_at__lte=timezone.now()).count()
    if waiting:
        wake("mail.deliver_due")
    return waiting
