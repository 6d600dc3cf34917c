"""The page of a region: the coordinator's words, what there is and what is asked. Queries do not grow with it."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext

from techfinder.activities.models import Activity
from techfinder.activities.queries import for_cards
from techfinder.activities.search import result
from techfinder.activities.search.criteria import NEWEST, Criteria
from techfinder.activities.vocabulary import Vocabulary
from techfinder.activities.words import card
from techfinder.matches.models import Match
from techfinder.moderation.models import RegionPage
from techfinder.organisations.models import School
from techfinder.pages.queries import Ask, Figure, asks
from techfinder.requests.queries import public_requests
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import RegionIndex
from techfinder.taxonomy.ui import Card

Type = Region.Type
SHOWN_OFFERS, SHOWN_ASKS, SHOWN_PROVIDERS, SHOWN_THEMES, SHOWN_NEAR = 6, 5, 12, 12, 8
KM_PER_DEGREE = 111.195


@dataclass(frozen=True)
class Link:
    """A way on: an address, its words, and how much is behind it."""

    url: str
    name: str
    count: int | None = None


@dataclass(frozen=True)
class Active:
    """A provider with something to offer here."""

    url: str
    name: str
    town: str
    offers: int


@dataclass(frozen=True)
class Shown:
    """Everything of the page of one region."""

    region: Region
    kind: str
    page: RegionPage | None
    contact: RegionPage | None
    offers: int
    cards: list[Card]
    asks: list[Ask]
    providers: list[Active]
    themes: list[Link]
    figures: list[Figure]
    up: list[Link]
    within: list[Link]
    near: list[Link]
    search_url: str
    ask_url: str


def show(region: Region) -> Shown:
    """Read the page of one region."""
    index = RegionIndex()
    towns = sorted(index.under(region.code))
    found, counted = result(Criteria(regions=(region.code,), sort=NEWEST), 0, SHOWN_OFFERS)
    open_here = public_requests().filter(school__municipality__in=towns)
    names, pages = Vocabulary(), _pages(region, index)
    return Shown(
        region=region,
        kind=_kind(region),
        page=next((each for each in pages if each.region_id == region.pk), None),
        contact=next((each for each in pages if each.email or each.phone), None),
        offers=found.total,
        cards=_cards([int(each) for each in found.ids], names),
        asks=asks(open_here, limit=SHOWN_ASKS),
        providers=_providers(region, towns, index),
        themes=_themes(region, counted.counts.get("theme", {}), names),
        figures=_figures(towns, found.total, open_here.count()),
        up=_up(region, index),
        within=_within(region, index),
        near=_near(region, index),
        search_url=reverse("activities:region", args=[region.slug]),
        ask_url=_ask_url(region),
    )


def _pages(region: Region, index: RegionIndex) -> list[RegionPage]:
    """What coordinators wrote: of the region itself, of a network that it is of, of its province."""
    above = [network for network, members in index.members.items() if region.pk in members]
    order = {pk: place for place, pk in enumerate([region.pk, *above, region.parent_id])}
    rows = RegionPage.objects.filter(region__in=[pk for pk in order if pk]).select_related("region")
    return sorted(rows, key=lambda page: order[page.region_id])


def _kind(region: Region) -> str:
    """Write provincie; gemeente in Zeeland."""
    if region.type == Type.MUNICIPALITY and region.parent:
        return gettext("municipality in %(province)s") % {"province": region.parent}
    return str(region.get_type_display())


def _ask_url(region: Region) -> str:
    place = {"plaats": region.name} if region.type == Type.MUNICIPALITY else {}
    return f"{reverse('requests:new')}?{urlencode(place)}" if place else reverse("requests:new")


def _cards(ids: Sequence[int], names: Vocabulary) -> list[Card]:
    rows = {row.pk: row for row in for_cards(Activity.objects.public().filter(pk__in=ids))}
    return [card(rows[pk], names) for pk in ids if pk in rows]


def _providers(region: Region, towns: Collection[int], index: RegionIndex) -> list[Active]:
    """Who is settled here, or offers something for this region by name; most offers first."""
    inside = {each.code for each in index.by_code.values() if each.pk in set(towns)} | {region.code}
    here = Q(provider__municipality__in=towns) | Q(regions__overlap=sorted(inside))
    rows = (
        Activity.objects.public()
        .filter(here)
        .values("provider__name", "provider__slug", "provider__city")
        .annotate(offers=Count("pk"))
        .order_by("-offers", "provider__name", "provider__slug")[:SHOWN_PROVIDERS]
    )
    return [
        Active(
            url=reverse("organisations:provider", args=[row["provider__slug"]]),
            name=row["provider__name"],
            town=row["provider__city"],
            offers=row["offers"],
        )
        for row in rows
    ]


def _themes(region: Region, counts: Mapping[str, int], names: Vocabulary) -> list[Link]:
    order = sorted((code for code in names.themes if counts.get(code)), key=lambda code: -counts[code])
    return [
        Link(reverse("activities:region_theme", args=[region.slug, code]), names.themes[code], counts[code])
        for code in order[:SHOWN_THEMES]
    ]


def _figures(towns: Collection[int], offers: int, open_requests: int) -> list[Figure]:
    schools = School.objects.open().filter(municipality__in=towns).count()
    matches = Match.objects.open().filter(request__school__municipality__in=towns)
    matched = matches.values("request__school").distinct().count()
    return [
        Figure(schools, gettext("schools"), gettext("Open branches in the national school register")),
        Figure(offers, gettext("activities to book"), gettext("For schools in this region, also from elsewhere")),
        Figure(open_requests, gettext("open requests"), gettext("Confirmed by e-mail, last day not past")),
        Figure(matched, gettext("schools with a match"), gettext("With at least one activity that fits their request")),
    ]


# ------------------------------------------------------------------------------------------------------- other regions


def _link(region: Region) -> Link:
    return Link(reverse("pages:region", args=[region.slug]), region.name)


def _by_name(regions: Collection[Region]) -> list[Link]:
    return [_link(each) for each in sorted(regions, key=lambda region: region.name)]


def _up(region: Region, index: RegionIndex) -> list[Link]:
    """The province it lies in, and the networks it is of."""
    by_id = {each.pk: each for each in index.by_code.values()}
    parent = by_id.get(region.parent_id or 0)
    province = [parent] if parent and parent.type == Type.PROVINCE else []
    networks = [by_id[network] for network, members in index.members.items() if region.pk in members]
    return [*(_link(each) for each in province), *_by_name(networks)]


def _within(region: Region, index: RegionIndex) -> list[Link]:
    """The provinces of a part, the municipalities of a province or network."""
    by_id = {each.pk: each for each in index.by_code.values()}
    members = [by_id[each] for each in index.members.get(region.pk, set())]
    return _by_name([*index.children.get(region.pk, []), *members])


def _near(region: Region, index: RegionIndex) -> list[Link]:
    """The nearest municipalities of a municipality, the nearest first; other provinces for a province."""
    if region.type != Type.MUNICIPALITY:
        alike = [each for each in index.by_code.values() if each.type == region.type and each.pk != region.pk]
        return _by_name(alike) if region.type == Type.PROVINCE else []
    if region.lat is None or region.lon is None:
        return []
    towns = [each for each in index.by_code.values() if each.type == Type.MUNICIPALITY and each.pk != region.pk]
    away = {each.pk: _km(region, each) for each in towns}
    nearest = sorted((each for each in towns if away[each.pk] < math.inf), key=lambda each: (away[each.pk], each.name))
    return [_link(each) for each in nearest[:SHOWN_NEAR]]


def _km(one: Region, other: Region) -> float:
    """About: the order of neighbours needs no sphere."""
    if one.lat is None or one.lon is None or other.lat is None or other.lon is None:
        return math.inf
    east = (other.lon - one.lon) * math.cos(math.radians(one.lat))
    return math.hypot(other.lat - one.lat, east) * KM_PER_DEGREE


# ------------------------------------------------------------------------------------------------------------ overview


@dataclass(frozen=True)
class Province:
    """A province with its municipalities."""

    link: Link
    towns: list[Link]


def overview() -> dict[str, Any]:
    """All provinces with their municipalities, and the networks; two queries."""
    index = RegionIndex()
    of_type = {kind: [each for each in index.by_code.values() if each.type == kind] for kind in Type.values}
    provinces = sorted(of_type[Type.PROVINCE], key=lambda region: region.name)
    return {
        "provinces": [Province(_link(each), _by_name(index.children.get(each.pk, []))) for each in provinces],
        "networks": _by_name(of_type[Type.NETWORK]),
    }
