"""The regions in memory: which regions hold the whole of another one, and where municipalities are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from django.utils.functional import cached_property

from techfinder.taxonomy.data import COUNTRY
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import RegionIndex

Point = tuple[float, float]
# Where nothing is known of a place, not even its municipality: the middle of the country.
MIDDLE: Point = (52.1561, 5.3878)


@dataclass(frozen=True, eq=False)
class Geography:
    """All regions as they were when this was read."""

    regions: RegionIndex
    _holding: dict[str, frozenset[str]] = field(default_factory=dict)

    @cached_property
    def provinces(self) -> tuple[str, ...]:
        """The codes of the provinces, by name."""
        found = [region for region in self.regions.by_code.values() if region.type == Region.Type.PROVINCE]
        return tuple(region.code for region in sorted(found, key=lambda region: (region.name, region.code)))

    @cached_property
    def points(self) -> Mapping[str, Point]:
        """Where the regions are that have a point, by code."""
        found = self.regions.by_code.values()
        return {each.code: (each.lat, each.lon) for each in found if each.lat is not None and each.lon is not None}

    @cached_property
    def _by_id(self) -> Mapping[int, Region]:
        return {region.pk: region for region in self.regions.by_code.values()}

    @cached_property
    def _networks(self) -> Mapping[int, list[str]]:
        """The codes of the regions that name a region as one of theirs, by its id."""
        found: dict[int, list[str]] = {}
        for network, members in self.regions.members.items():
            for member in members:
                found.setdefault(member, []).append(self._by_id[network].code)
        return found

    def holding(self, municipality: str) -> frozenset[str] | None:
        """The codes of all regions that a municipality lies under, as the matching rules see it; None: not known."""
        region = self.regions.by_code.get(municipality)
        if region is None:
            return None
        if municipality not in self._holding:
            under = (code for code in self.regions.by_code if region.pk in self.regions.under(code))
            self._holding[municipality] = frozenset({*under, COUNTRY})
        return self._holding[municipality]

    def covering(self, codes: Iterable[str]) -> frozenset[str]:
        """The codes of all regions that hold the whole of one of these: itself, its ancestors, its networks."""
        return frozenset().union(*(self._covering(code) for code in codes))

    def _covering(self, code: str) -> set[str]:
        region = self.regions.by_code.get(code)
        if region is None:
            return {code, COUNTRY}
        above = self._with_ancestors(region)
        if region.type == Region.Type.NETWORK:
            members = [self._with_ancestors(self._by_id[pk]) for pk in self.regions.members.get(region.pk, ())]
            return above | (set.intersection(*members) if members else set())
        return above | set(self._networks.get(region.pk, ()))

    def _with_ancestors(self, region: Region) -> set[str]:
        found = {COUNTRY}
        above: Region | None = region
        while above is not None and above.code not in found:
            found.add(above.code)
            above = self._by_id.get(above.parent_id or 0)
        return found
