"""The period that an overview is of: a day or a week, from somebody's hour on the clocks of the Netherlands.

Half-open: the moment at which one ends begins the next, so that there is neither a hole nor an overlap. In the two
nights that the clock is changed a day is an hour shorter or longer; an hour that is skipped begins when it is over, and
one that comes twice begins the first time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

from django.utils import timezone

from techfinder.mail.models import Frequency
from techfinder.taxonomy import workdays

HOURS = range(24)
WEEKDAYS = range(7)


class Period(NamedTuple):
    """From `start` up to and without `end`, both in UTC."""

    start: dt.datetime
    end: dt.datetime

    @property
    def day(self) -> dt.date:
        """The day on which it starts, which names it."""
        return timezone.localdate(self.start)


def period(frequency: str, now: dt.datetime, hour: int, weekday: int) -> Period:
    """The week from this weekday (0 is Monday) that `now` is in when it is weekly, else the day; from this hour."""
    days = 7 if frequency == Frequency.WEEKLY else 1
    day = timezone.localdate(now)
    if days > 1:
        day -= dt.timedelta(days=(day.weekday() - weekday) % days)
    if _at(day, hour) > now:
        day -= dt.timedelta(days=days)
    return Period(_at(day, hour), _at(day + dt.timedelta(days=days), hour))


class Clock(NamedTuple):
    """What somebody chose, and the period that this makes it now; of who gets it daily no weekday counts."""

    weekly: bool
    hour: int
    weekday: int
    now: Period


def clocks(now: dt.datetime) -> Iterator[Clock]:
    """The period of every choice that there is: for statements that look at many people at once."""
    for hour in HOURS:
        yield Clock(False, hour, 0, period(Frequency.DAILY, now, hour, 0))
        for weekday in WEEKDAYS:
            yield Clock(True, hour, weekday, period(Frequency.WEEKLY, now, hour, weekday))


def _at(day: dt.date, hour: int) -> dt.datetime:
    # In UTC: moments of one zone are compared by what its clocks say, which repeat themselves in October.
    return workdays.at(day, dt.time(hour)).astimezone(dt.UTC)
