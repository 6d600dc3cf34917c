"""Which municipalities each combination of regions stands for. Kept per process as long as the tables say the same."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.utils.functional import cached_property

from matching.arrays import Bools, Ints, Masks
from matching.columns import WORD
from techfinder.matches.models import Area
from techfinder.matches.rows.binary import read_columns
from techfinder.matches.rows.numbers import lock_giving_out
from techfinder.taxonomy.data import COUNTRY, PROVINCES
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import EVERYWHERE, RegionIndex

Codes = tuple[str, ...]
PROVINCE_CODES: tuple[str, ...] = tuple(term.code for term in PROVINCES)

# Of what is read here, not of what it was made by: a roll-back, an import and another database all show in it. The
# numbers of rows that were rolled back never come again, and those of areas are given out one after another.
STAMP = """
    (SELECT oid::bigint FROM pg_database WHERE datname = current_database()),
        (SELECT sum(hashtextextended(concat_ws('/', id, code, type, parent_id), 0)) FROM taxonomy_region),
        (SELECT sum(hashint8extended(from_region_id, hashint8extended(to_region_id, 0)))
            FROM taxonomy_region_municipalities),
        (SELECT max(id) FROM matches_area)
"""


@dataclass(eq=False)
class Geography:
    """The regions, and the areas spelt out: `covers[i, j]` says that area `area_id[i]` has `municipality[j]`.

    `area_id` is of shape (areas,) and rising, `everywhere` of shape (areas,); a country-wide area covers none by name.
    """

    stamp: list[Any]
    area_stamp: Any
    regions: RegionIndex
    municipality: Ints
    area_id: Ints
    everywhere: Bools
    covers: Bools
    ids: dict[Codes, int]
    _covering: dict[int, list[int]] = field(default_factory=dict)

    def expand(self, codes: Iterable[str]) -> tuple[frozenset[int], bool]:
        """The municipalities under the codes, and whether that is everywhere; unknown codes stand for none."""
        known = [code for code in codes if code in self.regions.by_code or code == COUNTRY]
        found = self.regions.expand(known)
        return (frozenset(), True) if found == EVERYWHERE else (frozenset(found), False)

    def covering(self, municipality_id: int) -> list[int]:
        """The ids of the areas in which the municipality lies."""
        if municipality_id not in self._covering:
            at = np.searchsorted(self.municipality, municipality_id)
            known = at < len(self.municipality) and self.municipality[at] == municipality_id
            inside = self.everywhere | self.covers[:, at] if known else self.everywhere
            self._covering[municipality_id] = self.area_id[inside].tolist()
        return self._covering[municipality_id]

    @cached_property
    def words(self) -> Masks:
        """`covers` as bits, shape (words, areas); the last word is empty, for a municipality that is not known."""
        count = -(-len(self.municipality) // WORD)
        packed = np.zeros((len(self.area_id), (count + 1) * WORD // 8), dtype=np.uint8)
        bits = np.packbits(self.covers, axis=1, bitorder="little")
        packed[:, : bits.shape[1]] = bits
        return np.ascontiguousarray(packed.view("<u8").astype(np.uint64).T)

    @cached_property
    def province(self) -> dict[int, str]:
        """The code of the province above each region that lies in one, along the tree (networks may cross it)."""
        by_id = {region.pk: region for region in self.regions.by_code.values()}
        above = {pk: _first_province(region, by_id) for pk, region in by_id.items()}
        return {pk: code for pk, code in above.items() if code in PROVINCE_CODES}


def _first_province(region: Region | None, by_id: dict[int, Region]) -> str:
    while region is not None and region.type != Region.Type.PROVINCE:
        region = by_id.get(region.parent_id or 0)
    return region.code if region else ""


_known: Geography | None = None


def current_geography(read: Sequence[Any] | None = None) -> Geography:
    """The regions and areas as the tables have them now: one small query while nothing changed, or none (`read`)."""
    global _known
    *stamp, area_stamp = read or _read_stamp()
    found = _known
    if found is None or found.stamp != stamp:
        found = _without_areas(stamp)
    if found.area_stamp != area_stamp:
        found = _caught_up(found, area_stamp)
    _known = found
    return found


def _read_stamp() -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {STAMP}")
        found: Sequence[Any] = cursor.fetchone()
    return found


def _without_areas(stamp: list[Any]) -> Geography:
    regions = RegionIndex()
    # All regions, because nothing keeps a network or a school from naming another one.
    municipality = np.array(sorted(region.pk for region in regions.by_code.values()), dtype=np.int64)
    return Geography(
        stamp=stamp,
        area_stamp=None,
        regions=regions,
        municipality=municipality,
        area_id=np.empty(0, dtype=np.int64),
        everywhere=np.empty(0, dtype=np.bool_),
        covers=np.empty((0, len(municipality)), dtype=np.bool_),
        ids={},
    )


def _caught_up(known: Geography, area_stamp: Any) -> Geography:
    """With the areas that came; from the start when one went, which only an area that was rolled back does."""
    there = read_columns({"id": ("id", "i8")}, "matches_area")["id"]
    if not np.isin(known.area_id, there).all():
        known = _without_areas(known.stamp)
    fresh = np.sort(there[~np.isin(there, known.area_id)])
    rows = dict(Area.objects.filter(pk__in=fresh.tolist()).values_list("pk", "codes"))
    added = [_spelt_out(known, rows[pk]) for pk in fresh.tolist()]
    area_id = np.concatenate([known.area_id, fresh])
    order = np.argsort(area_id)
    everywhere = np.concatenate([known.everywhere, np.array([wide for wide, _ in added], dtype=np.bool_)])
    covers = np.concatenate([known.covers, *(row[None] for _, row in added)])
    return replace(
        known,
        area_stamp=area_stamp,
        area_id=area_id[order],
        everywhere=everywhere[order],
        covers=covers[order],
        ids=known.ids | {tuple(codes): pk for pk, codes in rows.items()},
        _covering={},
    )


def _spelt_out(geography: Geography, codes: Iterable[str]) -> tuple[bool, Bools]:
    found, everywhere = geography.expand(codes)
    covers = np.zeros(len(geography.municipality), dtype=np.bool_)
    covers[np.searchsorted(geography.municipality, sorted(found))] = True
    return everywhere, covers


def with_areas(geography: Geography, wanted: Collection[Codes]) -> Geography:
    """The geography with an area for each of these combinations (sorted codes); new ones are written."""
    missing = sorted({codes for codes in wanted if codes not in geography.ids})
    if not missing:
        return geography
    with transaction.atomic():
        lock_giving_out()
        # Another process may have written some meanwhile.
        there = current_geography().ids
        Area.objects.bulk_create([Area(codes=list(codes)) for codes in missing if codes not in there])
    return current_geography()
