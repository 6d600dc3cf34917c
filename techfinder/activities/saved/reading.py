"""A search as it is kept: parameters of the search page, and what they mean today.

Kept is what the address had, and not what it meant: towns, regions and themes come and go. `EDITION` counts the times
that the meaning of a parameter changed; what was kept before is brought along by the `UPGRADES`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext

from techfinder.activities.atlas import find_area, find_place
from techfinder.activities.facets import chips
from techfinder.activities.filters import ActivityFilter
from techfinder.activities.models import SavedSearch
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.vocabulary import Vocabulary, terms_in_use
from techfinder.organisations.models import Provider
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.remembered import for_a_while
from techfinder.taxonomy.templatetags.ui import long_day

Params = dict[str, list[str]]
# What takes parameters from one edition to the next, in order.
UPGRADES: tuple[Callable[[Params], Params], ...] = ()
EDITION = 1 + len(UPGRADES)

ALONE = frozenset({"q", "plaats", "straal", "van", "tot", "groep", "free", "room", "provider"})
NOT_KEPT = frozenset({"sort"})
# One of these says what somebody waits for; the rest of the search only narrows it down.
ANCHORS = ("plaats", "region", "theme")


@dataclass(frozen=True)
class Reading:
    """What kept parameters mean now: those that still do, and in words what does not."""

    params: Params
    gone: tuple[str, ...] = ()

    @cached_property
    def found(self) -> ActivityFilter:
        return ActivityFilter(QueryDict(urlencode(self.params, doseq=True)), words=Vocabulary())

    @cached_property
    def criteria(self) -> Criteria:
        return self.found.criteria()

    @property
    def is_anchored(self) -> bool:
        """Whether a place, region or theme is left."""
        return any(name in self.params for name in ANCHORS)

    @property
    def is_over(self) -> bool:
        """Whether its last day is past: nothing is found any more."""
        return self.criteria.date_until is not None and self.criteria.date_until < timezone.localdate()

    @property
    def lacks(self) -> tuple[str, ...]:
        """What is to be known about it: criteria that no longer exist, a period that is over."""
        if not self.is_over:
            return self.gone
        over = gettext("The last day (%(day)s) is over") % {"day": long_day(self.criteria.date_until)}
        return (*self.gone, over)

    @property
    def is_possible(self) -> bool:
        return self.is_anchored and not self.is_over

    @property
    def labels(self) -> list[str]:
        """The criteria in words, as the search page has them above its list."""
        return [label for label, _url in chips(self.found, Vocabulary())]

    @property
    def url(self) -> str:
        """The search page with these criteria."""
        return f"{reverse('activities:list')}?{urlencode(self.params, doseq=True)}"


def clean(query: QueryDict) -> Params:
    """The parameters of a search in an address, without what is not of a search, in one spelling."""
    params: Params = {}
    for name, value in ActivityFilter(query).pairs():
        if name not in NOT_KEPT:
            params.setdefault(name, []).append(value)
    return {name: values[-1:] if name in ALONE else sorted(set(values)) for name, values in sorted(params.items())}


def fingerprint(params: Mapping[str, list[str]]) -> str:
    """The same for the same search."""
    return hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:32]


def read(params: Params, *, edition: int = EDITION) -> Reading:
    """What is left of kept parameters; what no longer exists is named, in the active language."""
    for upgrade in UPGRADES[edition - 1 :]:
        params = upgrade(params)
    kept: Params = {}
    gone: list[str] = []
    for name, values in params.items():
        there = [value for value in values if _exists(name, value)]
        gone += [_gone(name, value) for value in values if value not in there]
        if there:
            kept[name] = there
    return Reading(_consistent(kept), tuple(gone))


def reading_of(saved: SavedSearch) -> Reading:
    """The search of a row. Many rows ask for the same: it is worked out once a minute."""
    frozen = tuple((name, tuple(values)) for name, values in saved.criteria.items())
    return _reading(frozen, saved.edition, get_language(), timezone.localdate().toordinal())


@for_a_while
def _reading(
    frozen: tuple[tuple[str, tuple[str, ...]], ...], edition: int, language: str | None, today: int
) -> Reading:
    return read({name: list(values) for name, values in frozen}, edition=edition)


def _consistent(params: Params) -> Params:
    """A distance means nothing without a place."""
    return params if "plaats" in params else {name: values for name, values in params.items() if name != "straal"}


def _exists(name: str, value: str) -> bool:
    return bool(EXISTS[name](value)) if name in EXISTS else _is_understood(name, value)


@lru_cache(maxsize=1024)
def _is_understood(name: str, value: str) -> bool:
    """Values of filters whose choices are fixed, days and numbers: as the filter itself sees them."""
    found = ActivityFilter(QueryDict(urlencode({name: value})))
    return bool(found.cleaned.get(name))


@for_a_while
def _provider_name(slug: str) -> str | None:
    return Provider.objects.public().filter(slug=slug).values_list("name", flat=True).first()


EXISTS: dict[str, Callable[[str], object]] = {
    "q": bool,
    "plaats": find_place,
    "region": find_area,
    "level": LEVEL_BY_CODE.get,
    "theme": lambda code: code in terms_in_use(get_language())[0],
    "kind": lambda code: code in terms_in_use(get_language())[1],
    "provider": _provider_name,
}


def _gone(name: str, value: str) -> str:
    words = Vocabulary()
    texts = {
        "plaats": gettext("We no longer know the place %(value)s"),
        "region": gettext("The region %(value)s no longer exists"),
        "theme": gettext("The theme %(value)s no longer exists"),
        "kind": gettext("The kind %(value)s no longer exists"),
        "provider": gettext("The provider %(value)s is no longer here"),
    }
    named = {"theme": words.themes.get(value, value), "kind": words.kind_name(value)}.get(name, value)
    return texts.get(name, gettext("The filter %(value)s no longer exists")) % {"value": named}


def is_about_others(saved: SavedSearch, themes: Collection[str]) -> bool:
    """Whether none of these themes can be what it searches for: then it need not be worked out, which takes longer.

    False also of what has something to be said about it: a theme that is gone, a last day.
    """
    wanted = saved.criteria.get("theme", [])
    if not wanted or saved.edition != EDITION or "tot" in saved.criteria:
        return False
    return not set(themes) & set(wanted) and all(_exists("theme", each) for each in wanted)


def can_be_saved(names: Iterable[str]) -> bool:
    """Whether a search with these parameters says what somebody waits for."""
    return not set(ANCHORS).isdisjoint(names)
