"""Which classes a school can ask for, and how they are shown: with ages, per track."""

from collections.abc import Iterable
from itertools import groupby

from django.utils.translation import gettext as _

from techfinder.organisations.models import School
from techfinder.taxonomy.data import LEAF_ORDER, LEAVES, LEVEL_BY_CODE, LevelTerm
from techfinder.taxonomy.levels import level_name

Choices = list[tuple[str, list[tuple[str, str]]]]

# A school whose structure the register does not tell is offered all of its sector.
OF_SECTOR = {"po": ("po", "sbo"), "so": ("so", "sbo", "vso"), "vo": ("vo",), "mbo": ("mbo",)}
ALL_SECTORS = ("po", "so", "sbo", "vso", "vo", "mbo")


def related_codes(code: str) -> list[str]:
    """The codes that share a leaf with this one: itself, what lies under it and what it lies under."""
    wanted = LEAVES.get(code, frozenset())
    return [other for other, leaves in LEAVES.items() if wanted & leaves]


def leaves_in_order(codes: Iterable[str]) -> list[str]:
    """The leaves that the codes stand for, in the order of the tree; unknown codes stand for none."""
    leaves = _leaves(code for code in codes if code in LEAVES)
    return [code for code in LEAF_ORDER if code in leaves]


def _leaves(codes: Iterable[str]) -> frozenset[str]:
    return frozenset().union(*(LEAVES[code] for code in codes))


def offered_levels(school: School | None) -> list[LevelTerm]:
    """The leaves that the school teaches; of every sector while no school is chosen."""
    known = [code for code in school.levels if code in LEAVES] if school else []
    above = known or (OF_SECTOR[school.sector] if school else ALL_SECTORS)
    return [LEVEL_BY_CODE[code] for code in leaves_in_order(above)]


def level_choices(levels: Iterable[LevelTerm]) -> Choices:
    """Choices for a grid of picks, one group per track, each with its age: "7|10-11 jaar"."""
    groups = groupby(levels, key=lambda level: level.parent or level.sector)
    return [
        (_group_name(parent), [(level.code, f"{_label(level)}|{_ages(level)}") for level in members])
        for parent, members in groups
    ]


def _group_name(parent: str) -> str:
    if parent == "po":
        return _("Group")
    name = _("special education") if parent == "so" else level_name(parent)
    return name[:1].upper() + name[1:]


def _label(level: LevelTerm) -> str:
    if level.year:
        return str(level.year)
    return level.code.rpartition("-")[2]


def _ages(level: LevelTerm) -> str:
    return _("%(first)d-%(last)d years") % {"first": level.age_from, "last": level.age_until}
