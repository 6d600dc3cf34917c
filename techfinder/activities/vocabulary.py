"""The vocabularies as the activity pages need them: loaded once for a page, asked in memory."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property

from django.utils.translation import gettext, pgettext_lazy

from techfinder.taxonomy.models import Kind, Level, Region, Theme

# Always named, with "n/a" when an activity is not for them; the other sectors only when it is.
ALWAYS_SHOWN = ("ko", "po", "vo", "mbo")
LANGUAGES = {
    "nl": pgettext_lazy("language", "Dutch"),
    "en": pgettext_lazy("language", "English"),
    "de": pgettext_lazy("language", "German"),
    "fr": pgettext_lazy("language", "French"),
    "fy": pgettext_lazy("language", "Frisian"),
    "ngt": pgettext_lazy("language", "Dutch sign language"),
}


@dataclass(frozen=True)
class Sector:
    """A row of "meant for": text is empty when the activity is not for this sector."""

    code: str
    name: str
    text: str = ""
    ages: str = ""
    years: tuple[tuple[str, bool], ...] = ()


@dataclass
class LevelTree:
    """The level tree; a code stands for all leaves under it."""

    levels: list[Level] = field(default_factory=lambda: list(Level.objects.all()))

    @cached_property
    def by_code(self) -> dict[str, Level]:
        return {level.code: level for level in self.levels}

    @cached_property
    def _children(self) -> dict[int | None, list[Level]]:
        found: dict[int | None, list[Level]] = {}
        for level in self.levels:
            found.setdefault(level.parent_id, []).append(level)
        return found

    @cached_property
    def _by_id(self) -> dict[int, Level]:
        return {level.pk: level for level in self.levels}

    def children(self, level: Level) -> list[Level]:
        return self._children.get(level.pk, [])

    def parent(self, level: Level) -> Level | None:
        return self._by_id.get(level.parent_id) if level.parent_id else None

    @property
    def sectors(self) -> list[Level]:
        return self._children.get(None, [])

    def _below(self, level: Level) -> Iterator[Level]:
        yield level
        for child in self.children(level):
            yield from self._below(child)

    def _leaves_of(self, level: Level) -> list[Level]:
        return [each for each in self._below(level) if not self.children(each)]

    def leaves(self, codes: Iterable[str]) -> set[str]:
        """All leaves that the codes stand for; unknown codes stand for none."""
        known = [self.by_code[code] for code in codes if code in self.by_code]
        return {leaf.code for level in known for leaf in self._leaves_of(level)}

    def ancestors(self, level: Level) -> Iterator[Level]:
        parent = self.parent(level)
        while parent:
            yield parent
            parent = self.parent(parent)

    def overlapping(self, codes: Iterable[str]) -> set[str]:
        """Every code that shares a leaf with one of these."""
        known = [self.by_code[code] for code in codes if code in self.by_code]
        below = {each.code for level in known for each in self._below(level)}
        return below | {each.code for level in known for each in self.ancestors(level)}

    def collapse(self, codes: Iterable[str]) -> list[str]:
        """The fewest codes that stand for the same leaves, in order of the tree."""
        leaves = self.leaves(codes)
        return [level.code for sector in self.sectors for level in self._collapsed(sector, leaves)]

    def _collapsed(self, level: Level, leaves: set[str]) -> list[Level]:
        if all(leaf.code in leaves for leaf in self._leaves_of(level)):
            return [level]
        return [found for child in self.children(level) for found in self._collapsed(child, leaves)]

    def shown_sectors(self, codes: Iterable[str]) -> list[Sector]:
        """Who it is for, per sector, also the sectors that it is not for."""
        chosen = set(self.collapse(codes))
        rows = [self._sector(level, chosen) for level in self.sectors]
        return [row for row in rows if row.text or row.code in ALWAYS_SHOWN]

    def _sector(self, sector: Level, chosen: set[str]) -> Sector:
        nodes = [level for level in self._below(sector) if level.code in chosen]
        leaves = [leaf for node in nodes for leaf in self._leaves_of(node)]
        if not leaves:
            return Sector(sector.code, sector_name(sector))
        years = self._year_boxes(sector, {leaf.code for leaf in leaves})
        text = self._words(sector, nodes)
        return Sector(sector.code, sector_name(sector), text, ages_of(leaves), years)

    def _year_boxes(self, sector: Level, chosen: set[str]) -> tuple[tuple[str, bool], ...]:
        if sector.code != "po":
            return ()
        return tuple((str(leaf.year), leaf.code in chosen) for leaf in self._leaves_of(sector))

    def _words(self, sector: Level, nodes: list[Level]) -> str:
        if sector.code == "po":
            years = [leaf.year for node in nodes for leaf in self._leaves_of(node) if leaf.year]
            return gettext("group %(years)s") % {"years": dashed(years)}
        if nodes == [sector]:
            return gettext("all years") if self.children(sector) else gettext("yes")
        return ", ".join(self._track_words(nodes))

    def _track_words(self, nodes: list[Level]) -> Iterator[str]:
        years: dict[int, list[Level]] = {}
        for node in nodes:
            if node.year and node.parent_id:
                years.setdefault(node.parent_id, []).append(node)
            else:
                yield str(node)
        for parent_id, levels in years.items():
            shown = dashed([level.year for level in levels if level.year])
            yield gettext("%(track)s year %(years)s") % {"track": self._by_id[parent_id], "years": shown}

    def short(self, codes: Iterable[str]) -> str:
        """For whom, in one line; empty when nothing was chosen."""
        chosen = set(self.collapse(codes))
        rows = [self._sector(level, chosen) for level in self.sectors]
        return ", ".join(row.name if row.text in (gettext("all years"), gettext("yes")) else row.text
                         for row in rows if row.text)

    def ages(self, codes: Iterable[str]) -> str:
        """The ages of all leaves together, such as 9-12 years."""
        return ages_of([self.by_code[code] for code in self.leaves(codes)])


def sector_name(level: Level) -> str:
    name = str(level)
    return name[:1].upper() + name[1:]


def ages_of(leaves: Iterable[Level]) -> str:
    """9-12 years, over all leaves; empty when none has ages."""
    known = [leaf for leaf in leaves if leaf.age_from is not None and leaf.age_until is not None]
    if not known:
        return ""
    first, last = min(leaf.age_from or 0 for leaf in known), max(leaf.age_until or 0 for leaf in known)
    return gettext("%(first)d-%(last)d years") % {"first": first, "last": last}


def dashed(years: list[int]) -> str:
    """6-7-8, or 1 to 8 when there are more than four in a row."""
    found = sorted(set(years))
    if len(found) > 4 and found[-1] - found[0] == len(found) - 1:
        return gettext("%(first)s to %(last)s") % {"first": found[0], "last": found[-1]}
    return "-".join(str(year) for year in found)


@dataclass
class Vocabulary:
    """Names for the codes on a page; each list is read once, when it is first asked for."""

    @cached_property
    def levels(self) -> LevelTree:
        return LevelTree()

    @cached_property
    def themes(self) -> dict[str, Theme]:
        return {theme.code: theme for theme in Theme.objects.all()}

    @cached_property
    def kinds(self) -> dict[str, Kind]:
        return {kind.code: kind for kind in Kind.objects.all()}

    @cached_property
    def regions(self) -> dict[str, Region]:
        """All but the municipalities: few enough to keep, and enough for most activities."""
        return {region.code: region for region in Region.objects.exclude(type=Region.Type.MUNICIPALITY)}

    def region_names(self, codes: Iterable[str]) -> list[str]:
        """The names of regions; a code that is not known is shown itself."""
        wanted = list(codes)
        names = {code: str(self.regions[code]) for code in wanted if code in self.regions}
        if missing := [code for code in wanted if code not in names]:
            names |= dict(Region.objects.filter(code__in=missing).values_list("code", "name"))
        return [names.get(code, code) for code in wanted]

    def theme_names(self, codes: Iterable[str]) -> list[str]:
        return [str(self.themes.get(code, code)) for code in codes]

    def kind_name(self, code: str) -> str:
        return str(self.kinds.get(code, code))
