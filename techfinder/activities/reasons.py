"""Why an activity is among what was found, in the words of a card: which of the wishes it meets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import get_language, gettext

from techfinder.activities.on_cards import Day, OnCard
from techfinder.activities.search.criteria import Criteria
from techfinder.activities.vocabulary import Vocabulary, leaves
from techfinder.activities.words import place_names
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.queries import level_label
from techfinder.taxonomy.templatetags.ui import day, join_and, km, month_name

MOST = 6


def reasons(activity: OnCard, criteria: Criteria, distance: float | None, words: Vocabulary) -> list[str]:
    """The wishes that it meets, in order of weight; none when nothing was asked."""
    found = [*_place(activity, criteria, distance), *_terms(activity, criteria, words), *_when(activity, criteria),
             *_practical(activity, criteria)]  # fmt: skip
    return found[:MOST]


def _place(activity: OnCard, criteria: Criteria, distance: float | None) -> Iterator[str]:
    if not criteria.place:
        return
    if only_online(activity, criteria, distance):
        yield gettext("can be followed everywhere")
    elif distance is not None:
        yield km(distance)


def only_online(activity: OnCard, criteria: Criteria, distance: float | None) -> bool:
    """Whether the place that is asked can have it online only: nobody travels there, so there is no distance."""
    wanted = not criteria.delivery or Delivery.ONLINE in criteria.delivery
    return distance is None and wanted and Delivery.ONLINE in activity.delivery


def _terms(activity: OnCard, criteria: Criteria, words: Vocabulary) -> Iterator[str]:
    if criteria.levels and (label := _shared_levels(tuple(activity.levels), criteria.levels, get_language())):
        yield label
    yield from words.theme_names(code for code in criteria.themes if code in activity.themes)
    if len(criteria.kinds) > 1 and activity.kind in criteria.kinds:
        yield words.kind_name(activity.kind)
    if where := [code for code in criteria.delivery if code in activity.delivery]:
        yield place_names(where)


@lru_cache(maxsize=4096)
def _shared_levels(offered: tuple[str, ...], asked: tuple[str, ...], language: str | None) -> str:
    return level_label(leaves(offered) & leaves(asked))


def _when(activity: OnCard, criteria: Criteria) -> Iterator[str]:
    coming = activity.coming_sessions
    if criteria.date_from or criteria.date_until:
        fits = [each for each in coming if _in_period(each, criteria)]
        if fits:
            yield day(fits[0].date)
    if criteria.months:
        offered = {each.date.month for each in coming} or set(activity.months) or set(criteria.months)
        if shared := [month for month in criteria.months if month in offered]:
            yield join_and([month_name(month) for month in shared])


def _in_period(session: Day, criteria: Criteria) -> bool:
    after = not criteria.date_from or session.date >= criteria.date_from
    return after and (not criteria.date_until or session.date <= criteria.date_until)


def _practical(activity: OnCard, criteria: Criteria) -> Iterator[str]:
    if criteria.group:
        yield gettext("suits a group of %(count)d") % {"count": criteria.group}
    if criteria.free:
        yield gettext("free")
    if criteria.room and activity.coming_sessions:
        yield gettext("places left")
