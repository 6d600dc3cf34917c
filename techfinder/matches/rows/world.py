"""What both sides share in one run: the day, the numbers of codes, the regions, the weights, the schools served."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np
from django.utils import timezone
from django.utils.functional import cached_property

from matching import LEVELS, Terms
from matching.arrays import Bools, Ints
from techfinder.matches.models import Number
from techfinder.matches.rows.found import served_schools
from techfinder.matches.rows.geography import PROVINCE_CODES, Geography, current_geography, with_areas
from techfinder.matches.rows.numbers import Numbers
from techfinder.matches.rows.standing import current_standing
from techfinder.taxonomy.data import LEVEL_BY_CODE

MOST_THEMES, MOST_KINDS = 128, 64
# Every request is of one shard: the province of its school's municipality, or none.
SHARDS: tuple[str, ...] = (*PROVINCE_CODES, "")


class World:
    """The shared context of one run. Made anew in each transaction: what it numbers is only there if that commits."""

    def __init__(self, *, today: dt.date | None = None) -> None:
        self.today = today or timezone.localdate()
        self.geography, self._given_out, self.weights = current_standing()
        self._levels: dict[tuple[str, ...], int] = {}
        self._expanded: dict[tuple[str, ...], tuple[frozenset[int], bool]] = {}
        # What reasons say in numbers, in codes: a run says the same few things about thousands of pairs.
        self.said: dict[tuple[str, Any], Any] = {}

    @cached_property
    def themes(self) -> Numbers:
        return Numbers(Number.Vocabulary.THEME, MOST_THEMES, self._given_out[Number.Vocabulary.THEME])

    @cached_property
    def kinds(self) -> Numbers:
        return Numbers(Number.Vocabulary.KIND, MOST_KINDS, self._given_out[Number.Vocabulary.KIND])

    @cached_property
    def served(self) -> Ints:
        """The ids of schools that were served this school year, rising."""
        return served_schools(self.today)

    def terms(self, excluded: Collection[tuple[int, int]] = ()) -> Terms:
        """The terms of the engine on this day, with the weights in force."""
        return Terms(today=self.today, weights=self.weights, excluded=excluded)

    def levels(self, codes: Sequence[str]) -> int:
        """The leaves under the codes as a mask; an unknown code stands for none."""
        key = tuple(codes)
        if key not in self._levels:
            self._levels[key] = LEVELS.mask_of(code for code in key if code in LEVEL_BY_CODE)
        return self._levels[key]

    def theme_numbers(self, codes: Iterable[str]) -> frozenset[int]:
        return frozenset(self.themes.of(code) for code in codes)

    def expand(self, codes: Sequence[str]) -> tuple[frozenset[int], bool]:
        """The municipalities under the codes, or everywhere."""
        key = tuple(codes)
        if key not in self._expanded:
            self._expanded[key] = self.geography.expand(key)
        return self._expanded[key]

    def covering(self, municipality_id: int) -> list[int]:
        """The ids of the areas in which the municipality lies: the inverse of `expand`, from the same index."""
        return self.geography.covering(municipality_id)

    def areas_of(self, lists: Iterable[Sequence[str]]) -> dict[tuple[str, ...], int]:
        """The id of the area for each of these lists of region codes, by its sorted codes; new ones are written."""
        wanted = {area_key(codes) for codes in lists}
        self.geography = with_areas(self.geography, wanted)
        return {key: self.geography.ids[key] for key in wanted}

    def geography_of(self, area_ids: Ints) -> Geography:
        """The regions with all of these areas: another process may have written one since."""
        if not _lookup(self.geography.area_id, area_ids).all():
            self.geography = current_geography()
        return self.geography

    def area_mask(self, municipality_id: int, areas: Ints) -> Bools:
        """Of a column of areas: in which of them does the municipality lie? Shape (rows,)."""
        known = self.geography
        if not _lookup(known.area_id, areas).all():
            known = self.geography = current_geography()
        return _lookup(np.array(known.covering(municipality_id), dtype=np.int64), areas)

    def town_mask(self, area_id: int, municipalities: Ints) -> Bools:
        """Of a column of municipalities: which of them lie in the area? Shape (rows,)."""
        known = self.geography_of(np.array([area_id]))
        at = int(np.searchsorted(known.area_id, area_id))
        if known.everywhere[at]:
            return np.ones(len(municipalities), dtype=np.bool_)
        return _lookup(known.municipality[known.covers[at]], municipalities)

    def municipalities_in(self, shard: str) -> list[int]:
        """The regions of one shard; for the shard of those in no province: the regions of all others."""
        province = self.geography.province
        return sorted(pk for pk, code in province.items() if not shard or code == shard)


def _lookup(ids: Ints, column: Ints) -> Bools:
    """Which values of the column are among the ids; both are keys of small tables, so that an array is the set."""
    size = max(int(ids.max(initial=0)), int(column.max(initial=0))) + 1
    there = np.zeros(size, dtype=np.bool_)
    there[ids] = True
    return there[column]


def area_key(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(codes)))
