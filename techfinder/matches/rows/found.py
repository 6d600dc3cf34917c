"""Which schools found something here this school year, out of memory: by its end thousands of requests say so."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from matching.arrays import Ints, distinct
from techfinder.matches.models.rows import FOUND
from techfinder.matches.rows.binary import DAY_ZERO, Table, read_columns
from techfinder.matches.rows.kept import Kept
from techfinder.requests.models import Request
from techfinder.requests.queries import found_here
from techfinder.taxonomy.days import school_year, school_year_days


def served_schools(today: dt.date) -> Ints:
    """The ids, rising, of schools that found an activity here this school year (from 1 August to 31 July).

    A request counts in the years that its days lie in: what was found in May for October is of the new year.
    """
    first, last = (day.toordinal() - DAY_ZERO for day in school_year_days(school_year(today)))
    rows = KEPT.select(lambda rows: rows["live"] & (rows["date_until"] >= first) & (rows["date_from"] <= last))
    return distinct(rows["school"])


def schools_served_by_now(today: dt.date) -> Ints:
    """`served_schools` out of the requests themselves, for who gives places away: rows of the engine come later."""
    first, last = school_year_days(school_year(today))
    of_year = Request.objects.filter(found_here(), date_until__gte=first, date_from__lte=last)
    return distinct(np.array(of_year.order_by().values_list("school", flat=True), dtype=np.int64))


def _read_table(where: str, params: dict[str, Any]) -> Table:
    return read_columns(WIRE, "matches_askedrow item", where, params)


WIRE = {
    "id": ("item.request_id", "i8"),
    "live": ("item.found", "?"),
    "school": ("item.school_id", "i8"),
    "date_from": ("item.date_from", "i4"),
    "date_until": ("item.date_until", "i4"),
}
KEPT = Kept(FOUND, "request_id", _read_table, all_of="item.found")
