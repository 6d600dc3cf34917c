"""Numbers for the codes of a facet, given in order of first sight. They hold as long as the index they are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from techfinder.taxonomy.data import LEVEL_BY_CODE
from techfinder.taxonomy.models import Audience, Delivery, Kind, Theme

MONTHS = tuple(range(1, 13))
DELIVERIES: tuple[str, ...] = (Delivery.AT_SCHOOL.value, Delivery.AT_PROVIDER.value, Delivery.ONLINE.value)
NAMED = ("level", "theme", "kind", "region", "delivery", "audience", "provider")


class Numbers:
    """Per facet the number of each code. Only grows, so that older segments stay right."""

    def __init__(self, first: Mapping[str, Iterable[str]], names: Mapping[str, str]) -> None:
        """`first`: the codes that exist, also where no activity has them. `names`: of kinds and themes, by code."""
        self._of: dict[str, dict[str, int]] = {name: {} for name in NAMED}
        self.names = names
        for name, codes in first.items():
            self.add(name, codes)

    @classmethod
    def of_vocabularies(cls) -> Numbers:
        """With a number for every code of the vocabularies as they are now."""
        themes, kinds = (
            {code: f"{code} {name} {name_en}" for code, name, name_en in rows.values_list("code", "name", "name_en")}
            for rows in (Theme.objects.all(), Kind.objects.all())
        )
        first: dict[str, Iterable[str]] = {
            "level": LEVEL_BY_CODE,
            "theme": themes,
            "kind": kinds,
            "delivery": DELIVERIES,
            "audience": Audience.values,
        }
        return cls(first, kinds | themes)

    def add(self, facet: str, codes: Iterable[str]) -> None:
        """Give a number to each code that has none."""
        known = self._of[facet]
        for code in codes:
            known.setdefault(code, len(known))

    def of(self, facet: str, codes: Iterable[str]) -> list[int]:
        """The numbers of those codes that have one."""
        known = self._of[facet]
        return [known[code] for code in codes if code in known]

    def codes(self, facet: str) -> tuple[str, ...]:
        """All codes of a facet, in order of their numbers."""
        return tuple(self._of[facet])
