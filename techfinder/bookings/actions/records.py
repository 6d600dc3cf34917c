"""How providers answer: counted each night, and what follows when one does not answer any more."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils import timezone

from techfinder.bookings.actions.tasks import finish_tasks, open_task
from techfinder.bookings.models import ProviderRecord, Task
from techfinder.bookings.queries.answering import SILENT_TO_HIDE, SILENT_TO_WARN, Count, count_all
from techfinder.bookings.telling import providers as telling
from techfinder.matches import actions as matches
from techfinder.organisations.actions import pause_provider
from techfinder.organisations.models import Provider
from techfinder.taxonomy.workdays import is_day_time

# Between the warning and what it warns of.
PATIENCE = dt.timedelta(days=7)
COUNTED = ["asked", "answered", "days", "silent_in_row", "counted_at"]


def count_records(*, now: dt.datetime | None = None) -> int:
    """Count how each provider answered in the past year; who is silent is warned, and later its offers are hidden.

    What the score knows of it follows. Nobody is warned at night. A second time changes nothing. Returns how many
    providers were ever asked something.
    """
    now = now or timezone.now()
    counts = count_all(now=now)
    _keep(counts, now)
    matches.set_answer_records(shares={pk: count.share for pk, count in counts.items()})
    for pk, count in sorted(counts.items()):
        if count.silent_in_row >= SILENT_TO_WARN and is_day_time(now):
            _act_on_silence(pk, count, now)
    _finish_tasks(counts)
    return len(counts)


def _keep(counts: dict[int, Count], now: dt.datetime) -> None:
    rows = [
        ProviderRecord(
            provider_id=pk,
            asked=count.asked,
            answered=count.answered,
            days=count.days,
            silent_in_row=count.silent_in_row,
            counted_at=now,
        )
        for pk, count in sorted(counts.items())
    ]
    ProviderRecord.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["provider"], update_fields=COUNTED, batch_size=1000
    )


def _finish_tasks(counts: dict[int, Count]) -> None:
    """Who answers again need not be called."""
    for task in Task.objects.filter(kind=Task.Kind.PROVIDER_SILENT, done_at=None).select_related("provider"):
        count = counts.get(task.provider_id or 0)
        if task.provider and count and count.last_answer and count.last_answer > task.created_at:
            finish_tasks(about=task.provider, kinds=[Task.Kind.PROVIDER_SILENT])


@transaction.atomic
def _act_on_silence(provider_id: int, count: Count, now: dt.datetime) -> None:
    """Warn once; if it goes on for a week and more questions, hide what it offers."""
    provider = Provider.objects.select_for_update(no_key=True).get(pk=provider_id)
    record = ProviderRecord.objects.select_for_update(of=("self",)).select_related("provider").get(provider=provider)
    if provider.paused:
        return
    if not _is_warned(record, count):
        record.warned_at = now
        record.save(update_fields=["warned_at"])
        telling.tell_warned(record)
    elif count.silent_in_row >= SILENT_TO_HIDE and record.warned_at and record.warned_at <= now - PATIENCE:
        _hide(record, now)


def _is_warned(record: ProviderRecord, count: Count) -> bool:
    """Of this silence: not of one that an answer, or hiding, put an end to."""
    ended = max((each for each in (count.last_answer, record.hidden_at) if each), default=None)
    return record.warned_at is not None and (ended is None or record.warned_at > ended)


def _hide(record: ProviderRecord, now: dt.datetime) -> None:
    """As if it paused everything itself: it comes back by one button."""
    pause_provider(provider=record.provider)
    record.hidden_at = now
    record.save(update_fields=["hidden_at"])
    open_task(kind=Task.Kind.PROVIDER_SILENT, about=record.provider)
    telling.tell_hidden(record)
