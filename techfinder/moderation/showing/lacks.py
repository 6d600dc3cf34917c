"""What a region lacks, in words: findings, tables and the list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from techfinder.mail.compose import absolute
from techfinder.matches.models import Lack
from techfinder.matches.telling.labels import Labels, audiences, levels
from techfinder.moderation.access import Desk
from techfinder.moderation.explaining import RULES
from techfinder.moderation.lacks import COST_BOUNDS, GROUP_BOUNDS, Counts, Finding, Lacks, bucket_leaves, level_buckets
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.templatetags.ui import euro, month_name

MOST_FINDINGS = 12
MOST_ROWS = 12


class LackFilter(forms.Form):
    """The region and the rule that are chosen; what is not among the choices chooses nothing."""

    regio = forms.ChoiceField(label=_("Region"), required=False)
    regel = forms.ChoiceField(label=_("What keeps it back"), required=False)

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regions = {region.code: region for region in _regions(desk)}
        regions = [(region.code, region.name) for region in self.regions.values()]
        rules = [(rule, name) for rule, name in RULES.items() if rule not in ("live", "pair")]
        self.fields["regio"].choices = [("", gettext("all my regions")), *regions]  # type: ignore[attr-defined]
        self.fields["regel"].choices = [("", gettext("everything")), *rules]  # type: ignore[attr-defined]

    @property
    def region(self) -> Region | None:
        return self.regions.get(self._chosen("regio"))

    @property
    def rule(self) -> str:
        return self._chosen("regel")

    def _chosen(self, name: str) -> str:
        return self.cleaned_data.get(name, "") if self.is_valid() or self.is_bound else ""


def _regions(desk: Desk) -> Iterator[Region]:
    """The larger regions of the desk, then its municipalities with a request that lacks matches."""
    larger = Region.objects.filter(type__in=[Region.Type.PROVINCE, Region.Type.NETWORK])
    if desk.codes is not None:
        larger = larger.filter(code__in=sorted(desk.codes))
    yield from larger.order_by("-type", "name")
    yield from Lacks(desk).municipalities()


@dataclass(frozen=True, slots=True)
class Told:
    """One finding as a sentence, and the address of the list of its rule."""

    count: int
    sentence: str
    url: str


@dataclass(frozen=True, slots=True)
class Table:
    """How many requests have few matches, and how many none, per value of one field."""

    key: str
    title: str
    rows: list[tuple[str, int, int]]
    more: int


@dataclass(frozen=True, slots=True)
class Line:
    """One request of the list."""

    lack: Lack
    meta: str
    rules: list[str]


class Page:
    """Everything of one region in words; names of the vocabularies are read once."""

    def __init__(self, lacks: Lacks, chosen: LackFilter) -> None:
        self._lacks, self._filter = lacks, chosen
        self.labels = Labels()

    @cached_property
    def totals(self) -> tuple[int, int]:
        return self._lacks.totals()

    @cached_property
    def findings(self) -> list[Told]:
        return [self._told(finding) for finding in self._lacks.findings()[:MOST_FINDINGS]]

    @cached_property
    def combined(self) -> list[str]:
        """No guest lesson on robotics in Zeeland: what finds nothing at all."""
        where = self._filter.region.name if self._filter.region else gettext("your regions")
        return [
            ngettext(
                "%(count)d request: no %(kind)s about %(theme)s in %(region)s",
                "%(count)d requests: no %(kind)s about %(theme)s in %(region)s",
                count,
            )
            % {
                "count": count,
                "kind": self.labels.kind(kind),
                "theme": self.labels.theme_list([theme]),
                "region": where,
            }
            for kind, theme, count in self._lacks.combined()
        ]

    @cached_property
    def tables(self) -> list[Table]:
        counts = self._lacks.counts
        return [
            self._table("klas", gettext("Class"), counts("levels", level_buckets), _level),
            self._table("thema", gettext("Theme"), counts("themes", set), lambda code: self.labels.theme_list([code])),
            self._table("soort", gettext("Kind"), counts("kinds", set), self.labels.kind),
        ]

    def _table(self, key: str, title: str, counts: Counts, name: Callable[[str], str]) -> Table:
        rows = [(capfirst(name(code)), few, none) for code, (few, none) in counts.items()]
        return Table(key, title, rows[:MOST_ROWS], max(0, len(rows) - MOST_ROWS))

    def _told(self, finding: Finding) -> Told:
        region = self._filter.region.code if self._filter.region else ""
        url = f"{reverse('moderation:lacks')}?regio={region}&regel={finding.rule}#lijst"
        return Told(finding.count, _sentence(finding, self), url)

    def lines(self, lacks: Iterable[Lack]) -> list[Line]:
        return [_line(lack) for lack in lacks]


def _level(bucket: str) -> str:
    return levels(bucket_leaves(bucket))


def _line(lack: Lack) -> Line:
    request = lack.request
    school = request.school
    meta = f"{school.name}, {school.city or school.municipality.name}; {levels(request.levels)}"
    return Line(lack, meta, rules_of(lack))


def rules_of(lack: Lack) -> list[str]:
    """The rules that alone keep activities from this request, in the order of the rules."""
    missed = {each.rule for each in lack.request.missed.all()}
    return [str(name) for rule, name in RULES.items() if rule in missed]


# --------------------------------------------------------------- in a sentence


def _sentence(finding: Finding, page: Page) -> str:
    """What so many requests miss: 14 requests miss something for groep 5-6."""
    count, value = finding.count, finding.value
    if finding.rule == "place":
        return _of_place(value, count)
    what = WHAT[finding.rule](page, value)
    told = ngettext("%(count)d request misses something %(what)s", "%(count)d requests miss something %(what)s", count)
    return told % {"count": count, "what": what}


def _of_place(field: str, count: int) -> str:
    told = {
        "max_travel_km": lambda: ngettext(
            "%(count)d request: nothing within the distance", "%(count)d requests: nothing within the distance", count
        ),
        "delivery": lambda: ngettext(
            "%(count)d request: only at another place, or online",
            "%(count)d requests: only at another place, or online",
            count,
        ),
    }.get(field)
    elsewhere = lambda: ngettext(  # noqa: E731  the third of the same kind
        "%(count)d request: only in other regions", "%(count)d requests: only in other regions", count
    )
    return (told or elsewhere)() % {"count": count}


def _size(_page: Page, bound: int) -> str:
    if bound > GROUP_BOUNDS[-1]:
        return gettext("for more than %(count)d pupils") % {"count": GROUP_BOUNDS[-1]}
    return gettext("for at most %(count)d pupils") % {"count": bound}


def _cost(_page: Page, bound: int) -> str:
    if bound == 0:
        return gettext("that is free")
    if bound > COST_BOUNDS[-1]:
        return gettext("for more than %(euro)s") % {"euro": euro(COST_BOUNDS[-1])}
    return gettext("for at most %(euro)s") % {"euro": euro(bound)}


WHAT: dict[str, Callable[[Page, Any], str]] = {
    "level": lambda _page, bucket: gettext("for %(levels)s") % {"levels": _level(bucket)},
    "theme": lambda page, code: gettext("about %(theme)s") % {"theme": page.labels.theme_list([code])},
    "kind": lambda page, code: gettext("as %(kind)s") % {"kind": page.labels.kind(code)},
    "audience": lambda _page, code: gettext("for %(people)s") % {"people": audiences([code])},
    "period": lambda _page, month: gettext("in %(month)s") % {"month": month_name(month)},
    "group": _size,
    "cost": _cost,
}


# ------------------------------------------------------------------------ file

HEADER = (
    "vraag",
    "school",
    "brin",
    "gemeente",
    "klassen",
    "themas",
    "soorten",
    "sinds",
    "matches",
    "regels",
    "adres",
)


def table_rows(lacks: Iterable[Lack]) -> Iterator[list[Any]]:
    """The list as rows for a spreadsheet: schools and what they ask, no names of people."""
    yield list(HEADER)
    for lack in lacks:
        yield _cells(lack.request, lack)


def _cells(request: Request, lack: Lack) -> list[Any]:
    school = request.school
    return [
        request.title,
        school.name,
        school.code,
        school.municipality.name,
        levels(request.levels),
        ";".join(request.themes),
        ";".join(request.kinds),
        timezone.localdate(request.confirmed_at or request.created_at).isoformat(),
        lack.matches,
        "; ".join(rules_of(lack)),
        absolute(reverse("matches:request", args=[request.uuid])),
    ]
