"""Days as people write them: 3-5-2027, 3 mei, 2027-05-03."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MONTHS = {
    name: index
    for index, names in enumerate(
        (
            "jan januari january",
            "feb februari february",
            "mrt maart mar march",
            "apr april",
            "mei may",
            "jun juni june",
            "jul juli july",
            "aug augustus august",
            "sep sept september",
            "okt oktober oct october",
            "nov november",
            "dec december",
        ),
        start=1,
    )
    for name in names.split()
}
NUMERIC = re.compile(r"^(\d{1,2})\s*[-/. ]\s*(\d{1,2})(?:\s*[-/. ]\s*(\d{4}|\d{2}))?$")
ISO = re.compile(r"^(\d{4})-(\d{1,2})-(\d{1,2})$")
WORDED = re.compile(r"^(?:[a-z]+dag\s+)?(\d{1,2})\s+([a-z]+)\.?(?:\s+(\d{4}))?$")


def read_day(text: str, *, today: dt.date) -> dt.date | None:
    """Read 3-5-2027, 3 mei, zaterdag 3 mei 2027, 2027-05-03; None when it is no date.

    Without a year the next such day is meant.
    """
    text = " ".join(text.lower().split())
    if match := ISO.match(text):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := NUMERIC.match(text):
        return _soonest(int(match[1]), int(match[2]), match[3], today)
    if match := WORDED.match(text):
        return _soonest(int(match[1]), MONTHS.get(match[2], 0), match[3], today)
    return None


def _soonest(day: int, month: int, year: str | None, today: dt.date) -> dt.date | None:
    if year:
        return _date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    # 29 February may need a few years to come round.
    for offset in range(9):
        found = _date(today.year + offset, month, day)
        if found and found >= today:
            return found
    return None


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


class DayField(forms.DateField):
    """A date as people write it: 3-5-2027, 3 mei, 2027-05-03."""

    widget = forms.TextInput
    default_error_messages = {"invalid": _("Write the day as 3-5-2027 or 3 May")}

    def to_python(self, value: Any) -> dt.date | None:
        """Read a day, or say how to write it."""
        if value in self.empty_values:
            return None
        if isinstance(value, dt.datetime):
            return value.date()
        if isinstance(value, dt.date):
            return value
        found = read_day(str(value), today=timezone.localdate())
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def prepare_value(self, value: Any) -> Any:
        """Show 3-5-2027."""
        return f"{value.day}-{value.month}-{value.year}" if isinstance(value, dt.date) else value
