"""When the next alert is due: days and hours as people have them, also in the nights that the clock is changed."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from techfinder.activities.models import SavedSearch

MORNING = dt.time(7)
Frequency = SavedSearch.Frequency


def next_due(frequency: str, *, after: dt.datetime) -> dt.datetime:
    """The first morning after this moment, of any day or of Mondays. What goes at once is always due."""
    if frequency == Frequency.AT_ONCE:
        return after
    local = timezone.localtime(after)
    day = local.date() if local.time() < MORNING else local.date() + dt.timedelta(days=1)
    if frequency == Frequency.WEEKLY:
        day += dt.timedelta(days=-day.weekday() % 7)
    return timezone.make_aware(dt.datetime.combine(day, MORNING))
