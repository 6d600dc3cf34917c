"""What a region lacks: open requests of its schools with few matches, and what alone keeps activities from them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.functional import cached_property

from techfinder.matches.models import Lack, Missed
from techfinder.moderation.access import Desk
from techfinder.requests.models import Request
from techfinder.taxonomy.data import LEAF_ORDER, LEVEL_BY_CODE
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import level_leaves, municipality_ids

# Groups of primary school are asked for and offered by two.
YEARS_TOGETHER = 2
# Of the school year.
FIRST_MONTH = 8
GROUP_BOUNDS = (15, 30, 60)
COST_BOUNDS = (0, 50, 250, 1000)
MOST_COMBINED = 5

Counts = dict[str, tuple[int, int]]


def level_buckets(codes: Iterable[str]) -> list[str]:
    """The coarse levels that these codes touch: po-5 for groups 5 and 6, vo-havo for all its years."""
    leaves = level_leaves(code for code in codes if code in LEVEL_BY_CODE)
    return list(dict.fromkeys(BUCKET_OF[leaf] for leaf in LEAF_ORDER if leaf in leaves))


def _bucket_of(leaf: str) -> str:
    term = LEVEL_BY_CODE[leaf]
    if term.sector == "po" and term.year:
        return f"po-{(term.year - 1) // YEARS_TOGETHER * YEARS_TOGETHER + 1}"
    parent = LEVEL_BY_CODE[term.parent] if term.parent else term
    # vo-vmbo-tl-3 counts with vo-vmbo, vo-havo-3 with vo-havo.
    while parent.parent and parent.parent != "vo" and parent.sector == "vo":
        parent = LEVEL_BY_CODE[parent.parent]
    return parent.code if term.sector in ("vo", "mbo") else leaf


BUCKET_OF = {leaf: _bucket_of(leaf) for leaf in LEAF_ORDER}


def bucket_leaves(bucket: str) -> list[str]:
    return [leaf for leaf in LEAF_ORDER if BUCKET_OF[leaf] == bucket]


@dataclass(frozen=True, slots=True)
class Finding:
    """So many requests miss only something: by which rule, and for which value of theirs."""

    rule: str
    value: Any
    count: int


def _urgency(finding: Finding) -> tuple[int, str, Any]:
    """Most first; of as many the months in the order of the school year, other values in their own."""
    value = (finding.value - FIRST_MONTH) % 12 if finding.rule == "period" else finding.value
    return -finding.count, finding.rule, value


class Lacks:
    """The requests with few matches of one desk, or of one region of it; each read is a query that does not grow."""

    def __init__(self, desk: Desk, *, region: Region | None = None, rule: str = "") -> None:
        self._desk, self._region, self._rule = desk, region, rule

    @cached_property
    def everywhere(self) -> QuerySet[Lack]:
        """All of the desk, whatever is chosen."""
        found = Lack.objects.filter(request__status=Request.Status.OPEN)
        codes = self._desk.codes
        return found if codes is None else found.filter(request__school__municipality__code__in=sorted(codes))

    @cached_property
    def here(self) -> QuerySet[Lack]:
        """Those of the region that is chosen."""
        if self._region is None:
            return self.everywhere
        return self.everywhere.filter(request__school__municipality__in=municipality_ids(self._region))

    def waiting(self) -> QuerySet[Lack]:
        """Those of the region and the rule, the longest waiting first."""
        found = self.here
        if self._rule:
            found = found.filter(request__in=Missed.objects.filter(rule=self._rule).values("request"))
        since = Coalesce("request__confirmed_at", "request__created_at")
        found = found.select_related("request__school__municipality").prefetch_related("request__missed")
        return found.order_by(since, "request_id")

    def totals(self) -> tuple[int, int]:
        """How many have fewer than three matches, and how many have none."""
        found = self.here.aggregate(few=Count("pk"), none=Count("pk", filter=Q(matches=0)))
        return found["few"], found["none"]

    def counts(self, field: str, spread: Callable[[Any], Iterable[str]]) -> Counts:
        """Per value of a field of the request: how many have few matches, how many none; most first."""
        few: Counter[str] = Counter()
        none: Counter[str] = Counter()
        wished = self.here.order_by().values_list(f"request__{field}")
        for value, some, nothing in wished.annotate(some=Count("pk"), nothing=Count("pk", filter=Q(matches=0))):
            for each in spread(value):
                few[each] += some
                none[each] += nothing
        return {each: (count, none[each]) for each, count in sorted(few.items(), key=lambda item: (-item[1], item[0]))}

    def findings(self) -> list[Finding]:
        """Per rule and value how many requests only that keeps from more, most first."""
        found = [Finding(rule, value, count) for rule in FINDINGS for value, count in self._of_rule(rule).items()]
        return sorted(found, key=_urgency)

    def _missed(self) -> QuerySet[Missed]:
        return Missed.objects.filter(request__in=self.here.values("pk")).order_by()

    def _of_rule(self, rule: str) -> dict[Any, int]:
        fields, spread = FINDINGS[rule]
        counted: Counter[Any] = Counter()
        rows = self._missed().filter(rule=rule).values_list(*fields)
        for *values, count in rows.annotate(count_of=Count("request", distinct=True)):
            for value in spread(*values):
                counted[value] += count
        return dict(counted)

    def combined(self) -> list[tuple[str, str, int]]:
        """The kinds and themes together that find nothing at all most often: (kind, theme, requests)."""
        nothing = self.here.filter(matches=0).exclude(request__kinds=[]).exclude(request__themes=[])
        counted: Counter[tuple[str, str]] = Counter()
        rows = nothing.order_by().values_list("request__kinds", "request__themes")
        for kinds, themes, count in rows.annotate(count_of=Count("pk")):
            for pair in ((kind, theme) for kind in set(kinds) for theme in set(themes)):
                counted[pair] += count
        most = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:MOST_COMBINED]
        return [(kind, theme, count) for (kind, theme), count in most]

    def municipalities(self) -> Iterator[Region]:
        """The municipalities of the desk with at least one such request, by name."""
        ids = self.everywhere.order_by().values("request__school__municipality")
        yield from Region.objects.filter(pk__in=ids).order_by("name")


# --------------------------------------------- what of a request a rule is about


def _months(first: dt.date, last: dt.date) -> list[int]:
    count = min(12, (last.year - first.year) * 12 + last.month - first.month + 1)
    return [(first.month - 1 + step) % 12 + 1 for step in range(count)]


def _bound(value: float | None, bounds: Sequence[int]) -> list[int]:
    """The first bound that is no less; one more than the last for what is beyond them all."""
    if value is None:
        return []
    return [next((bound for bound in bounds if value <= bound), bounds[-1] + 1)]


def _same(values: Iterable[str]) -> list[str]:
    return sorted(set(values))


Spread = Callable[..., Iterable[Any]]

FINDINGS: dict[str, tuple[tuple[str, ...], Spread]] = {
    # A request may give way in two fields on its place: each way is a row.
    "place": (("field",), lambda field: [field]),
    "level": (("request__levels",), level_buckets),
    "theme": (("request__themes",), _same),
    "kind": (("request__kinds",), _same),
    "audience": (("request__audience",), _same),
    "period": (("request__date_from", "request__date_until"), _months),
    "group": (("request__group_size",), lambda size: _bound(size, GROUP_BOUNDS)),
    "cost": (("request__max_cost",), lambda cost: _bound(cost, COST_BOUNDS)),
}
