"""A record in words: for the page, for paper and as rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.records import Record, Sums
from techfinder.taxonomy.levels import level_label
from techfinder.taxonomy.queries import kind_names, theme_names
from techfinder.taxonomy.templatetags.ui import join_and, number


@dataclass(frozen=True, slots=True)
class Line:
    """One activity that happened."""

    booking: Booking
    other: str
    kind: str
    themes: str
    classes: str
    pupils: int
    hours: str


@dataclass(frozen=True, slots=True)
class Table:
    """The sums by one thing."""

    key: str
    title: str
    rows: Sequence[Sums]


def year_words(year: int) -> str:
    """Write 2026-2027."""
    return f"{year}-{year + 1}"


def hours_words(hours: Decimal | None) -> str:
    """Write 2; 1,5; nothing when nobody said."""
    if hours is None:
        return ""
    return str(number(int(hours) if hours == int(hours) else float(hours)))


def lines(bookings: Iterable[Booking], side: Side) -> Iterator[Line]:
    """Bookings of `Record.lines`, in words; the names of the vocabularies are read once."""
    kinds, themes = kind_names(), theme_names()
    for booking in bookings:
        activity = booking.activity
        yield Line(
            booking=booking,
            other=(activity.provider if side == Side.SCHOOL else booking.request.school).name,
            kind=kinds.get(activity.kind, activity.kind),
            themes=join_and(themes.get(code, code) for code in activity.themes),
            classes=capfirst(level_label(booking.request.levels)),
            pupils=booking.told_pupils,  # type: ignore[attr-defined]
            hours=hours_words(booking.told_hours),  # type: ignore[attr-defined]
        )


def figures(record: Record, side: Side) -> list[dict[str, str]]:
    """The numbers at the head."""
    total = record.total
    of_others = _("companies") if side == Side.SCHOOL else _("schools")
    shown = (
        (number(total.times), _("activities")),
        (number(total.pupils), _("pupils")),
        (hours_words(total.hours), _("hours")),
        (number(len(record.others)), of_others),
    )
    return [{"number": figure, "what": what} for figure, what in shown]


def tables(record: Record, side: Side) -> list[Table]:
    """By company or school, and by theme."""
    names = theme_names()
    themes = [replace(row, name=capfirst(names.get(row.name, row.name))) for row in record.themes]
    title = _("By company") if side == Side.SCHOOL else _("By school")
    return [Table("other", title, record.others), Table("theme", _("By theme"), themes)]


def file_rows(record: Record, side: Side) -> Iterator[list[Any]]:
    """All lines of a record as rows of a file, with a head."""
    other = _("company") if side == Side.SCHOOL else _("school")
    yield [_("date"), other, _("activity"), _("kind"), _("themes"), _("classes"), _("pupils"), _("hours")]
    for line in lines(record.lines.iterator(chunk_size=500), side):
        title, when = line.booking.activity.title, line.booking.date
        yield [when, line.other, title, line.kind, line.themes, line.classes, line.pupils, line.hours]
