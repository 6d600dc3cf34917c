"""Municipalities, networks and boards come into being from the register."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.text import slugify

from techfinder.organisations.models import Board
from techfinder.organisations.register.rows import SchoolRow
from techfinder.taxonomy.models import Region

Type = Region.Type


@dataclass(slots=True)
class Belongings:
    """What the rows of a file belong to, gathered before any school is written."""

    municipalities: dict[str, tuple[str, str]] = field(default_factory=dict)
    networks: dict[str, str] = field(default_factory=dict)
    members: set[tuple[str, str]] = field(default_factory=set)
    boards: set[str] = field(default_factory=set)

    def note(self, row: SchoolRow) -> None:
        if row.municipality:
            name, province = self.municipalities.get(row.municipality, ("", ""))
            self.municipalities[row.municipality] = (name or row.municipality_name, province or row.province)
        self.networks |= row.networks
        self.members |= {(network, row.municipality) for network in row.networks if row.municipality}
        if row.board:
            self.boards.add(row.board)


@dataclass(frozen=True, slots=True)
class Known:
    """Ids by code, for the rows that follow."""

    municipalities: dict[str, int]
    boards: dict[str, int]
    members_changed: bool


def write_belongings(found: Belongings) -> Known:
    """Create what is new; names that an administrator mended stay."""
    municipalities = _municipalities(found.municipalities)
    changed = _networks(found, municipalities)
    return Known(municipalities, _boards(found.boards), changed)


def _municipalities(wanted: dict[str, tuple[str, str]]) -> dict[str, int]:
    existing = {region.code: region for region in Region.objects.filter(code__in=wanted)}
    provinces = dict(Region.objects.filter(type=Type.PROVINCE).values_list("code", "pk"))
    slugs = set(Region.objects.values_list("slug", flat=True))
    for code, (name, province) in wanted.items():
        region = existing.get(code)
        if region is None:
            existing[code] = _new_municipality(code, name, provinces.get(province), slugs)
        elif (name and region.name == code) or (province and not region.parent_id):
            _complete(region, name, provinces.get(province), slugs)
    return {code: region.pk for code, region in existing.items()}


def _new_municipality(code: str, name: str, province: int | None, slugs: set[str]) -> Region:
    # Of two schools the register knows only the number; another row may name it later.
    return Region.objects.create(
        code=code, name=name or code, slug=_free_slug(name or code, slugs), type=Type.MUNICIPALITY, parent_id=province
    )


def _complete(region: Region, name: str, province: int | None, slugs: set[str]) -> None:
    if name and region.name == region.code:
        region.name, region.slug = name, _free_slug(name, slugs)
    region.parent_id = region.parent_id or province
    region.save(update_fields=["name", "slug", "parent"])


def _free_slug(name: str, slugs: set[str]) -> str:
    """Groningen is a province: its city gets gemeente-groningen."""
    base = slugify(name)[:70]
    candidates = [base, f"gemeente-{base}", *(f"{base}-{number}" for number in range(2, 100))]
    slug = next(candidate for candidate in candidates if candidate not in slugs)
    slugs.add(slug)
    return slug


def _networks(found: Belongings, municipalities: dict[str, int]) -> bool:
    existing = dict(Region.objects.filter(code__in=found.networks).values_list("code", "pk"))
    slugs = set(Region.objects.values_list("slug", flat=True))
    for code, name in found.networks.items():
        if code not in existing:
            region = Region.objects.create(code=code, name=name, slug=_free_slug(name, slugs), type=Type.NETWORK)
            existing[code] = region.pk
    return _members({(existing[network], municipalities[code]) for network, code in found.members})


def _members(wanted: set[tuple[int, int]]) -> bool:
    """Put the municipalities of the file in its RPA areas; other networks are nobody's business here.

    True when one came or went.
    """
    through = Region.municipalities.through
    links = through.objects.filter(
        from_region__code__startswith="RPA", to_region_id__in={municipality for _network, municipality in wanted}
    )
    have = {(link.from_region_id, link.to_region_id): link.pk for link in links}
    gone = [pk for pair, pk in have.items() if pair not in wanted]
    through.objects.filter(pk__in=gone).delete()
    through.objects.bulk_create(
        through(from_region_id=network, to_region_id=municipality) for network, municipality in wanted - set(have)
    )
    return bool(gone or wanted - set(have))


def _boards(codes: Iterable[str]) -> dict[str, int]:
    Board.objects.bulk_create([Board(code=code) for code in sorted(codes)], ignore_conflicts=True)
    return dict(Board.objects.filter(code__in=codes).values_list("code", "pk"))
