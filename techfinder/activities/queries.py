"""Reads of activities that several callers share. What a search finds is said by `techfinder.activities.search`."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.utils import timezone

from techfinder.activities.models import Activity, Session


def for_cards(found: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that a card shows, in a fixed number of queries."""
    coming = Session.objects.filter(date__gte=timezone.localdate())
    return (
        found.select_related("provider")
        .defer("description", "pending")
        .prefetch_related(Prefetch("sessions", queryset=coming, to_attr="coming_sessions"))
    )


def latest(limit: int) -> list[Activity]:
    """The newest public activities, ready to be shown as cards."""
    return list(for_cards(Activity.objects.public().order_by("-published_at", "-id"))[:limit])
