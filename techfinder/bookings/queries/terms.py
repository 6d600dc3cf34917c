"""Who is asked the longer questions of a term: once per address, only who had a booking in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, F, Max, Q

from techfinder.bookings.machine import PARTIES, State
from techfinder.bookings.models import Booking, TermSurvey
from techfinder.taxonomy.days import school_year, school_year_days

# Among the answers of who wants no more questions.
STOP = "stop"


@dataclass(frozen=True)
class Term:
    """Half a school year. `asked_from` to `asked_until` are the days on which its questions go out."""

    name: str
    first: dt.date
    last: dt.date
    asked_from: dt.date
    asked_until: dt.date


@dataclass(frozen=True)
class Asked:
    """One address that had bookings in a term; `latest` is the id of one of them."""

    side: str
    email: str
    bookings: int
    latest: int


def term_to_ask(today: dt.date) -> Term | None:
    """The term whose questions go out now: in February of the first half, in July of the second."""
    return next((term for term in _terms(school_year(today)) if _is_asked(term, today)), None)


def _is_asked(term: Term, today: dt.date) -> bool:
    return term.asked_from <= today <= term.asked_until


def _terms(year: int) -> Iterator[Term]:
    """The two of a school year; 2026 is 2026-2027."""
    new, (first, last) = year + 1, school_year_days(year)
    february = dt.date(new, 3, 1) - dt.timedelta(days=1)
    yield Term(f"{year}-1", first, dt.date(new, 1, 31), dt.date(new, 2, 1), february)
    # The second goes out before the summer: who is gone by then does not answer.
    yield Term(f"{year}-2", dt.date(new, 2, 1), last, dt.date(new, 7, 1), last)


def not_asked(term: Term) -> list[Asked]:
    """The addresses with a booking that happened in the term and that were not asked yet."""
    return [each for side in PARTIES for each in _of_side(term, side)]


def _of_side(term: Term, side: str) -> Iterator[Asked]:
    asked = TermSurvey.objects.filter(Q(side=side, term=term.name) | Q(answers__has_key=STOP)).values("email")
    happened = Booking.objects.filter(state=State.HAPPENED, date__range=(term.first, term.last))
    addresses = happened.annotate(address=F(f"{side}_email")).exclude(Q(address="") | Q(address__in=asked))
    counted = addresses.values("address").annotate(count=Count("pk"), latest=Max("pk"))
    for row in counted.order_by("address"):
        yield Asked(side, row["address"], row["count"], row["latest"])
