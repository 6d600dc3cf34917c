"""Ways on from a search that finds little: each changes one thing, and says how many it finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dateutil.relativedelta import relativedelta

from techfinder.activities import search
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.search.finding import Search
from techfinder.activities.search.found import Loosening
from techfinder.activities.search.text.words import stems, words
from techfinder.activities.vocabulary import collapse, leaves
from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.data import THEMES as THEMES_SHIPPED
from techfinder.taxonomy.models import Delivery

# A list of so many is worth going to: a smaller change that finds them goes before a larger one that finds more.
ENOUGH = 3
MOST = 6
FARTHER = (10, 15, 25, 50, 75, 100)
# Themes that lie close to each other, so that one may stand in for the other.
KINDRED = (
    ("energie", "elektro"), ("energie", "circulair"), ("water", "natuur"), ("water", "maritiem"), ("bouw", "elektro"),
    ("bouw", "metaal"), ("metaal", "robotica"), ("elektro", "robotica"), ("ict", "robotica"), ("chemie", "wetenschap"),
    ("chemie", "voeding"), ("voeding", "natuur"), ("zorg", "wetenschap"), ("mobiliteit", "logistiek"),
    ("mobiliteit", "luchtvaart"), ("logistiek", "maritiem"), ("ontwerp", "ict"), ("circulair", "natuur"),
)  # fmt: skip
SHORTEST_BEGINNING = 4


@dataclass(frozen=True)
class Step:
    """One change: what is searched then, and what of the address changes. Nearer steps (0, 1, …) give up less."""

    name: str
    nearness: int
    criteria: Criteria
    params: Mapping[str, tuple[str, ...]]


Steps = Iterator[Step]


def ways_on(
    criteria: Criteria, *, total: int, themes: Mapping[str, str] | None = None, now: Search | None = None
) -> list[Loosening]:
    """At most six changes that find more than `total`, one of a kind, the best first.

    `themes`: names by code, to offer a theme in place of words that mean it. `now`: what can be searched, when the
    caller has it already. At most about forty counts.
    When no single change helps, what one of the wishes finds alone.
    """
    now = now or search.now()
    for steps in (_one_change(criteria, themes or _shipped()), _one_wish(criteria)):
        tried = [step for step in steps if step.criteria != criteria]
        counted = zip(tried, now.counts(step.criteria for step in tried), strict=True)
        best = _best_of_each([(step, count) for step, count in counted if count > total])
        if best:
            return best
    return []


def _shipped() -> dict[str, str]:
    return {term.code: term.name for term in THEMES_SHIPPED}


def _best_of_each(found: list[tuple[Step, int]]) -> list[Loosening]:
    """Of every kind the nearest step that finds enough, else the one that finds most; kinds keep their order."""
    kinds: dict[str, tuple[Step, int]] = {}
    for step, count in found:
        if step.name not in kinds or _worth(step, count) > _worth(*kinds[step.name]):
            kinds[step.name] = step, count
    chosen = sorted(kinds.values(), key=lambda pair: pair[1] < ENOUGH)
    return [Loosening(name=step.name, params=step.params, total=count) for step, count in chosen[:MOST]]


def _worth(step: Step, count: int) -> tuple[bool, int, int]:
    enough = count >= ENOUGH
    return enough, -step.nearness if enough else 0, count


def _one_change(criteria: Criteria, themes: Mapping[str, str]) -> Steps:
    """In the order in which they are shown: what gives up least comes first."""
    yield from _radius(criteria)
    yield from _period(criteria)
    yield from _levels(criteria)
    yield from _online(criteria)
    yield from _theme_for_words(criteria, themes)
    yield from _kindred(criteria)
    for name, change in SIMPLE.items():
        if any(getattr(criteria, field) for field in change):
            yield _step(criteria, name, 0, **change)
    yield from _country(criteria)


# ------------------------------------------------------------------- by address

PARAMS: dict[str, tuple[str, Callable[[Any], Iterable[object]]]] = {
    "text": ("q", lambda text: [text]),
    "place": ("plaats", lambda place: [place.name]),
    "radius": ("straal", lambda radius: [radius]),
    "regions": ("region", list),
    "levels": ("level", list),
    "themes": ("theme", list),
    "kinds": ("kind", list),
    "delivery": ("delivery", list),
    "audience": ("audience", list),
    "months": ("month", list),
    "date_from": ("van", lambda day: [day.isoformat()]),
    "date_until": ("tot", lambda day: [day.isoformat()]),
    "group": ("groep", lambda group: [group]),
    "free": ("free", lambda _: ["1"]),
    "room": ("room", lambda _: ["1"]),
    "provider": ("provider", lambda slug: [slug]),
}
# What is simply taken away.
SIMPLE: dict[str, dict[str, Any]] = {
    "room": {"room": False},
    "free": {"free": False},
    "group": {"group": None},
    "delivery": {"delivery": ()},
    "kind": {"kinds": ()},
    "audience": {"audience": ()},
    "theme": {"themes": ()},
    "provider": {"provider": ""},
    "text": {"text": ""},
}


def _step(criteria: Criteria, name: str, nearness: int, **change: Any) -> Step:
    params = {}
    for field, value in change.items():
        param, written = PARAMS[field]
        params[param] = tuple(str(each) for each in written(value)) if value else ()
    return Step(name, nearness, replace(criteria, **change), params)


# ---------------------------------------------------------------------- changes


def _radius(criteria: Criteria) -> Steps:
    if criteria.place is None or criteria.radius is None:
        return
    farther = [km for km in FARTHER if km > criteria.radius]
    for nearness, km in enumerate(farther):
        yield _step(criteria, "radius", nearness, radius=km)
    yield _step(criteria, "radius", len(farther), radius=None)


def _country(criteria: Criteria) -> Steps:
    if criteria.place or criteria.regions:
        yield _step(criteria, "country", 0, place=None, radius=None, regions=())


def _online(criteria: Criteria) -> Steps:
    if criteria.delivery and Delivery.ONLINE not in criteria.delivery:
        yield _step(criteria, "online", 0, delivery=(*criteria.delivery, Delivery.ONLINE.value))


def _period(criteria: Criteria) -> Steps:
    if criteria.months:
        beside = sorted({(month + turn - 1) % 12 + 1 for month in criteria.months for turn in (-1, 1)})
        beside = [month for month in beside if month not in criteria.months]
        for month in beside:
            yield _step(criteria, "period", 0, months=(*criteria.months, month))
        yield _step(criteria, "period", 1, months=(*criteria.months, *beside))
    elif criteria.date_from or criteria.date_until:
        first, last = _month_on(criteria.date_from, -1), _month_on(criteria.date_until, 1)
        yield _step(criteria, "period", 0, date_from=criteria.date_from, date_until=last)
        yield _step(criteria, "period", 0, date_from=first, date_until=criteria.date_until)
        yield _step(criteria, "period", 1, date_from=first, date_until=last)
    yield _step(criteria, "period", 2, months=(), date_from=None, date_until=None)


def _month_on(day: dt.date | None, turn: int) -> dt.date | None:
    """The same day of the next (1) or the last (-1) month, where there are such days."""
    if day is None or day.year in (dt.MINYEAR, dt.MAXYEAR):
        return day
    return day + relativedelta(months=turn)


def _levels(criteria: Criteria) -> Steps:
    wanted = leaves(criteria.levels)
    if not wanted:
        return
    beside = _years_beside(wanted)
    for code in beside:
        yield _with_levels(criteria, wanted | {code}, 0)
    yield _with_levels(criteria, wanted | set(beside), 1)
    yield _with_levels(criteria, wanted | _same_year(wanted), 2)
    sectors = {LEVEL_BY_CODE[leaf].sector for leaf in wanted}
    yield _with_levels(criteria, leaves(code for code, term in LEVEL_BY_CODE.items() if term.sector in sectors), 3)
    yield _step(criteria, "level", 4, levels=())


def _with_levels(criteria: Criteria, wanted: Iterable[str], nearness: int) -> Step:
    return _step(criteria, "level", nearness, levels=tuple(collapse(wanted)))


def _years_beside(wanted: set[str]) -> list[str]:
    """The year before and the year after those that are wanted, of the same track."""
    years = {(term.track, term.year) for leaf in wanted if (term := LEVEL_BY_CODE[leaf]).year}
    near = {(track, year + turn) for track, year in years if year for turn in (-1, 1)} - years
    return [leaf for leaf in _all_leaves() if (LEVEL_BY_CODE[leaf].track, LEVEL_BY_CODE[leaf].year) in near]


def _same_year(wanted: set[str]) -> set[str]:
    """The same years of the other tracks of the sector."""
    years = {(term.sector, term.year) for leaf in wanted if (term := LEVEL_BY_CODE[leaf]).year}
    return {leaf for leaf in _all_leaves() if (LEVEL_BY_CODE[leaf].sector, LEVEL_BY_CODE[leaf].year) in years}


def _all_leaves() -> list[str]:
    return [code for code in LEVEL_BY_CODE if leaves([code]) == {code}]


def _kindred(criteria: Criteria) -> Steps:
    wanted = set(criteria.themes)
    for one, other in KINDRED:
        for near in {one, other} - wanted if wanted & {one, other} else ():
            yield _step(criteria, "kindred", 0, themes=(*criteria.themes, near))


def _theme_for_words(criteria: Criteria, themes: Mapping[str, str]) -> Steps:
    """A theme whose name shares a word with what was typed, in place of the words."""
    typed = _beginnings(criteria.text)
    if not typed or criteria.themes:
        return
    for code, name in themes.items():
        if any(_same(one, other) for one in typed for other in _beginnings(name)):
            yield _step(criteria, "theme_for_words", 0, text="", themes=(code,))


def _beginnings(text: str) -> set[str]:
    return {stem for word in words(text) for stem in stems(word) if len(stem) >= SHORTEST_BEGINNING}


def _same(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _one_wish(criteria: Criteria) -> Steps:
    """Nothing but the words, the themes, the classes, or the place."""
    alone: dict[str, dict[str, Any]] = {
        "only_text": {"text": criteria.text},
        "only_theme": {"themes": criteria.themes},
        "only_level": {"levels": criteria.levels},
        "only_place": {"place": criteria.place, "radius": criteria.radius},
    }
    others = {field: getattr(Criteria(), field) for field in PARAMS}
    for name, kept in alone.items():
        if any(kept.values()):
            yield _step(criteria, name, 0, **{field: value for field, value in others.items() if field not in kept})
