"""Codes of the level tree in and out: leaves, masks, and the words a teacher knows them by. No query needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from techfinder.taxonomy.data import BITS, LEAF_ORDER, LEAVES, LEVEL_BY_CODE, LevelTerm

# Shown in this order, each with its own line; one that is not meant says so.
SECTORS = ("ko", "po", "so", "vo", "mbo", "ho")


@dataclass(frozen=True, slots=True)
class SectorLevels:
    """What of one sector is meant: `label` and `ages` are empty when nothing is."""

    sector: str
    name: str
    label: str
    ages: str

    @property
    def applies(self) -> bool:
        return bool(self.label)


def level_leaves(codes: Iterable[str]) -> set[str]:
    """Return all leaves under the codes; an unknown code is a KeyError."""
    return set().union(*(LEAVES[code] for code in codes))


def mask_of(codes: Iterable[str]) -> int:
    """Return the leaves under the codes as bits of one number."""
    mask = 0
    for leaf in level_leaves(codes):
        mask |= 1 << BITS[leaf]
    return mask


def leaves_of_mask(mask: int) -> list[str]:
    """Return the leaves of a mask, in the order of the tree."""
    return [leaf for leaf in LEAF_ORDER if mask >> BITS[leaf] & 1]


def level_name(code: str) -> str:
    """Return the name of one node in the active language."""
    return _name(LEVEL_BY_CODE[code])


def level_label(codes: Iterable[str], *, ages: bool = False) -> str:
    """Say the codes as short as they go: "groep 7-8, vmbo-tl klas 3"; with ages "groep 7-8, 10-12 jaar"."""
    leaves = level_leaves(codes)
    label = ", ".join(part for sector in SECTORS if (part := _sector_label(sector, leaves)))
    return f"{label}, {age_range(leaves)}" if ages and label else label


def level_rows(codes: Iterable[str]) -> list[SectorLevels]:
    """Return one row per sector, also for those that are not meant ("n.v.t.")."""
    leaves = level_leaves(codes)
    return [
        SectorLevels(sector, sector_name(sector), _sector_label(sector, leaves), age_range(_of_sector(sector, leaves)))
        for sector in SECTORS
    ]


def sector_name(sector: str) -> str:
    """Return the name of a sector in the active language."""
    if sector == "ho":
        return _("higher education")
    return level_name(sector)


def age_range(codes: Iterable[str]) -> str:
    """Return the ages of all these levels together, "10-12 jaar"; empty without levels."""
    terms = [LEVEL_BY_CODE[code] for code in codes]
    if not terms:
        return ""
    youngest = min(term.age_from or 0 for term in terms)
    oldest = max(term.age_until or 0 for term in terms)
    return _("%(from)s-%(until)s years") % {"from": youngest, "until": oldest}


def ranges(numbers: Iterable[int]) -> str:
    """Write numbers with their runs joined: 3, 5-6."""
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs)


def _name(term: LevelTerm) -> str:
    return term.name_en if get_language() == "en" else term.name


def _of_sector(sector: str, leaves: set[str]) -> list[str]:
    return [leaf for leaf in LEAF_ORDER if leaf in leaves and LEVEL_BY_CODE[leaf].sector == sector]


def _sector_label(sector: str, leaves: set[str]) -> str:
    meant = _of_sector(sector, leaves)
    if not meant:
        return ""
    if sector == "po":
        return _("group %(years)s") % {"years": ranges(_years(meant))}
    if sector == "mbo":
        return _mbo_label(meant)
    if sector == "vo":
        return _vo_label(set(meant))
    return ", ".join(level_name(leaf) for leaf in meant)


def _years(leaves: Iterable[str]) -> list[int]:
    return [year for leaf in leaves if (year := LEVEL_BY_CODE[leaf].year)]


def _mbo_label(meant: Sequence[str]) -> str:
    if len(meant) == len(LEAVES["mbo"]):
        return "mbo"
    return _("mbo level %(levels)s") % {"levels": ranges(int(leaf.removeprefix("mbo-")) for leaf in meant)}


def _vo_label(meant: set[str]) -> str:
    """Name what is whole by its name; tracks with the same years share one phrase: "havo/vwo klas 1-3"."""
    if meant == LEAVES["vo"]:
        return level_name("vo")
    phrases: dict[tuple[int, ...], list[str]] = {}
    for name, leaves, whole in _tracks(meant):
        years = () if whole else tuple(sorted(set(_years(leaves))))
        phrases.setdefault(years, []).append(name)
    return ", ".join(_phrase(names, years) for years, names in phrases.items())


def _tracks(meant: set[str]) -> list[tuple[str, set[str], bool]]:
    nodes = ("vo-pro", *_vmbo_nodes(meant), "vo-havo", "vo-vwo")
    return [(level_name(code), leaves, leaves == LEAVES[code]) for code in nodes if (leaves := meant & LEAVES[code])]


def _vmbo_nodes(meant: set[str]) -> tuple[str, ...]:
    """Vmbo as one when its four tracks have the same years."""
    tracks = ("vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl")
    years = {tuple(sorted(_years(meant & LEAVES[track]))) for track in tracks}
    return ("vo-vmbo",) if len(years) == 1 else tracks


def _phrase(names: Sequence[str], years: Sequence[int]) -> str:
    together = "/".join(names)
    if not years:
        return together
    return _("%(track)s year %(years)s") % {"track": together, "years": ranges(years)}
