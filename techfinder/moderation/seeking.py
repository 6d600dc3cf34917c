"""What was searched for in the regions of one desk: equal searches of all days and towns together."""

from __future__ import annotations

import datetime as dt

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from techfinder.activities.models import Sought
from techfinder.moderation.access import Desk

NOT_FOUND, MOST, ANYWHERE = "niet", "meest", "land"
PARTS = (NOT_FOUND, MOST, ANYWHERE)
YEAR = "jaar"
PERIODS = ("30", "90", YEAR)
FIRST_MONTH = 8


def first_day(period: str, today: dt.date | None = None) -> dt.date:
    """Of the last 30 or 90 days, or of the school year, which begins on 1 August."""
    today = today or timezone.localdate()
    if period == YEAR:
        return dt.date(today.year - (today.month < FIRST_MONTH), FIRST_MONTH, 1)
    return today - dt.timedelta(days=int(period) - 1)


class Searches:
    """The searches of a desk since a day; each read is one query."""

    def __init__(self, desk: Desk, *, since: dt.date) -> None:
        self._desk, self._since = desk, since

    def _rows(self, part: str) -> QuerySet[Sought]:
        found = Sought.objects.filter(day__gte=self._since).order_by()
        if part == ANYWHERE:
            return found.filter(municipality=None)
        codes = self._desk.codes
        found = found.exclude(municipality=None) if codes is None else found.filter(municipality__code__in=codes)
        return found.filter(results=0) if part == NOT_FOUND else found

    def together(self, part: str) -> QuerySet[Sought, dict[str, object]]:
        """Per words and filters: `total` times, `last` day, most `found`, and the `towns`; the most sought first."""
        grouped = self._rows(part).values("text", "criteria").annotate(
            total=Sum("times"),
            last=Max("day"),
            found=Max("results"),
            towns=ArrayAgg("municipality__name", filter=Q(municipality__isnull=False), distinct=True, default=[]),
        )  # fmt: skip
        return grouped.order_by("-total", "-last", "text", "criteria")

    def totals(self) -> tuple[int, int]:
        """How often something was sought in the towns of the desk, and how often nothing was found."""
        counted = self._rows(MOST).aggregate(
            every=Sum("times", default=0), nothing=Sum("times", filter=Q(results=0), default=0)
        )
        return counted["every"], counted["nothing"]
