"""What somebody can do who found little: ways on in words, and the search as a request."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext

from techfinder.activities.filters import ActivityFilter
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.search.finding import Search
from techfinder.activities.search.found import Loosening
from techfinder.activities.search.loosen import ways_on
from techfinder.activities.vocabulary import Vocabulary, leaves
from techfinder.taxonomy.days import END_OF_MONTH
from techfinder.taxonomy.queries import level_label
from techfinder.taxonomy.templatetags.ui import join_and, month_name

LONGEST_TITLE = 100


@dataclass(frozen=True, slots=True)
class Way:
    """One way on: 7 als je tot 50 km kijkt."""

    icon: str
    count: int
    sentence: str
    url: str


def ways(found: ActivityFilter, total: int, words: Vocabulary, now: Search | None = None) -> list[Way]:
    """The ways on from a search that found `total`, in the order of their worth; `now` as in `ways_on`."""
    criteria = found.criteria()
    loosened = ways_on(criteria, total=total, themes=words.themes, now=now)
    return [_way(each, criteria, list(found.pairs()), words) for each in loosened]


def _way(each: Loosening, criteria: Criteria, pairs: list[tuple[str, str]], words: Vocabulary) -> Way:
    sentence = SENTENCES[each.name](each.params, criteria, words)
    return Way(ICONS.get(each.name, "filter"), each.total, sentence, _address(pairs, each.params))


def _address(pairs: list[tuple[str, str]], params: Mapping[str, tuple[str, ...]]) -> str:
    kept = [(name, value) for name, value in pairs if name not in params]
    changed = [(name, value) for name, values in params.items() for value in values]
    return f"{reverse('activities:list')}?{urlencode(kept + changed)}"


# ------------------------------------------------------------------- in words

Params = Mapping[str, tuple[str, ...]]
ICONS = {
    "radius": "route", "country": "map-pin", "only_place": "map-pin", "period": "calendar", "level": "users",
    "only_level": "users", "group": "users", "online": "device-laptop", "text": "search", "only_text": "search",
    "free": "currency-euro", "room": "hourglass",
}  # fmt: skip


def _radius(params: Params, _criteria: Criteria, _words: Vocabulary) -> str:
    if km := params["straal"]:
        return gettext("when you look up to %(km)s km away") % {"km": km[0]}
    return gettext("when distance does not matter")


def _period(params: Params, criteria: Criteria, _words: Vocabulary) -> str:
    more = [month_name(int(month)) for month in params.get("month", ()) if int(month) not in criteria.months]
    if more:
        what = {"months": join_and(more)}
        return ngettext("when %(months)s is fine too", "when %(months)s are fine too", len(more)) % what
    if params.get("van") or params.get("tot"):
        return gettext("when it may be a month earlier or later")
    return gettext("when it may be at any time")


def _level(params: Params, criteria: Criteria, _words: Vocabulary) -> str:
    more = leaves(params["level"]) - leaves(criteria.levels)
    if not more:
        return gettext("for other classes")
    return gettext("when %(levels)s is fine too") % {"levels": level_label(more)}


def _kindred(params: Params, criteria: Criteria, words: Vocabulary) -> str:
    more = [code for code in params["theme"] if code not in criteria.themes]
    return gettext("when %(theme)s is fine too") % {"theme": join_and(words.theme_names(more))}


def _theme_for_words(params: Params, _criteria: Criteria, words: Vocabulary) -> str:
    return gettext("with the theme %(theme)s") % {"theme": join_and(words.theme_names(params["theme"]))}


def _only_place(_params: Params, criteria: Criteria, _words: Vocabulary) -> str:
    return gettext("for schools in %(place)s") % {"place": criteria.place.name if criteria.place else ""}


def _only_text(_params: Params, criteria: Criteria, _words: Vocabulary) -> str:
    return gettext("with “%(words)s” alone") % {"words": criteria.text}


def _only_theme(_params: Params, criteria: Criteria, words: Vocabulary) -> str:
    return gettext("about %(theme)s, without other filters") % {"theme": join_and(words.theme_names(criteria.themes))}


def _only_level(_params: Params, criteria: Criteria, _words: Vocabulary) -> str:
    return gettext("for %(levels)s, without other filters") % {"levels": level_label(leaves(criteria.levels))}


def _said(sentence: Callable[[], str]) -> Callable[[Params, Criteria, Vocabulary], str]:
    return lambda _params, _criteria, _words: sentence()


SENTENCES: dict[str, Callable[[Params, Criteria, Vocabulary], str]] = {
    "radius": _radius,
    "period": _period,
    "level": _level,
    "kindred": _kindred,
    "theme_for_words": _theme_for_words,
    "online": _said(lambda: gettext("when online is fine too")),
    "country": _said(lambda: gettext("in the whole country")),
    "room": _said(lambda: gettext("with what is full now")),
    "free": _said(lambda: gettext("when it may cost something")),
    "group": _said(lambda: gettext("for another number of pupils")),
    "delivery": _said(lambda: gettext("when it may be anywhere")),
    "kind": _said(lambda: gettext("of other kinds")),
    "audience": _said(lambda: gettext("for other people")),
    "theme": _said(lambda: gettext("about other themes")),
    "provider": _said(lambda: gettext("of other providers")),
    "text": _said(lambda: gettext("without your words")),
    "only_text": _only_text,
    "only_theme": _only_theme,
    "only_level": _only_level,
    "only_place": _only_place,
}


# -------------------------------------------------------------- as a request


def ask_url(found: ActivityFilter, *, today: dt.date | None = None) -> str:
    """The address of the form of a request, with what was searched for filled in."""
    criteria = found.criteria()
    first, last = _days(criteria, today or timezone.localdate())
    values: dict[str, Any] = {
        "titel": _title(criteria.text),
        "plaats": found.cleaned["plaats"],
        "niveau": criteria.levels,
        "thema": criteria.themes,
        "soort": criteria.kinds,
        "plek": criteria.delivery,
        "doelgroep": criteria.audience,
        "leerlingen": criteria.group,
        "van": first,
        "tot": last,
        "km": criteria.radius,
        "budget": "0" if criteria.free else "",
    }
    given = {name: value for name, value in values.items() if value}
    return f"{reverse('requests:new')}{'?' if given else ''}{urlencode(given, doseq=True)}"


def _title(text: str) -> str:
    return text[:1].upper() + text[1:LONGEST_TITLE]


def _days(criteria: Criteria, today: dt.date) -> tuple[str, str]:
    """The days asked for; else the months asked for, as they come first from today on."""
    first, last = criteria.date_from, criteria.date_until
    if criteria.months and not (first or last):
        starts = sorted(_comes(month, today) for month in criteria.months)
        first, last = max(starts[0], today), starts[-1] + END_OF_MONTH
    return first.isoformat() if first else "", last.isoformat() if last else ""


def _comes(month: int, today: dt.date) -> dt.date:
    return dt.date(today.year + (month < today.month), month, 1)
