"""The engine's reasons in words: "8 km", "groep 7-8", "energie", "juni"."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.queries import kind_names, level_label, theme_names
from techfinder.taxonomy.templatetags.ui import day, join_and, km, months

Said = Iterable[Sequence[Any]]

# What says something to whom; the others are the same for every pair, or only the engine's business.
FOR_SCHOOL = ("distance_km", "online", "levels", "themes", "session", "months", "all_year", "kind", "free")
FOR_PROVIDER = ("distance_km", "online", "levels", "themes", "session", "months", "all_year", "kind", "waiting_days")
PATIENCE_DAYS = 7


class Labels:
    """Words in the active language; the names of the vocabularies are read now and then."""

    @cached_property
    def themes(self) -> Mapping[str, str]:
        return theme_names()

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        return kind_names()

    def reasons(self, said: Said, *, only: Sequence[str] = FOR_SCHOOL) -> list[str]:
        """Why a pair fits, in order of weight."""
        return self._words((code, value) for code, value in said if code in only)

    def shortfalls(self, said: Said) -> list[str]:
        """What falls short."""
        return self._words((code, value) for code, value in said)

    def _words(self, said: Iterable[tuple[str, Any]]) -> list[str]:
        words = (WORDS[code](self, value) for code, value in said if code in WORDS)
        return [word for word in words if word]

    def theme_list(self, codes: Iterable[str]) -> str:
        return join_and(_short(self.themes.get(code, code), code) for code in codes)

    def kind(self, code: str) -> str:
        return _lower(self.kinds.get(code, code))


def _short(name: str, code: str) -> str:
    """The first half of a double name, for a pill: energie, of "Energie en duurzaamheid".

    Half a word is made whole by the code, where that begins with it: luchtvaart, of "Lucht- en ruimtevaart".
    """
    first = _lower(re.split(r" (?:en|and) ", name, maxsplit=1)[0])
    if not first.endswith("-"):
        return first
    return code if code.startswith(first[:-1]) else _lower(name)


def _lower(name: str) -> str:
    """A name inside a list of words, but for abbreviations: energie, ICT."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]


def levels(codes: Iterable[str]) -> str:
    return level_label([code for code in codes if code in LEVEL_BY_CODE])


def deliveries(codes: Iterable[str]) -> str:
    names = {
        Delivery.AT_SCHOOL: _("at the school"),
        Delivery.AT_PROVIDER: _("at the company"),
        Delivery.ONLINE: _("online"),
    }
    return join_and(names[Delivery(code)] for code in codes if code in Delivery.values)


def audiences(codes: Iterable[str]) -> str:
    return join_and(str(Audience(code).label) for code in codes if code in Audience.values)


def _session(labels: Labels, value: str) -> str:
    return day(dt.date.fromisoformat(value))


def _waiting(labels: Labels, value: int) -> str:
    if value < PATIENCE_DAYS:
        return ""
    return ngettext("waiting for %(days)d day", "waiting for %(days)d days", value) % {"days": value}


def _split(labels: Labels, value: Sequence[int]) -> str:
    most, groups = value
    return _("at most %(most)d: in %(groups)d groups") % {"most": most, "groups": groups}


WORDS: dict[str, Callable[[Labels, Any], str]] = {
    "distance_km": lambda labels, value: km(value),
    "online": lambda labels, value: _("online"),
    "levels": lambda labels, value: levels(value),
    "themes": lambda labels, value: labels.theme_list(value),
    "session": _session,
    "months": lambda labels, value: months(value),
    "all_year": lambda labels, value: _("whole year"),
    "kind": lambda labels, value: labels.kind(value),
    "free": lambda labels, value: _("free"),
    "new_provider": lambda labels, value: _("new provider"),
    "new_school": lambda labels, value: _("not reached yet"),
    "waiting_days": _waiting,
    "delivery": lambda labels, value: deliveries(value),
    "audience": lambda labels, value: audiences(value),
    "group_split": _split,
    "levels_missing": lambda labels, value: _("not for %(levels)s") % {"levels": levels(value)},
    "themes_missing": lambda labels, value: _("not about %(themes)s") % {"themes": labels.theme_list(value)},
    "delivery_missing": lambda labels, value: _("not %(place)s") % {"place": deliveries(value)},
}
