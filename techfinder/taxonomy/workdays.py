"""Which days count for the clock, and the hours in which somebody may be mailed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import holidays
from django.utils import timezone

from techfinder.taxonomy.holidays import EVERYWHERE, holidays_in

OPENS, CLOSES = dt.time(8), dt.time(18)
SATURDAY = 5
ONE_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Workdays:
    """The working days of a school's holiday region ("Noord", "Midden", "Zuid"; "" when it is not known).

    `away`: the first and last day on which who must answer is not there.
    """

    region: str = ""
    away: tuple[dt.date, dt.date] | None = None

    def holds(self, day: dt.date) -> bool:
        """Whether this is a working day."""
        if day.weekday() >= SATURDAY or day in _public_holidays(day.year) or day in _school_holidays(self.region):
            return False
        return self.away is None or not self.away[0] <= day <= self.away[1]

    def in_school_holiday(self, day: dt.date) -> bool:
        """Whether the schools of the region have holiday; of an unknown region, whether all schools have."""
        return day in _school_holidays(self.region)

    def after(self, day: dt.date, count: int) -> dt.date:
        """The working day that comes so many working days after this day."""
        while count:
            day += ONE_DAY
            count -= self.holds(day)
        return day

    def until(self, day: dt.date) -> dt.date:
        """This day, or the last working day before it."""
        while not self.holds(day):
            day -= ONE_DAY
        return day

    def between(self, first: dt.date, last: dt.date) -> int:
        """How many working days after the first one, the last one counted: 0 on the same day."""
        return sum(self.holds(day) for day in _days(first + ONE_DAY, last))


def is_day_time(moment: dt.datetime) -> bool:
    return OPENS <= timezone.localtime(moment).time() < CLOSES


def at(day: dt.date, time: dt.time = OPENS) -> dt.datetime:
    """A day and a time on the clocks of the Netherlands, whichever they are that day."""
    return dt.datetime.combine(day, time, tzinfo=timezone.get_default_timezone())


def _days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    return (first + dt.timedelta(days=each) for each in range((last - first).days + 1))


@lru_cache(maxsize=64)
def _public_holidays(year: int) -> frozenset[dt.date]:
    return frozenset(holidays.country_holidays("NL", years=year))


@lru_cache(maxsize=64)
def _school_holidays(region: str) -> frozenset[dt.date]:
    """Of an unknown region the days on which all three have holiday."""
    known = region.strip().capitalize()
    if known not in EVERYWHERE:
        return frozenset.intersection(*map(_school_holidays, EVERYWHERE))
    return frozenset(day for each in holidays_in(known) for day in _days(each.first, each.last))
