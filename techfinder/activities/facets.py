"""The filters beside the list with their counts, and the chips above it, as the page draws them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext, ngettext

from techfinder.activities.atlas import atlas
from techfinder.activities.filters import RADII, ActivityFilter
from techfinder.activities.search.criteria import DISTANCE, NEWEST, RELEVANCE, SOONEST, TITLE, Criteria
from techfinder.activities.search.found import Facets
from techfinder.activities.vocabulary import Vocabulary, leaves, terms_in_use
from techfinder.activities.words import capital
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Audience, Delivery
from techfinder.taxonomy.queries import age_range, level_name
from techfinder.taxonomy.remembered import for_a_while
from techfinder.taxonomy.templatetags.ui import long_day, month_name, number

Choices = tuple[tuple[str, str], ...]
Pairs = list[tuple[str, str]]

# Further years of secondary school are folded below these: 64 boxes at once help nobody.
SHOWN_LEVELS = (
    *(f"po-{year}" for year in range(1, 9)), "so", "sbo", "vso", "vo-pro", "vo-vmbo", "vo-havo", "vo-vwo", "mbo", "hbo",
    "pabo",
)  # fmt: skip
MORE_LEVELS = ("ko", "po", "vo", "vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl", "mbo-1", "mbo-2", "mbo-3",
               "mbo-4", "wo")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Option:
    """One box: its words, whether it is chosen, and how many would be found with it as the only choice."""

    id: str
    name: str
    value: str
    label: str
    checked: bool
    count: str

    @property
    def none(self) -> bool:
        return self.count == "0"


@dataclass(frozen=True, slots=True)
class Blank:
    """A filter that one types."""

    name: str
    label: str
    value: str
    error: str


@dataclass(frozen=True, slots=True)
class Facet:
    """One group of filters; picks are drawn as tiles, `more` is folded."""

    legend: str
    options: list[Option]
    more: list[Option]
    blanks: list[Blank]
    chosen: int
    open: bool
    picks: bool = False

    @property
    def more_open(self) -> bool:
        return any(option.checked for option in self.more)


@for_a_while
def _groups(language: str | None, month: int) -> tuple[tuple[str, str, Choices, Choices], ...]:
    """Name, legend, options and folded options of each group, in the active language; months from this one on."""
    themes, kinds = terms_in_use(language)
    return (
        ("delivery", gettext("Where"), _deliveries(), ()),
        ("level", gettext("For whom"), _levels(SHOWN_LEVELS), _levels(MORE_LEVELS)),
        ("month", gettext("When"), _months(month), ()),
        ("kind", gettext("Kind"), _named(kinds), ()),
        ("theme", gettext("Theme"), _named(themes), ()),
        ("region", gettext("Province"), tuple((area.code, area.name) for area in atlas().provinces), ()),
        ("audience", gettext("Who takes part"), _audiences(), ()),
    )


def _deliveries() -> Choices:
    return (
        (Delivery.AT_SCHOOL.value, gettext("At our school")),
        (Delivery.AT_PROVIDER.value, gettext("At the company")),
        (Delivery.ONLINE.value, gettext("Online")),
    )


def _audiences() -> Choices:
    return tuple((code, capital(str(label))) for code, label in Audience.choices)


def _months(first: int) -> Choices:
    order = [(first - 1 + step) % 12 + 1 for step in range(12)]
    return tuple((str(month), formats.date_format(dt.date(2024, month, 1), "b")) for month in order)


def _levels(codes: Iterable[str]) -> Choices:
    return tuple((code, level_option(code)) for code in codes)


def level_option(code: str) -> str:
    """Write Groep 7 (10-11 jaar)."""
    ages = age_range(leaves([code]))
    return f"{capital(level_name(code))} ({ages})" if ages else capital(level_name(code))


def _named(names: Mapping[str, str]) -> Choices:
    return tuple((code, capital(name)) for code, name in names.items())


OPEN = ("delivery", "level", "month", "kind")


def facets(found: ActivityFilter, counts: Facets, words: Vocabulary) -> list[Facet]:
    """All groups of filters, what is chosen included even when it is not among the usual options."""
    chosen = {**found.cleaned, "region": [area.code for area in found.regions]}
    names = _names(found, words)
    groups = _groups(get_language(), timezone.localdate().month)
    listed = [_facet(group, chosen[group[0]], counts.counts.get(group[0], {}), names[group[0]]) for group in groups]
    days = _alone(gettext("Between two days"), [], [_blank(found, "van"), _blank(found, "tot")])
    size = _alone(gettext("Size of the group"), [_flag(found, counts, "room")], [_blank(found, "groep")])
    cost = _alone(gettext("Cost"), [_flag(found, counts, "free")], [])
    return [*listed[:3], days, *listed[3:], size, cost]


def _facet(
    group: tuple[str, str, Choices, Choices],
    chosen: Collection[str],
    counts: Mapping[str, int],
    name_of: Callable[[str], Any],
) -> Facet:
    name, legend, usual, folded = group
    known = {value for value, _label in (*usual, *folded)}
    others = [(value, capital(str(name_of(value)))) for value in chosen if value not in known]
    options = _options(name, (*usual, *others), chosen, counts)
    more = _options(name, folded, chosen, counts)
    is_open = bool(chosen) or name in OPEN
    return Facet(legend, options, more, [], len(chosen), is_open, picks=name == "month")


def _options(
    name: str, choices: Iterable[tuple[str, str]], chosen: Collection[str], counts: Mapping[str, int]
) -> list[Option]:
    return [
        Option(f"{name}-{value}", name, value, label, value in chosen, _written(counts.get(value, 0)))
        for value, label in choices
    ]


def _written(count: int) -> str:
    return number(count) if count > 999 else str(count)


def _alone(legend: str, options: list[Option], blanks: list[Blank]) -> Facet:
    chosen = sum(option.checked for option in options) + sum(bool(blank.value) for blank in blanks)
    return Facet(legend, options, [], blanks, chosen, chosen > 0)


def _flag(found: ActivityFilter, counts: Facets, name: str) -> Option:
    label = str(found.form.fields[name].label)
    count = _written(counts.counts.get(name, {}).get("1", 0))
    return Option(f"{name}-1", name, "1", label, bool(found.cleaned[name]), count)


def _blank(found: ActivityFilter, name: str) -> Blank:
    """What was typed stays as it was, also what could not be understood."""
    error = next(iter(found.form.errors.get(name, ())), "")
    return Blank(name, str(found.form.fields[name].label), found.data.get(name, "")[:40].strip(), str(error))


def state(listed: list[Facet], total: int, heading: str) -> dict[str, Any]:
    """What a script needs to bring the filters up to date that stay where they are."""
    options = [option for facet in listed for option in (*facet.options, *facet.more)]
    blanks = [blank for facet in listed for blank in facet.blanks]
    return {
        "counts": {option.id: option.count for option in options},
        "errors": {blank.name: blank.error for blank in blanks if blank.error},
        "show": show_words(total),
        "found": heading,
    }


def show_words(total: int) -> str:
    """Write Toon 34 resultaten."""
    return ngettext("Show %(count)s result", "Show %(count)s results", total) % {"count": number(total)}


def _names(found: ActivityFilter, words: Vocabulary) -> dict[str, Callable[[str], Any]]:
    """How to write a value of each filter."""
    regions = {area.code: area.name for area in found.regions}
    return {
        "level": level_name,
        "theme": words.themes.get,
        "kind": words.kind_name,
        "delivery": dict(_deliveries()).get,
        "audience": dict(_audiences()).get,
        "month": lambda month: month_name(int(month)),
        "region": regions.get,
    }


def radii(criteria: Criteria) -> list[tuple[str, str, bool]]:
    """Value, words and whether it is chosen, of each distance that one can choose."""
    words = gettext("up to %(km)d km")
    return [
        ("", gettext("whole country"), criteria.radius is None),
        *((str(km), words % {"km": km}, criteria.radius == km) for km in RADII),
    ]


def sorts(found: ActivityFilter) -> list[tuple[str, str, bool]]:
    """The orders that make sense here: fit needs words, distance needs a place. The usual one needs no value."""
    criteria, usual = found.criteria(), found.usual_sort
    labels = {
        RELEVANCE: gettext("fits best"), DISTANCE: gettext("nearest first"), SOONEST: gettext("soonest first"),
        NEWEST: gettext("newest first"), TITLE: gettext("title"),
    }  # fmt: skip
    possible = {RELEVANCE: bool(criteria.text), DISTANCE: criteria.place is not None}
    return [
        ("" if sort == usual else sort, label, sort == criteria.sort)
        for sort, label in labels.items()
        if possible.get(sort, True)
    ]


# ------------------------------------------------------------------- chips

# What means nothing any more when another filter is taken away.
TOGETHER: dict[str, set[tuple[str, str | None]]] = {
    "plaats": {("straal", None), ("sort", DISTANCE)},
    "q": {("sort", RELEVANCE)},
}


def chips(found: ActivityFilter, words: Vocabulary) -> list[tuple[str, str]]:
    """Every filter that is on, with the address of the list without it."""
    pairs, base = list(found.pairs()), reverse("activities:list")
    return [(label, f"{base}?{urlencode(_without(pairs, name, values))}") for name, values, label in _on(found, words)]


def _on(found: ActivityFilter, words: Vocabulary) -> Iterator[tuple[str, set[str], str]]:
    """Name, values (none: all) and words of each chip."""
    cleaned, criteria = found.cleaned, found.criteria()
    if criteria.text:
        yield "q", set(), criteria.text
    if found.place:
        yield "plaats", set(), found.place.name
    if criteria.radius:
        yield "straal", set(), gettext("up to %(km)d km") % {"km": criteria.radius}
    for area in found.regions:
        yield "region", {area.code, area.code.lower(), area.slug}, area.name
    for name, label in _names(found, words).items():
        for value in cleaned[name] if name != "region" else ():
            yield name, {value}, str(label(value))
    yield from _on_alone(cleaned)


def _on_alone(cleaned: Mapping[str, Any]) -> Iterator[tuple[str, set[str], str]]:
    if cleaned.get("van"):
        yield "van", set(), gettext("from %(day)s") % {"day": long_day(cleaned["van"])}
    if cleaned.get("tot"):
        yield "tot", set(), gettext("until %(day)s") % {"day": long_day(cleaned["tot"])}
    if cleaned.get("groep"):
        yield "groep", set(), gettext("group of %(count)d") % {"count": cleaned["groep"]}
    if cleaned["free"]:
        yield "free", set(), gettext("free")
    if cleaned["room"]:
        yield "room", set(), gettext("with room")
    if slug := cleaned["provider"]:
        named = Provider.objects.public().filter(slug=slug).values_list("name", flat=True)
        yield "provider", set(), named.first() or slug


def _without(pairs: Pairs, name: str, values: set[str]) -> Pairs:
    """The address without these values of one filter, and without what needs them."""
    gone = TOGETHER.get(name, set())
    return [
        (key, value)
        for key, value in pairs
        if not (key == name and (not values or value in values)) and not gone & {(key, None), (key, value)}
    ]
