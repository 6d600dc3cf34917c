"""Reads of activities that several callers share. `search` is the one definition of what a search finds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity, Session
from techfinder.activities.places import covering_codes
from techfinder.activities.vocabulary import overlapping
from techfinder.organisations.queries import own_providers
from techfinder.taxonomy.models import Delivery, Region

NEWEST, TITLE, BEST = "newest", "title", "best"


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """What somebody searches for; empty means anything. Several values of one criterion: any of them."""

    text: str = ""
    regions: Collection[Region] = ()
    place: Region | None = None
    levels: Collection[str] = ()
    themes: Collection[str] = ()
    kinds: Collection[str] = ()
    delivery: Collection[str] = ()
    months: Collection[int] = ()
    date_from: dt.date | None = None
    date_until: dt.date | None = None
    free: bool = False
    provider: str = ""
    sort: str = ""


def search(criteria: Criteria) -> QuerySet[Activity]:
    """Public activities that meet all criteria, in the order asked for."""
    found = Activity.objects.public()
    for condition in _conditions(criteria):
        found = found.filter(condition)
    return _sorted(found, criteria)


def _conditions(criteria: Criteria) -> list[Q]:
    conditions = [_vocabulary(criteria)]
    if criteria.text:
        conditions.append(Q(search=_text_query(criteria)) | Q(title__icontains=criteria.text))
    if criteria.regions:
        conditions.append(_regions(criteria.regions))
    if criteria.place:
        conditions.append(_regions([criteria.place]))
    if criteria.months:
        conditions.append(_months(criteria.months))
    if criteria.date_from or criteria.date_until:
        conditions.append(_period(criteria.date_from, criteria.date_until))
    if criteria.free:
        conditions.append(Q(cost=0))
    if criteria.provider:
        conditions.append(Q(provider__slug=criteria.provider))
    return conditions


def _text_query(criteria: Criteria) -> SearchQuery:
    return SearchQuery(criteria.text, config="dutch", search_type="websearch")


def _vocabulary(criteria: Criteria) -> Q:
    found = Q()
    if criteria.levels:
        found &= Q(levels__overlap=overlapping(criteria.levels))
    if criteria.themes:
        found &= Q(themes__overlap=list(criteria.themes))
    if criteria.kinds:
        found &= Q(kind__in=list(criteria.kinds))
    if criteria.delivery:
        found &= Q(delivery__overlap=list(criteria.delivery))
    return found


def _regions(regions: Collection[Region]) -> Q:
    codes = {code for region in regions for code in covering_codes(region)}
    return Q(regions__overlap=sorted(codes)) | Q(delivery__contains=[Delivery.ONLINE])


def _coming_sessions() -> QuerySet[Session]:
    return Session.objects.filter(activity=OuterRef("pk"), date__gte=timezone.localdate())


def _has_sessions() -> Exists:
    return Exists(Session.objects.filter(activity=OuterRef("pk")))


def _months(months: Collection[int]) -> Q:
    """Dated activities by their coming dates, others by the months they name (none: the whole year)."""
    in_month = Exists(_coming_sessions().filter(date__month__in=list(months)))
    whole_year = Q(months=[]) | Q(months__overlap=list(months))
    return Q(in_month) | (~Q(_has_sessions()) & whole_year)


def _period(first: dt.date | None, last: dt.date | None) -> Q:
    start = max(first or dt.date.min, timezone.localdate())
    end = last or dt.date.max
    dated = Exists(_coming_sessions().filter(date__gte=start, date__lte=end))
    open_then = (Q(available_from=None) | Q(available_from__lte=end)) & (
        Q(available_until=None) | Q(available_until__gte=start)
    )
    in_months = Q(months=[]) | Q(months__overlap=_months_between(start, end))
    return Q(dated) | (~Q(_has_sessions()) & open_then & in_months)


def _months_between(start: dt.date, end: dt.date) -> list[int]:
    count = (end.year - start.year) * 12 + end.month - start.month + 1
    return [(start.month - 1 + step) % 12 + 1 for step in range(max(0, min(count, 12)))]


def _sorted(found: QuerySet[Activity], criteria: Criteria) -> QuerySet[Activity]:
    if criteria.sort == TITLE:
        return found.order_by("title", "id")
    if criteria.text and criteria.sort != NEWEST:
        rank = SearchRank(F("search"), _text_query(criteria))
        return found.annotate(rank=rank).order_by("-rank", "-published_at", "-id")
    return found.order_by("-published_at", "-id")


def for_cards(found: QuerySet[Activity]) -> QuerySet[Activity]:
    """With all that a card shows, in a fixed number of queries."""
    coming = Session.objects.filter(date__gte=timezone.localdate())
    return (
        found.select_related("provider")
        .defer("search", "description", "pending")
        .prefetch_related(Prefetch("sessions", queryset=coming, to_attr="coming_sessions"))
    )


def latest(limit: int) -> list[Activity]:
    """The newest public activities, ready to be shown as cards."""
    return list(for_cards(Activity.objects.public().order_by("-published_at", "-id"))[:limit])


def of_providers(user: User) -> QuerySet[Activity]:
    """The activities of a person's own providers, newest change first."""
    return for_cards(Activity.objects.filter(provider__in=own_providers(user)).order_by("-updated_at", "-id"))
