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

    def __init__(self, first: Mapping[str, Iterable[str]]) -> None:
        self._of: dict[str, dict[str, int]] = {name: {} for name in NAMED}
        for name, codes in first.items():
            self.add(name, codes)

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


def of_vocabularies() -> Numbers:
    """With a number for every code that exists, also where no activity has it."""
    return Numbers(
        {
            "level": LEVEL_BY_CODE,
            "theme": Theme.objects.values_list("code", flat=True),
            "kind": Kind.objects.values_list("code", flat=True),
            "delivery": DELIVERIES,
            "audience": Audience.values,
        }
    )
