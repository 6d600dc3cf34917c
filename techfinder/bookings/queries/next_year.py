"""When something could be done again: a year on, on the same weekday, while school is open."""

from __future__ import annotations

import datetime as dt
from itertools import islice

from django.utils import timezone

from techfinder.activities.models import Activity, Session
from techfinder.bookings.models import Booking
from techfinder.taxonomy.workdays import Workdays

WEEK = dt.timedelta(weeks=1)
YEAR = dt.timedelta(weeks=52)  # the same weekday, at most two days off
# Weeks to look around for one without a holiday; the longest holiday is seven.
AROUND = 8
MOST_WEEKS = 104
FRIDAY = 4


def day_next_year(day: dt.date, days: Workdays, *, today: dt.date) -> dt.date:
    """A year on (more often when that has passed), the same weekday; out of a holiday to the nearest week that is not.

    Holidays are known two years ahead: later than that only the public ones count.
    """
    wanted = day + YEAR
    while wanted <= today:
        wanted += YEAR
    around = (wanted + sign * weeks * WEEK for weeks in range(AROUND + 1) for sign in (1, -1))
    return next((each for each in around if each > today and _is_open(each, days)), wanted)


def _is_open(day: dt.date, days: Workdays) -> bool:
    """Outside holidays; of an open day at a weekend, the Friday before it."""
    return days.holds(day - dt.timedelta(days=max(0, day.weekday() - FRIDAY)))


def suggested_day(booking: Booking) -> dt.date:
    """When to ask for this again; of one that never had a day, a year after its request began."""
    days = Workdays(booking.request.school.holiday_region)
    return day_next_year(booking.date or booking.request.date_from, days, today=timezone.localdate())


def nearest_session(activity: Activity, day: dt.date) -> Session | None:
    """The coming day with places that is nearest to a day."""
    coming = activity.sessions.filter(date__gt=timezone.localdate()).order_by("date", "start")
    return min(coming[:200], key=lambda each: abs(each.date - day), default=None)


def row_of_days(first: dt.date, *, weeks: int, times: int, days: Workdays) -> list[dt.date]:
    """So many days, each `weeks` after the one before; a day on which school is closed is skipped, not counted.

    Fewer when two years do not hold so many.
    """
    steps = (first + each * weeks * WEEK for each in range(MOST_WEEKS // weeks))
    return list(islice(filter(days.holds, steps), times))
