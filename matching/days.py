"""Days and months as whole numbers: a day is its proleptic ordinal, a month is year * 12 + (0..11)."""

from __future__ import annotations

import datetime

import numpy as np

from .arrays import Ints

EVER = datetime.date.min.toordinal()
NEVER = datetime.date.max.toordinal() + 1
ALL_MONTHS = 0xFFF

_EPOCH_DAY = datetime.date(1970, 1, 1).toordinal()
_EPOCH_MONTH = 1970 * 12


def month_of(days: Ints) -> Ints:
    """The month number of each day; days after the year 9999 are fine."""
    months = (days - _EPOCH_DAY).astype("datetime64[D]").astype("datetime64[M]")
    return months.astype(np.int64) + _EPOCH_MONTH


def first_day_of(months: Ints) -> Ints:
    """The first day of each month number."""
    days = (months - _EPOCH_MONTH).astype("datetime64[M]").astype("datetime64[D]")
    return days.astype(np.int64) + _EPOCH_DAY


def month_mask(first: Ints, last: Ints) -> Ints:
    """Per pair of month numbers the 12-bit mask (January = 1) of the months from `first` to `last`, both included."""
    length = np.clip(last - first + 1, 0, 12)
    run = ((1 << length) - 1) << (first % 12)
    months: Ints = (run | run >> 12) & ALL_MONTHS
    return months
