"""The filters beside the list, and the chips above it, as the page draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext

from techfinder.activities.filters import ActivityFilter
from techfinder.activities.vocabulary import Vocabulary, leaves
from techfinder.activities.words import capital
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Delivery, Region
from techfinder.taxonomy.queries import age_range, level_name
from techfinder.taxonomy.templatetags.ui import long_day, month_name

# The rest of the tree is reached by link: 64 boxes help nobody.
SHOWN_LEVELS = (
    *(f"po-{year}" for year in range(1, 9)), "so", "sbo", "vso", "vo-pro", "vo-vmbo", "vo-havo", "vo-vwo", "mbo", "hbo",
    "pabo",
)  # fmt: skip


@dataclass(frozen=True)
class Option:
    value: str
    label: str
    checked: bool


@dataclass(frozen=True)
class Facet:
    """One group of filters; picks are drawn as tiles."""

    name: str
    legend: str
    options: tuple[Option, ...]
    picks: bool = False
    unfolded: bool = False

    @property
    def chosen(self) -> int:
        return sum(option.checked for option in self.options)

    @property
    def open(self) -> bool:
        return self.unfolded or self.chosen > 0


def facets(found: ActivityFilter, words: Vocabulary) -> list[Facet]:
    """All groups of filters, what is chosen included even when it is not among the usual options."""
    cleaned = found.form.cleaned_data
    months = [(str(month), formats.date_format(dt.date(2024, month, 1), "b")) for month in range(1, 13)]
    return [
        _facet("delivery", gettext("Where"), _deliveries(), cleaned, unfolded=True),
        _facet("level", gettext("For whom"), _levels(cleaned.get("level", ())), cleaned, unfolded=True),
        _facet("month", gettext("When"), months, cleaned, picks=True, unfolded=True),
        _facet("kind", gettext("Kind"), _named(words.kinds), cleaned),
        _facet("theme", gettext("Theme"), _named(words.themes), cleaned),
        _facet("region", gettext("Region"), _regions(found.regions), {"region": [r.code for r in found.regions]}),
        _facet("free", gettext("Cost"), [("1", gettext("Free"))], {"free": ["1"] if cleaned.get("free") else []}),
    ]


def _facet(name: str, legend: str, options: Iterable[tuple[str, str]], cleaned: dict[str, Any], **look: bool) -> Facet:
    chosen = set(cleaned.get(name, ()))
    return Facet(name, legend, tuple(Option(value, label, value in chosen) for value, label in options), **look)


def _deliveries() -> list[tuple[str, str]]:
    return [
        (Delivery.AT_SCHOOL, gettext("At our school")),
        (Delivery.AT_PROVIDER, gettext("At the company")),
        (Delivery.ONLINE, gettext("Online")),
    ]


def _levels(chosen: Iterable[str]) -> list[tuple[str, str]]:
    codes = [*SHOWN_LEVELS, *(code for code in chosen if code not in SHOWN_LEVELS)]
    return [(code, level_option(code)) for code in codes]


def level_option(code: str) -> str:
    """Write Groep 7 (10-11 jaar)."""
    ages = age_range(leaves([code]))
    return f"{capital(level_name(code))} ({ages})" if ages else capital(level_name(code))


def _named(names: dict[str, str]) -> list[tuple[str, str]]:
    return [(code, capital(name)) for code, name in names.items()]


def _regions(chosen: list[Region]) -> list[tuple[str, str]]:
    provinces = Region.objects.filter(type=Region.Type.PROVINCE).values_list("code", "name")
    shown = dict(provinces) | {region.code: region.name for region in chosen}
    return list(shown.items())


def chips(found: ActivityFilter, query: QueryDict, words: Vocabulary) -> list[tuple[str, str]]:
    """Every filter that is on, with the address of the list without it."""
    return [(label, _without(query, name, values)) for name, values, label in _chosen(found, words)]


def _chosen(found: ActivityFilter, words: Vocabulary) -> Iterator[tuple[str, set[str], str]]:
    cleaned = found.form.cleaned_data
    names: dict[str, Any] = {
        "level": level_name, "theme": words.themes.get, "kind": words.kind_name,
        "delivery": dict(_deliveries()).get, "month": lambda month: month_name(int(month)),
    }  # fmt: skip
    if cleaned.get("q"):
        yield "q", set(), cleaned["q"]
    if found.place:
        yield "plaats", set(), found.place.name
    for region in found.regions:
        yield "region", {region.code, region.code.lower(), region.slug}, region.name
    for name, label in names.items():
        for value in cleaned.get(name, ()):
            yield name, {value}, str(label(value))
    if cleaned.get("van"):
        yield "van", set(), gettext("from %(day)s") % {"day": long_day(cleaned["van"])}
    if cleaned.get("tot"):
        yield "tot", set(), gettext("until %(day)s") % {"day": long_day(cleaned["tot"])}
    if cleaned.get("free"):
        yield "free", set(), gettext("free")
    if cleaned.get("provider"):
        named = Provider.objects.public().filter(slug=cleaned["provider"]).values_list("name", flat=True)
        yield "provider", set(), named.first() or cleaned["provider"]


def _without(query: QueryDict, name: str, values: set[str]) -> str:
    """The address without these values of one filter (without values: without the filter)."""
    left = query.copy()
    left.pop("page", None)
    kept = [value for value in left.getlist(name) if values and value.strip() not in values]
    left.setlist(name, kept)
    return "?" + left.urlencode()
