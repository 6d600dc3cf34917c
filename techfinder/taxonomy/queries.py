"""Reads of the vocabularies. Levels need no query; terms and regions are small tables, loaded once per call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import get_language

from techfinder.taxonomy.data import COUNTRY
from techfinder.taxonomy.levels import (
    SectorLevels,
    age_range,
    leaves_of_mask,
    level_label,
    level_leaves,
    level_name,
    level_rows,
    mask_of,
)
from techfinder.taxonomy.models import Kind, Region, Theme
from techfinder.taxonomy.remembered import for_a_while

__all__ = [
    "EVERYWHERE",
    "RegionIndex",
    "SectorLevels",
    "age_range",
    "expand_regions",
    "find_region",
    "kind_names",
    "leaves_of_mask",
    "level_label",
    "level_leaves",
    "level_name",
    "level_rows",
    "mask_of",
    "municipality_ids",
    "region_names",
    "regions_for_choice",
    "theme_names",
]

EVERYWHERE: Literal["everywhere"] = "everywhere"


def theme_names(*, active: bool = False) -> Mapping[str, str]:
    """Return the name of each theme by its code, in the active language and the order of the site.

    With `active` those that can be chosen, as they are now; else all, as they were at most a minute ago.
    """
    return _names(Theme.objects.filter(active=True)) if active else _all_themes(get_language())


def kind_names(*, active: bool = False) -> Mapping[str, str]:
    """Return the name of each kind, as `theme_names`."""
    return _names(Kind.objects.filter(active=True)) if active else _all_kinds(get_language())


@for_a_while
def _all_themes(language: str | None) -> Mapping[str, str]:
    return _names(Theme.objects.all())


@for_a_while
def _all_kinds(language: str | None) -> Mapping[str, str]:
    return _names(Kind.objects.all())


def _names(terms: Iterable[Theme | Kind]) -> Mapping[str, str]:
    return {term.code: str(term) for term in terms}


def find_region(code_or_slug: str) -> Region | None:
    """Return the region with this code or address on the site."""
    found = Region.objects.filter(Q(code=code_or_slug) | Q(slug=code_or_slug))
    return found.first()


def region_names(codes: Iterable[str]) -> dict[str, str]:
    """Return names by code, country first, then by size and name; codes that do not exist are left out."""
    return dict(_by_size(Region.objects.filter(code__in=set(codes))).values_list("code", "name"))


def regions_for_choice() -> QuerySet[Region]:
    """Return what a provider chooses from: the country, its parts, provinces and networks, then municipalities."""
    return _by_size(Region.objects.all())


def _by_size(regions: QuerySet[Region]) -> QuerySet[Region]:
    return regions.alias(size=_size_case()).order_by("size", "name")


def _size_case() -> Case:
    sizes = [Region.Type.COUNTRY, Region.Type.PART, Region.Type.PROVINCE, Region.Type.NETWORK]
    whens = [When(type=size, then=Value(place)) for place, size in enumerate(sizes)]
    return Case(*whens, default=Value(len(sizes)), output_field=IntegerField())


class RegionIndex:
    """All regions in two queries: for callers that expand many lists of codes."""

    def __init__(self) -> None:
        self.by_code: dict[str, Region] = {}
        self.children: dict[int, list[Region]] = {}
        self.members: dict[int, set[int]] = {}
        self._under: dict[str, frozenset[int]] = {}
        for region in Region.objects.all():
            self.by_code[region.code] = region
            if region.parent_id:
                self.children.setdefault(region.parent_id, []).append(region)
        links = Region.municipalities.through.objects.values_list("from_region_id", "to_region_id")
        for network, municipality in links:
            self.members.setdefault(network, set()).add(municipality)

    def expand(self, codes: Iterable[str]) -> set[int] | Literal["everywhere"]:
        """Return the ids of the municipalities under the codes; an unknown code is a KeyError."""
        ids: set[int] = set()
        for code in codes:
            if code == COUNTRY:
                return EVERYWHERE
            ids |= self.under(code)
        return ids

    def under(self, code: str) -> frozenset[int]:
        """Return the ids of the municipalities under one region, itself included."""
        if code not in self._under:
            self._under[code] = frozenset(self._walk(self.by_code[code]))
        return self._under[code]

    def _walk(self, region: Region) -> Iterable[int]:
        if region.type == Region.Type.MUNICIPALITY:
            yield region.pk
        yield from self.members.get(region.pk, ())
        for child in self.children.get(region.pk, ()):
            yield from self._walk(child)


def expand_regions(codes: Iterable[str]) -> set[int] | Literal["everywhere"]:
    """Return the ids of the municipalities under the codes, or "everywhere" for the country."""
    return RegionIndex().expand(codes)


def municipality_ids(region: Region) -> set[int]:
    """Return the ids of the municipalities of a country, part, province, network or municipality."""
    return set(RegionIndex().under(region.code))
