"""The proof that somebody works: a row that is kept young."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from techfinder.mail.models import Heartbeat

# Whoever sends has a run for every mail that is queued: the row is not to be written as often.
EVERY = timedelta(seconds=5)


def beat(*, name: str) -> None:
    """Say that the work of this name is being done, at most every five seconds."""
    now = timezone.now()
    row, is_new = Heartbeat.objects.get_or_create(name=name, defaults={"at": now})
    if not is_new and row.at < now - EVERY:
        Heartbeat.objects.filter(pk=row.pk).update(at=now)
