"""Many mails of one cause are written together."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from techfinder.celery import wake
from techfinder.mail.models import OutgoingMail


def queue_many(mails: Sequence[OutgoingMail]) -> dict[str, int]:
    """Write drafts (`draft_mail`) into the outbox, in the caller's transaction, and wake the worker after commit.

    Two queries, however many. Returns the id of each by its key: of the row that exists when the key was there already.
    """
    if not mails:
        return {}
    for mail in mails:
        mail.due_at = mail.next_attempt_at
    with transaction.atomic(savepoint=False):
        OutgoingMail.objects.bulk_create(mails, ignore_conflicts=True)
        wake("mail.deliver_due")
        rows = OutgoingMail.objects.filter(key__in=[each.key for each in mails])
        return dict(rows.values_list("key", "pk"))
