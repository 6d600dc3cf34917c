"""School levels as bits of one 64-bit mask, and how close two of them are.

The engine never reads a level tree: it is given a `LevelTable`, whose order of leaves is the order of the bits.
`LEVELS` is the table of the shipped vocabulary.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from .arrays import Masks

MAX_LEAVES = 64


@dataclass(frozen=True, slots=True)
class Leaf:
    """One level without anything under it. `year` is 0 where the level has no years."""

    code: str
    sector: str
    track: str
    year: int = 0


def _years(track: str, years: int, sector: str = "vo") -> tuple[Leaf, ...]:
    return tuple(Leaf(f"{track}-{year}", sector, track, year) for year in range(1, years + 1))


def _alone(*codes: str) -> tuple[Leaf, ...]:
    return tuple(Leaf(code, code, code) for code in codes)


LEAVES: tuple[Leaf, ...] = (
    *_alone("ko"),
    *_years("po", 8, sector="po"),
    *_alone("so", "sbo", "vso"),
    *_years("vo-pro", 5),
    *_years("vo-vmbo-bb", 4),
    *_years("vo-vmbo-kb", 4),
    *_years("vo-vmbo-gl", 4),
    *_years("vo-vmbo-tl", 4),
    *_years("vo-havo", 5),
    *_years("vo-vwo", 6),
    *_years("mbo", 4, sector="mbo"),
    *_alone("hbo", "pabo", "wo"),
)


def _ancestry(code: str) -> Iterator[str]:
    """`vo-vmbo-tl-3` gives vo, vo-vmbo, vo-vmbo-tl and itself, widest first."""
    parts = code.split("-")
    return ("-".join(parts[:length]) for length in range(1, len(parts) + 1))


@dataclass(frozen=True)
class LevelTable:
    """The leaves in the order of their bits: leaf i is bit `1 << i`. At most 64, else ValueError."""

    leaves: Sequence[Leaf]

    def __post_init__(self) -> None:
        codes = [leaf.code for leaf in self.leaves]
        if len(codes) > MAX_LEAVES:
            raise ValueError(f"{len(codes)} levels, and a mask holds {MAX_LEAVES}")
        if len(set(codes)) != len(codes):
            raise ValueError("two levels have the same code")

    @cached_property
    def _groups(self) -> dict[str, int]:
        """Every code, leaf or not, with the mask of the leaves under it; wider codes come before narrower."""
        groups: dict[str, int] = {}
        for bit, leaf in enumerate(self.leaves):
            for code in _ancestry(leaf.code):
                groups[code] = groups.get(code, 0) | 1 << bit
        return groups

    @cached_property
    def _relatives(self) -> list[tuple[int, int]]:
        """Per leaf: the mask of its track and the mask of its sector."""
        tracks: dict[tuple[str, str], int] = {}
        sectors: dict[str, int] = {}
        for bit, leaf in enumerate(self.leaves):
            key = (leaf.sector, leaf.track)
            tracks[key] = tracks.get(key, 0) | 1 << bit
            sectors[leaf.sector] = sectors.get(leaf.sector, 0) | 1 << bit
        return [(tracks[leaf.sector, leaf.track], sectors[leaf.sector]) for leaf in self.leaves]

    def mask_of(self, codes: Iterable[str]) -> int:
        """The leaves under all of `codes` (`po`, `vo-vmbo`, `vo-vmbo-tl-3`); ValueError names an unknown code."""
        mask = 0
        for code in codes:
            if code not in self._groups:
                raise ValueError(f"unknown level {code!r}")
            mask |= self._groups[code]
        return mask

    def codes_of(self, mask: int) -> tuple[str, ...]:
        """The fewest codes that stand for exactly the leaves of `mask`, in the order of the leaves."""
        codes: list[tuple[int, str]] = []
        left = mask
        for code, group in sorted(self._groups.items(), key=lambda item: -item[1].bit_count()):
            if group & left and not group & ~mask:
                codes.append((group & -group, code))
                left &= ~group
        return tuple(code for _, code in sorted(codes))

    def relatives(self, mask: int) -> tuple[int, int]:
        """The leaves in the tracks of `mask`, and the leaves in its sectors (each holds `mask` itself)."""
        track = sector = mask
        for bit, (same_track, same_sector) in enumerate(self._relatives):
            if mask >> bit & 1:
                track, sector = track | same_track, sector | same_sector
        return track, sector

    def widen(self, masks: Masks) -> tuple[Masks, Masks]:
        """`relatives` of every mask in a column of shape (n,): two columns of the same shape."""
        distinct, where = np.unique(masks, return_inverse=True)
        wide = np.array([self.relatives(int(mask)) for mask in distinct], dtype=np.uint64).reshape(-1, 2)
        return wide[where, 0], wide[where, 1]


LEVELS = LevelTable(LEAVES)
