"""Writes the school register: one file, one transaction; what is gone is closed and never deleted."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from techfinder.organisations.models import Attention, Membership, School
from techfinder.organisations.register.placing import Placing
from techfinder.organisations.register.points import RANKS, Point, PointBook
from techfinder.organisations.register.reader import RegisterFile, Row
from techfinder.organisations.register.regions import Belongings, Known, write_belongings
from techfinder.organisations.register.rows import SchoolRow, branch_code, parse_row
from techfinder.organisations.register.signals import schools_moved, surroundings_changed
from techfinder.organisations.remoteness import neighbours
from techfinder.taxonomy.commands import BadRowError, Fault, Report, batches, quiet_progress

BATCH = 1000
REGISTER_FIELDS = (
    "institution", "name", "search_name", "sector", "structure", "levels", "denomination", "phone", "website",
    "street", "house_number", "postcode", "city", "holiday_region", "municipality_id", "board_id",
)  # fmt: skip
WRITTEN = (*(name.removesuffix("_id") for name in REGISTER_FIELDS), "pupils", "lat", "lon", "point_source", "closed_at")
SET_NEIGHBOURS = """
UPDATE organisations_school AS school SET neighbours = counted.number
FROM unnest(%s::bigint[], %s::int[]) AS counted (id, number) WHERE school.id = counted.id
"""
Show = Callable[..., Iterable[Any]]


@dataclass(slots=True)
class Run:
    """One file on its way in."""

    file: RegisterFile
    book: PointBook
    report: Report = field(default_factory=Report)
    # Of rejected rows too: a school with a bad row has not left the register.
    seen: set[str] = field(default_factory=set)
    moved: set[int] = field(default_factory=set)
    surroundings: bool = False


@transaction.atomic
def import_register(*, file: RegisterFile, book: PointBook, progress: Show = quiet_progress) -> Run:
    """Create and update the schools of one register file."""
    run = Run(file, book)
    belongings = Belongings()
    rows = 0
    for row in _parsed(run):
        belongings.note(row)
        rows += 1
    known = write_belongings(belongings)
    run.surroundings = known.members_changed
    placing = Placing()
    again = _parsed(Run(file, book, seen=set()))
    for batch in batches(progress(again, rows), BATCH):
        _write(run, batch, known, placing)
    run.report.faults.sort(key=lambda fault: fault.line)
    run.moved |= placing.settle()
    recount_neighbours()
    _tell(run)
    return run


def _tell(run: Run) -> None:
    if run.moved:
        schools_moved.send(sender=School, school_ids=run.moved)
    if run.surroundings:
        surroundings_changed.send(sender=School)


def _parsed(run: Run) -> Iterator[SchoolRow]:
    """Yield good rows; note the others, and every code of the file, in the run."""
    for line, row in run.file.rows():
        try:
            yield _first(run, line, row)
        except BadRowError as error:
            run.report.reject(line, str(error))


def _first(run: Run, line: int, row: Row | Fault) -> SchoolRow:
    if isinstance(row, Fault):
        raise BadRowError(row.reason)
    code = branch_code(row)
    if code in run.seen:
        raise BadRowError(f"{code} occurs twice in this file")
    run.seen.add(code)
    return parse_row(line, row, run.file.sector)


def _write(run: Run, rows: list[SchoolRow], known: Known, placing: Placing) -> None:
    existing = School.objects.in_bulk([row.code for row in rows], field_name="code")
    changed = []
    for row in rows:
        try:
            school = _changed(run, row, existing.get(row.code), known, placing)
        except BadRowError as error:
            run.report.reject(row.line, str(error))
            continue
        if school:
            changed.append(school)
    _upsert(changed)


def _changed(run: Run, row: SchoolRow, school: School | None, known: Known, placing: Placing) -> School | None:
    """Return the school as it must be written, or None when it is that already."""
    _refuse_other_sector(row, school)
    values = _values(row, known, placing)
    is_new = school is None
    school = school or School(code=row.code)
    moved = _place(school, row, values, run.book)
    differing = [name for name, value in values.items() if getattr(school, name) != value]
    for name in differing:
        setattr(school, name, values[name])
    placing.touch(school.municipality_id)
    if is_new:
        run.report.created += 1
    elif differing or moved or school.closed_at:
        run.report.updated += 1
        _reopen(school)
        if moved or "municipality_id" in differing:
            run.moved.add(school.pk)
        run.surroundings |= bool({"pupils", "sector"} & set(differing))
    else:
        run.report.unchanged += 1
        return None
    return school


def _refuse_other_sector(row: SchoolRow, school: School | None) -> None:
    """A branch of two kinds of school stands in two files: the first keeps it, but any register beats the mbo list."""
    if school is None or school.closed_at or school.sector == School.Sector.MBO:
        return
    if school.sector != row.values["sector"]:
        raise BadRowError(f"{row.code} is already in the register as {school.sector}")


def _values(row: SchoolRow, known: Known, placing: Placing) -> dict[str, Any]:
    values = dict(row.values)
    if row.municipality:
        values["municipality_id"] = known.municipalities[row.municipality]
        values["board_id"] = known.boards.get(row.board)
    else:
        values["municipality_id"] = placing.municipality_at(row.code, values.get("postcode", ""), row.point)
    return values


def _place(school: School, row: SchoolRow, values: dict[str, Any], book: PointBook) -> bool:
    """Take a better point, or any when the school moved house; say whether its point changed."""
    if (pupils := book.pupils.get(row.code)) is not None:
        values["pupils"] = pupils
    source, point = book.find(row.code, values.get("postcode", ""), row.point)
    moved_house = bool(school.pk) and school.postcode != values.get("postcode", school.postcode)
    if RANKS[source] < RANKS.get(school.point_source, 0) and not moved_house:
        return False
    return _set_point(school, source, point) if source or moved_house else False


def _set_point(school: School, source: str, point: Point | None) -> bool:
    lat, lon = point or (None, None)
    if (school.point_source, school.lat, school.lon) == (source, lat, lon):
        return False
    school.point_source, school.lat, school.lon = source, lat, lon
    return True


def _reopen(school: School) -> None:
    if school.closed_at:
        school.closed_at = None
        school.attention_set.filter(reason=Attention.Reason.SCHOOL_CLOSED, settled_at=None).update(
            settled_at=timezone.now()
        )


def _upsert(schools: list[School]) -> None:
    now = timezone.now()
    for school in schools:
        school.updated_at = now
    School.objects.bulk_create(
        schools, update_conflicts=True, unique_fields=["code"], update_fields=[*WRITTEN, "updated_at"]
    )


@transaction.atomic
def close_missing(*, sector: str, seen: set[str]) -> int:
    """Close the schools of a sector that are not in the register any more; tell the moderators of those in use."""
    # Institutions and branches of mbo come in different files, and say nothing about each other.
    length = {len(code) for code in seen}
    gone = [
        school
        for school in School.objects.open().filter(sector=sector).exclude(code__in=seen)
        if len(school.code) in length
    ]
    ids = [school.pk for school in gone]
    School.objects.filter(pk__in=ids).update(closed_at=timezone.localdate(), updated_at=timezone.now())
    reason = Attention.Reason.SCHOOL_CLOSED
    Attention.objects.bulk_create(
        Attention(school=school, reason=reason, note=f"{school.name} ({school.code})"[:250]) for school in in_use(ids)
    )
    if ids:
        recount_neighbours()
    return len(ids)


def in_use(ids: Iterable[int]) -> QuerySet[School]:
    """Return which of the schools have people or requests that still count on them."""
    people = School.objects.filter(
        membership__status__in=[Membership.Status.ACTIVE, Membership.Status.PENDING], pk__in=ids
    )
    asking = School.objects.filter(requests__status__in=["open", "unconfirmed"], pk__in=ids)
    return School.objects.filter(pk__in={*people.values_list("pk", flat=True), *asking.values_list("pk", flat=True)})


@transaction.atomic
def recount_neighbours() -> int:
    """Count anew how many open schools lie near each; only what differs is written. Returns how many that were.

    A school that is closed, or that nobody knows the place of, has no number.
    """
    placed = School.objects.open().exclude(Q(lat=None) | Q(lon=None)).order_by("pk")
    rows = list(placed.values_list("pk", "lat", "lon", "neighbours"))
    nowhere = School.objects.filter(neighbours__isnull=False).exclude(pk__in=placed.order_by().values("pk"))
    written = _write_neighbours(rows) + nowhere.update(neighbours=None)
    if written:
        surroundings_changed.send(sender=School)
    return written


def _write_neighbours(rows: list[Any]) -> int:
    if not rows:
        return 0
    ids, lat, lon, before = zip(*rows, strict=True)
    after = neighbours(np.array(lat), np.array(lon)).tolist()
    changed = [(pk, new) for pk, new, old in zip(ids, after, before, strict=True) if new != old]
    with connection.cursor() as cursor:
        cursor.execute(SET_NEIGHBOURS, [[pk for pk, _ in changed], [new for _, new in changed]])
    return len(changed)
