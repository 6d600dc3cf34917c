"""What came of it, added up: per school year, for a school or a provider. Numbers only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    DecimalField,
    DurationField,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    Max,
    Min,
    Q,
    Sum,
)
from django.db.models.functions import Cast, Coalesce, Extract

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, BookingQuerySet
from techfinder.organisations.models import Provider, School
from techfinder.taxonomy.days import school_year, school_year_days

HOURS: DecimalField = DecimalField(max_digits=8, decimal_places=1)
# Of a school: how long the pupils were at work. A provider counts its own people, preparation included.
LENGTH = Cast(Extract(ExpressionWrapper(F("end") - F("start"), DurationField()), "epoch") / 3600.0, output_field=HOURS)
OTHERS = {Side.SCHOOL: "activity__provider", Side.PROVIDER: "request__school"}


@dataclass(frozen=True)
class Sums:
    """Of one row of a record, or of all of it."""

    name: str
    times: int
    pupils: int
    hours: Decimal


@dataclass(frozen=True)
class Record:
    """One school year of a school or a provider; `year` 2026 is 2026-2027. `lines` are ordered by day."""

    year: int
    lines: BookingQuerySet
    total: Sums
    others: tuple[Sums, ...]
    themes: tuple[Sums, ...]


def happened_between(first: dt.date, last: dt.date, *, side: Side = Side.SCHOOL) -> BookingQuerySet:
    """What happened on these days, both included, each with `told_pupils` and `told_hours` (None when nobody said).

    What this side told goes before what the other told; pupils that nobody counted are those that were agreed.
    """
    return count_told(Booking.objects.filter(state=State.HAPPENED, date__range=(first, last)), side=side)


def count_told(bookings: BookingQuerySet, *, side: Side) -> BookingQuerySet:
    """The same bookings with `told_pupils` and `told_hours`."""
    words = {
        f"{each}_word": FilteredRelation("evaluations", condition=Q(evaluations__side=each))
        for each in (Side.SCHOOL, Side.PROVIDER)
    }
    own, others = (f"{each}_word" for each in sorted(OTHERS, key=lambda each: each != side))
    # A provider's hours say nothing of how long the pupils were at work.
    told = [f"{own}__hours"] if side == Side.SCHOOL else [f"{own}__hours", f"{others}__hours"]
    return bookings.annotate(
        **words,
        told_pupils=Coalesce(f"{own}__pupils", f"{others}__pupils", "pupils"),
        told_hours=Coalesce(*told, LENGTH, output_field=HOURS),
    )


def record_of_school(school: School, year: int) -> Record:
    """What the pupils of a school did, with whom."""
    return _record(Q(request__school=school), year, Side.SCHOOL)


def record_of_provider(provider: Provider, year: int) -> Record:
    """What a provider did, for which schools."""
    return _record(Q(activity__provider=provider), year, Side.PROVIDER)


def years_of(organisation: School | Provider, *, today: dt.date) -> list[int]:
    """The school years from the first that anything happened in to this one, the newest first."""
    own = Q(request__school=organisation) if isinstance(organisation, School) else Q(activity__provider=organisation)
    days = Booking.objects.filter(own, state=State.HAPPENED).aggregate(first=Min("date"), last=Max("date"))
    newest = max(school_year(day) for day in (today, days["last"] or today))
    return list(range(newest, school_year(days["first"] or today) - 1, -1))


def _record(own: Q, year: int, side: Side) -> Record:
    counted = happened_between(*school_year_days(year), side=side).filter(own)
    other = OTHERS[side]
    lines = counted.select_related("activity__provider", "request__school").order_by("date", "start", "id")
    return Record(
        year=year,
        lines=lines,
        total=_total(counted),
        others=_sums(counted.values(key=F(f"{other}_id"), name=F(f"{other}__name"))),
        themes=_sums(counted.annotate(name=Func(F("activity__themes"), function="unnest")).values("name")),
    )


ADDED: dict[str, Any] = {"times": Count("pk"), "pupils_sum": Sum("told_pupils"), "hours_sum": Sum("told_hours")}


def _total(counted: BookingQuerySet) -> Sums:
    return _row({"name": "", **counted.aggregate(**ADDED)})


def _sums(grouped: Any) -> tuple[Sums, ...]:
    rows: Iterable[dict[str, Any]] = grouped.annotate(**ADDED).order_by("-times", "name")
    return tuple(_row(row) for row in rows)


def _row(row: dict[str, Any]) -> Sums:
    return Sums(row["name"], row["times"], row["pupils_sum"] or 0, row["hours_sum"] or Decimal(0))
