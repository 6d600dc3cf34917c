"""The vocabularies as the activity pages need them: names are read once for a page, levels need no query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext, pgettext_lazy

from techfinder.taxonomy import queries as taxonomy
from techfinder.taxonomy.data import COUNTRY, LEAVES, LEVEL_BY_CODE
from techfinder.taxonomy.remembered import for_a_while

LANGUAGES = {
    "nl": pgettext_lazy("language", "Dutch"),
    "en": pgettext_lazy("language", "English"),
    "de": pgettext_lazy("language", "German"),
    "fr": pgettext_lazy("language", "French"),
    "fy": pgettext_lazy("language", "Frisian"),
    "ngt": pgettext_lazy("language", "Dutch sign language"),
}


def areas_by_code(codes: Iterable[str]) -> dict[str, str]:
    """The names of the regions that exist, by code, the largest first: how an offer says where it is available."""
    wanted = list(codes)
    names = taxonomy.region_names(wanted) if wanted else {}
    if COUNTRY in names:
        names[COUNTRY] = gettext("the whole of the Netherlands")
    return names


def known_levels(codes: Iterable[str]) -> list[str]:
    return [code for code in codes if code in LEVEL_BY_CODE]


def leaves(codes: Iterable[str]) -> set[str]:
    """All leaves that the codes stand for; unknown codes stand for none."""
    return taxonomy.level_leaves(known_levels(codes))


def overlapping(codes: Iterable[str]) -> list[str]:
    """Every code that shares a leaf with one of these."""
    wanted = leaves(codes)
    return [code for code, under in LEAVES.items() if wanted & set(under)]


def collapse(codes: Iterable[str]) -> list[str]:
    """The fewest codes that stand for the same leaves, in order of the tree."""
    wanted = leaves(codes)
    whole = {code for code in LEVEL_BY_CODE if set(LEAVES[code]) <= wanted}
    return [code for code in LEVEL_BY_CODE if code in whole and LEVEL_BY_CODE[code].parent not in whole]


def primary_years(codes: Iterable[str]) -> set[int]:
    """The groups of primary school among the codes."""
    return {LEVEL_BY_CODE[leaf].year or 0 for leaf in leaves(codes) if LEVEL_BY_CODE[leaf].sector == "po"}


def groups(years: Iterable[int]) -> str:
    """Write groep 6-7-8, and groep 1-8 when there are more than four."""
    found = sorted(years)
    run = len(found) > 4 and found[-1] - found[0] == len(found) - 1
    shown = [found[0], found[-1]] if run else found
    return gettext("group %(years)s") % {"years": "-".join(str(year) for year in shown)}


@for_a_while
def terms_in_use(language: str | None) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """The names of themes and of kinds that one can still choose."""
    return taxonomy.theme_names(active=True), taxonomy.kind_names(active=True)


class Vocabulary:
    """Names for the codes on a page, as they were at most a minute ago."""

    @cached_property
    def themes(self) -> Mapping[str, str]:
        return taxonomy.theme_names()

    @cached_property
    def kinds(self) -> Mapping[str, str]:
        return taxonomy.kind_names()

    def region_names(self, codes: Iterable[str]) -> list[str]:
        """The names of regions, the largest first; last, that some no longer exist."""
        wanted = list(codes)
        names = self.known_region_names(wanted)
        if gone := len(set(wanted)) - len(names):
            names.append(
                ngettext("a region that no longer exists", "%(n)d regions that no longer exist", gone) % {"n": gone}
            )
        return names

    def known_region_names(self, codes: Iterable[str]) -> list[str]:
        """The names of the regions that exist, the largest first."""
        return list(areas_by_code(codes).values())

    def theme_names(self, codes: Iterable[str]) -> list[str]:
        return [self.themes.get(code, code) for code in codes]

    def kind_name(self, code: str) -> str:
        return self.kinds.get(code, code)

    def language_names(self, codes: Iterable[str]) -> list[str]:
        return [str(LANGUAGES.get(code, code)) for code in codes]
