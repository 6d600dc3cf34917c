"""What was searched for, in words: lines of the page and rows of the file. Small numbers are not told exactly."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import formats
from django.utils.http import urlencode
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from techfinder.activities.atlas import find_area
from techfinder.activities.vocabulary import Vocabulary, known_levels
from techfinder.matches.telling.labels import audiences
from techfinder.moderation.seeking import PERIODS, YEAR
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.queries import level_label
from techfinder.taxonomy.templatetags.ui import join_and, long_day, months, number, period

# Below this a number beside a village and a day would be about one person.
FEWEST = 3
MOST_TOWNS = 3


class PeriodForm(forms.Form):
    """Since when; what is not among the choices is the first of them."""

    periode = forms.ChoiceField(
        label=_("Period"),
        required=False,
        choices=[("30", _("the last 30 days")), ("90", _("the last 90 days")), (YEAR, _("this school year"))],
    )

    @property
    def chosen(self) -> str:
        return (self.cleaned_data.get("periode") if self.is_valid() else "") or PERIODS[0]


@dataclass(frozen=True, slots=True)
class Line:
    """One search: its words, its filters, how often, when last, where, how many it found at most, its address."""

    words: str
    filters: str
    times: str
    last: str
    towns: str
    found: str
    url: str


def lines(rows: Iterable[Mapping[str, Any]]) -> Iterator[Line]:
    vocabulary = Vocabulary()
    for row in rows:
        filters = "; ".join(capfirst(part) for part in _filters(row["criteria"], vocabulary))
        yield Line(
            words=row["text"],
            filters=filters,
            times=number(row["total"]) if row["total"] >= FEWEST else gettext("fewer than 3"),
            last=_last(row["last"], exact=row["total"] >= FEWEST),
            towns=_towns(row["towns"]),
            found=number(row["found"]),
            url=_address(row),
        )


def _last(day: dt.date, *, exact: bool) -> str:
    return long_day(day) if exact else formats.date_format(day, "F Y")


def _towns(names: list[str]) -> str:
    more = len(names) - MOST_TOWNS
    shown = names[:MOST_TOWNS] + ([gettext("%(count)d more") % {"count": more}] if more > 0 else [])
    return join_and(shown)


def _address(row: Mapping[str, Any]) -> str:
    town = row["towns"][0] if len(row["towns"]) == 1 else ""
    kept = {name: value for name, value in row["criteria"].items() if name != "private"}
    values = {"q": row["text"], "plaats": town, **kept}
    return f"{reverse('activities:list')}?{urlencode({n: v for n, v in values.items() if v}, doseq=True)}"


# ---------------------------------------------------------------- the filters


def _filters(criteria: Mapping[str, Any], words: Vocabulary) -> Iterator[str]:
    for name, say in SAID.items():
        if value := criteria.get(name):
            yield say(value, words)
    if criteria.get("van") or criteria.get("tot"):
        yield period(_day(criteria.get("van")), _day(criteria.get("tot")))


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None


def _areas(codes: list[str], _words: Vocabulary) -> str:
    return join_and([area.name if (area := find_area(code)) else code for code in codes])


def _places(codes: list[str], _words: Vocabulary) -> str:
    return join_and([Delivery(code).label for code in codes if code in Delivery.values])


SAID: dict[str, Callable[[Any, Vocabulary], str]] = {
    "level": lambda codes, _words: level_label(known_levels(codes)),
    "theme": lambda codes, words: join_and(words.theme_names(codes)),
    "kind": lambda codes, words: join_and([words.kind_name(code) for code in codes]),
    "region": _areas,
    "straal": lambda km, _words: gettext("within %(km)s km") % {"km": km},
    "delivery": _places,
    "audience": lambda codes, _words: audiences(codes),
    "month": lambda numbers, _words: months(numbers),
    "groep": lambda size, _words: gettext("at most %(count)s pupils") % {"count": size},
    "free": lambda _yes, _words: gettext("free"),
    "room": lambda _yes, _words: gettext("with room"),
    "provider": lambda slug, _words: gettext("of the provider %(name)s") % {"name": slug},
    "private": lambda _yes, _words: gettext("words that are not kept"),
}


# ------------------------------------------------------------------------ file

HEADER = ("woorden", "filters", "aantal", "laatst", "gemeenten", "gevonden")


def table_rows(rows: Iterable[Mapping[str, Any]]) -> Iterator[list[str]]:
    """The list as rows for a spreadsheet, as little exact as on the page."""
    yield list(HEADER)
    for line in lines(rows):
        yield [line.words, line.filters, line.times, line.last, line.towns, line.found]
