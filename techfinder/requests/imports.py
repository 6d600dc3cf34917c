"""Requests from a CSV file: rows checked against the vocabularies, written in bulk, known again by their `ref`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.celery import wake
from techfinder.organisations.imports import people_for
from techfinder.organisations.models import School
from techfinder.requests.models import Request
from techfinder.taxonomy.cells import Cells, Vocabularies, in_order
from techfinder.taxonomy.commands import BadRowError, Fault, Report, batches, quiet_progress, read_csv

BATCH = 500
REQUIRED = (
    "ref", "school", "contact_email", "title", "levels", "audience", "group_size", "date_from", "date_until",
)  # fmt: skip
COLUMNS = (*REQUIRED, "themes", "kinds", "delivery", "max_travel_km", "max_cost", "status")
# Nobody confirms an imported request by mail, so that one waiting for it would only be thrown away.
STATUSES = [status for status in Request.Status.values if status != Request.Status.UNCONFIRMED]
Show = Callable[..., Iterable[Any]]


@dataclass(slots=True)
class RequestRow:
    """One row that passed every check."""

    line: int
    ref: str
    school: str
    values: dict[str, Any]


@transaction.atomic
def import_requests(*, path: Path, notify: bool = False, progress: Show = quiet_progress) -> Report:
    """Create and update requests; the matcher is woken once, and mails nobody of them unless `notify`."""
    run = _Run(notify)
    rows = read_csv(path, required=REQUIRED, known=COLUMNS)
    for batch in batches(progress(rows, None), BATCH):
        run.take(batch)
    wake("matches.sweep")
    return run.report


class _Run:
    """One import: what is known, what was seen, and the report."""

    def __init__(self, notify: bool) -> None:
        self.quiet = not notify
        self.report = Report()
        self.seen: set[str] = set()
        self.vocabularies = Vocabularies()

    def take(self, batch: list[tuple[int, dict[str, str] | Fault]]) -> None:
        rows = [parsed for line, row in batch if (parsed := self._parsed(line, row))]
        schools = School.objects.in_bulk({row.school for row in rows}, field_name="code")
        rows = [row for row in rows if self._has_school(row, schools)]
        people = people_for(emails={row.values["contact_email"] for row in rows})
        existing = Request.objects.select_for_update().in_bulk([row.ref for row in rows], field_name="ref")
        new: list[Request] = []
        changed: list[Request] = []
        for row in rows:
            values = {**row.values, "school_id": schools[row.school].pk}
            request = existing.get(row.ref)
            if request is None:
                new.append(self._create(row, values, people))
            elif self._update(request, values, people):
                changed.append(request)
        _write(new, changed)

    def _parsed(self, line: int, row: dict[str, str] | Fault) -> RequestRow | None:
        try:
            if isinstance(row, Fault):
                raise BadRowError(row.reason)
            parsed = parse_row(line, row, self.vocabularies)
            if parsed.ref in self.seen:
                raise BadRowError(f"ref {parsed.ref} occurs twice in this file")
            self.seen.add(parsed.ref)
        except BadRowError as error:
            self.report.reject(line, str(error))
            return None
        return parsed

    def _has_school(self, row: RequestRow, schools: Mapping[str, School]) -> bool:
        school = schools.get(row.school)
        if school is None:
            self.report.reject(row.line, f"school: {row.school} is not in the register")
        elif school.closed_at:
            self.report.reject(row.line, f"school: {row.school} is closed")
        return school is not None and not school.closed_at

    def _create(self, row: RequestRow, values: dict[str, Any], people: Mapping[str, User]) -> Request:
        self.report.created += 1
        contact = people[values["contact_email"]]
        return Request(ref=row.ref, contact=contact, confirmed_at=timezone.now(), quiet=self.quiet, **values)

    def _update(self, request: Request, values: dict[str, Any], people: Mapping[str, User]) -> bool:
        differing = [name for name, value in values.items() if getattr(request, name) != value]
        if not differing:
            self.report.unchanged += 1
            return False
        for name in differing:
            setattr(request, name, values[name])
        if "contact_email" in differing:
            request.contact = people[values["contact_email"]]
        request.quiet, request.updated_at = self.quiet, timezone.now()
        request.version += 1
        self.report.updated += 1
        return True


def parse_row(line: int, row: Mapping[str, str], known: Vocabularies) -> RequestRow:
    """Check one row, or raise BadRowError with the reason."""
    cells = Cells(row)
    return RequestRow(
        line=line,
        ref=cells.text("ref", limit=80, required=True),
        school=cells.text("school", limit=8, required=True).upper(),
        values={
            "contact_email": cells.email("contact_email"),
            "title": cells.text("title", limit=120, required=True),
            "levels": cells.codes("levels", known.levels, required=True),
            "themes": cells.codes("themes", known.themes),
            "kinds": cells.codes("kinds", known.kinds),
            "delivery": cells.codes("delivery", known.delivery),
            "audience": cells.codes("audience", known.audience, required=True),
            "group_size": cells.integer("group_size", least=1),
            **_when(cells),
            "max_travel_km": cells.integer("max_travel_km"),
            "max_cost": cells.decimal("max_cost", digits=8, places=2),
            "status": cells.code("status", STATUSES, default=Request.Status.OPEN),
        },
    )


def _when(cells: Cells) -> dict[str, Any]:
    for name in ("group_size", "date_from", "date_until"):
        cells.text(name, limit=10, required=True)
    values = {name: cells.date(name) for name in ("date_from", "date_until")}
    in_order(values["date_from"], values["date_until"], "date_from is after date_until")
    return values


def _write(new: list[Request], changed: list[Request]) -> None:
    Request.objects.bulk_create(new)
    # Whole rows in one statement: an update with a CASE per field takes ten times as long.
    names = [item.name for item in Request._meta.concrete_fields if item.name not in ("id", "ref", "uuid")]
    Request.objects.bulk_create(changed, update_conflicts=True, unique_fields=["ref"], update_fields=names)
