"""Days as a calendar has them, and the school year."""

import datetime as dt

from dateutil.relativedelta import relativedelta

# Added to a day: the last one of its month.
END_OF_MONTH = relativedelta(day=31)
SCHOOL_YEAR_STARTS = (8, 1)  # month, day


def school_year(day: dt.date) -> int:
    """2026 for a day in 2026-2027."""
    return day.year if (day.month, day.day) >= SCHOOL_YEAR_STARTS else day.year - 1


def school_year_days(year: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of a school year; 2026 is 2026-2027."""
    start = dt.date(year, *SCHOOL_YEAR_STARTS)
    return start, dt.date(year + 1, *SCHOOL_YEAR_STARTS) - dt.timedelta(days=1)
