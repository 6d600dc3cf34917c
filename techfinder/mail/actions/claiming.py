"""Who sends what: a mail is taken under a lease, and given back when the lease ends."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Case, F, Value, When
from django.utils import timezone

from techfinder.mail.actions.history import note
from techfinder.mail.models import MailHistory, MailLane, OutgoingMail

State = OutgoingMail.State

# Renewed while an attempt goes on (`leases`): so soon is known that whoever had the mail is gone.
LEASE = timedelta(seconds=30)
# A mail that ended so many of us is looked at by a person.
MOST_CRASHES = 3
PLACE = "mail_place_of_domain"

# One statement, so that nobody can stand still in the middle of it with a lock. Of a domain at most so many are sent
# at once, each with a place of its own: the unique place is what holds when two claims see the same room. Of a domain
# that asked for patience one at a time tries.
_CLAIM = """
WITH taken AS MATERIALIZED (
    SELECT domain, count(*) AS many FROM mail_outgoingmail WHERE state = 'sending' GROUP BY domain
), shut AS MATERIALIZED (
    SELECT domain FROM taken WHERE many >= %(most)s
    UNION ALL
    SELECT domain FROM mail_maillane WHERE not_before > %(now)s OR domain IN (SELECT domain FROM taken)
), next AS (
    SELECT id, domain FROM mail_outgoingmail
    WHERE state = 'queued' AND next_attempt_at <= %(now)s AND domain NOT IN (SELECT domain FROM shut)
        AND NOT EXISTS (SELECT FROM mail_maillane WHERE domain = %(server)s AND not_before > %(now)s)
    ORDER BY priority, next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
), lane AS (
    SELECT next.id, EXISTS (SELECT FROM mail_maillane WHERE mail_maillane.domain = next.domain) AS is_alone, EXISTS (
        SELECT FROM mail_maillane WHERE mail_maillane.domain IN (next.domain, %(server)s)
    ) AS is_trial FROM next
)
UPDATE mail_outgoingmail AS mail SET
    state = 'sending', attempts = attempts + 1, worker = %(worker)s, lease_until = %(lease)s,
    slot = (
        SELECT slot FROM generate_series(1, CASE WHEN is_alone THEN 1 ELSE %(most)s END) AS slot
        WHERE slot NOT IN (
            SELECT coalesce(other.slot, 0) FROM mail_outgoingmail AS other
            WHERE other.state = 'sending' AND other.domain = mail.domain
        )
        ORDER BY (slot + %(own)s) %% %(most)s LIMIT 1
    )
FROM lane WHERE mail.id = lane.id
RETURNING mail.*, lane.is_trial, EXISTS (
    SELECT FROM mail_suppression
    WHERE email = mail."to" AND (mail_suppression.until IS NULL OR mail_suppression.until > %(now)s)
) AS is_suppressed
"""


def claim() -> OutgoingMail | None:
    """Take the mail that is first to go; until the lease ends no other worker takes it. One query.

    None when nothing is due, when all that is due goes to domains that must wait, or when the mail server must.
    """
    now = timezone.now()
    values = {
        "now": now,
        "lease": now + LEASE,
        "most": settings.MAIL_PER_DOMAIN,
        "server": MailLane.SERVER,
        "worker": _own_name(),
        "own": os.getpid(),
    }
    while True:
        try:
            return next(iter(OutgoingMail.objects.raw(_CLAIM, values)), None)
        except IntegrityError as error:
            # Another took that place of the domain in this very moment: it is seen now.
            if PLACE not in str(error):
                raise


def _own_name() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"[:80]


def give_back(*, now: datetime | None = None) -> int:
    """Queue what somebody held whose lease ended; what ended three of us is set aside. Returns how many."""
    now = now or timezone.now()
    expired = OutgoingMail.objects.filter(state=State.SENDING, lease_until__lt=now)
    if not expired.exists():
        return 0
    with transaction.atomic():
        lost = list(expired.select_for_update(skip_locked=True))
        OutgoingMail.objects.filter(pk__in=[mail.pk for mail in lost]).update(
            state=Case(When(crashes__gte=MOST_CRASHES - 1, then=Value(State.ASIDE)), default=Value(State.QUEUED)),
            crashes=F("crashes") + 1,
            slot=None,
            lease_until=None,
            next_attempt_at=now,
        )
        for mail in lost:
            what = MailHistory.What.SET_ASIDE if mail.crashes + 1 >= MOST_CRASHES else MailHistory.What.LOST
            note(mail_ids=[mail.pk], what=what, detail=mail.worker)
    return len(lost)
