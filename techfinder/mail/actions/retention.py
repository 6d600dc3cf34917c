"""What is kept of old mail, and how long: what a mail said for three months, that it went for two years."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from techfinder.mail.models import MailEvent, MailLane, OutgoingMail

State = OutgoingMail.State
BODIES_KEPT = timedelta(days=90)
ROWS_KEPT = timedelta(days=730)
LANES_KEPT = timedelta(days=1)
# So many rows per transaction: short, whatever has gathered.
BATCH = 1000
UNDER_WAY = (State.QUEUED, State.SENDING)
EMPTY = {"text": "", "html": "", "calendar": ""}


@dataclass(frozen=True, slots=True)
class Tidied:
    emptied: int
    deleted: int


def tidy(*, now: datetime | None = None) -> Tidied:
    """Empty the bodies of mails older than 90 days, and delete rows (with their history) older than 24 months.

    In batches with a transaction each; what still waits to be sent is left alone. Again finds nothing to do.
    """
    now = now or timezone.now()
    done = OutgoingMail.objects.exclude(state__in=UNDER_WAY)
    full = done.filter(created_at__lt=now - BODIES_KEPT).exclude(**EMPTY)
    emptied = sum(done.filter(pk__in=batch).update(**EMPTY) for batch in _batches(full))
    old = done.filter(created_at__lt=now - ROWS_KEPT)
    deleted = sum(_delete(batch) for batch in _batches(old))
    for batch in _batches(MailEvent.objects.filter(received_at__lt=now - ROWS_KEPT)):
        MailEvent.objects.filter(pk__in=batch).delete()
    # Of a domain that nothing went to since.
    MailLane.objects.filter(not_before__lt=now - LANES_KEPT).delete()
    return Tidied(emptied, deleted)


def _delete(batch: list[int]) -> int:
    OutgoingMail.objects.filter(pk__in=batch).delete()
    return len(batch)


def _batches(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """The ids, in one walk over them however many batches there are."""
    last = 0
    while batch := list(rows.filter(pk__gt=last).order_by("pk").values_list("pk", flat=True)[:BATCH]):
        yield batch
        last = batch[-1]
