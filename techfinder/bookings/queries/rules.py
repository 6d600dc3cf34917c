"""How many working days an answer may take in a region."""

from __future__ import annotations

from collections.abc import Iterator

from techfinder.bookings.models import ClockRule
from techfinder.organisations.models import School
from techfinder.taxonomy.models import Region

DEFAULT = ClockRule()


class Rules:
    """All rules, read once: for whoever asks for many schools."""

    def __init__(self) -> None:
        self._rules = {rule.region_id: rule for rule in ClockRule.objects.all()}
        self._found: dict[int, ClockRule] = {}
        self._parents: dict[int, int | None] = {}
        self._networks: dict[int, list[int]] = {}
        if self._rules:
            self._parents = dict(Region.objects.values_list("pk", "parent_id"))
            self._networks = self._read_networks()

    def of(self, municipality_id: int) -> ClockRule:
        """The nearest rule: of the municipality, its smallest network, its province and so up; else the default."""
        if municipality_id not in self._found:
            near = self._above(municipality_id) if self._rules else iter(())
            self._found[municipality_id] = next((self._rules[pk] for pk in near if pk in self._rules), DEFAULT)
        return self._found[municipality_id]

    def _above(self, municipality_id: int) -> Iterator[int]:
        yield municipality_id
        yield from self._networks.get(municipality_id, ())
        region = self._parents.get(municipality_id)
        while region:
            yield region
            region = self._parents.get(region)

    def _read_networks(self) -> dict[int, list[int]]:
        """By municipality the networks with a rule that it is in, the smallest first."""
        links = Region.municipalities.through.objects.filter(from_region__in=self._rules)
        members: dict[int, list[int]] = {}
        for network, town in links.order_by("from_region_id").values_list("from_region_id", "to_region_id"):
            members.setdefault(network, []).append(town)
        found: dict[int, list[int]] = {}
        for network in sorted(members, key=lambda each: len(members[each])):
            for town in members[network]:
                found.setdefault(town, []).append(network)
        return found


def rule_of(school: School) -> ClockRule:
    """The rule that holds for one school."""
    return Rules().of(school.municipality_id)
