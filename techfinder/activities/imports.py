"""Activities from a CSV file: rows checked against the vocabularies, written in bulk, known again by their `ref`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils import timezone

from techfinder.activities.addresses import reserved_slugs
from techfinder.activities.models import Activity, Session, Stage
from techfinder.celery import wake
from techfinder.organisations.imports import (
    ProviderKey,
    free_slug,
    postcode_points,
    provider_key,
    verified_providers,
)
from techfinder.organisations.models import Provider
from techfinder.taxonomy.cells import SMALL, Cells, Vocabularies, in_order, parse_date
from techfinder.taxonomy.commands import BadRowError, Fault, Report, batches, quiet_progress, read_csv

BATCH = 500
REQUIRED = ("ref", "provider", "provider_email", "title", "kind", "levels", "themes", "regions", "delivery", "audience")
COLUMNS = (
    *REQUIRED, "description", "goals", "venue_postcode", "venue_lat", "venue_lon", "max_travel_km", "group_min",
    "group_max", "splittable", "months", "available_from", "available_until", "sessions", "lead_days", "cost", "status",
)  # fmt: skip
# What else a record may carry; a file without these columns leaves them as they are.
TEXTS = {
    "summary": 200, "co_providers": 250, "venue_name": 120, "venue_street": 120, "venue_house_number": 20,
    "venue_city": 80, "supervisors": 120, "period_note": 250, "cost_note": 200, "school_arranges": 1000,
    "safety_note": 250,
}  # fmt: skip
CHOICES = {
    "duration_unit": Activity.Unit.values,
    "preparation_unit": Activity.Unit.values,
    "preparation_by": Activity.PreparedBy.values,
}
AMOUNTS = ("duration_amount", "preparation_amount")
EXTRA = (*TEXTS, *CHOICES, *AMOUNTS, "stages", "provider_website")
Show = Callable[..., Iterable[Any]]


@dataclass(slots=True)
class ActivityRow:
    """One row that passed every check."""

    line: int
    ref: str
    provider: ProviderKey
    provider_name: str
    provider_website: str
    values: dict[str, Any]
    sessions: dict[dt.date, int] | None
    stages: list[dict[str, Any]] | None


@dataclass(slots=True)
class Changes:
    """What one batch must write."""

    new: list[Activity] = field(default_factory=list)
    changed: list[Activity] = field(default_factory=list)
    sessions: list[tuple[Activity, dict[dt.date, int]]] = field(default_factory=list)
    stages: list[tuple[Activity, list[dict[str, Any]]]] = field(default_factory=list)


@transaction.atomic
def import_activities(*, path: Path, notify: bool = False, progress: Show = quiet_progress) -> Report:
    """Create and update activities; the matcher is woken once, and mails nobody of them unless `notify`."""
    run = _Run(notify)
    rows = read_csv(path, required=REQUIRED, known=(*COLUMNS, *EXTRA))
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
        self.postcodes = postcode_points()
        self.slugs = {*Activity.objects.values_list("slug", flat=True), *reserved_slugs()}

    def take(self, batch: list[tuple[int, dict[str, str] | Fault]]) -> None:
        rows = [parsed for line, row in batch if (parsed := self._parsed(line, row))]
        providers = verified_providers(
            wanted={row.provider: row.provider_name for row in rows},
            websites={row.provider: row.provider_website for row in rows if row.provider_website},
        )
        existing = Activity.objects.select_for_update().in_bulk([row.ref for row in rows], field_name="ref")
        dates = _sessions_of(existing.values())
        steps = _stages_of(existing.values())
        changes = Changes()
        for row in rows:
            try:
                self._compare(row, existing.get(row.ref), providers[row.provider], dates, steps, changes)
            except BadRowError as error:
                self.report.reject(row.line, str(error))
        _write(changes)

    def _parsed(self, line: int, row: dict[str, str] | Fault) -> ActivityRow | None:
        try:
            if isinstance(row, Fault):
                raise BadRowError(row.reason)
            parsed = parse_row(line, row, self.vocabularies, self.postcodes)
            if parsed.ref in self.seen:
                raise BadRowError(f"ref {parsed.ref} occurs twice in this file")
            self.seen.add(parsed.ref)
        except BadRowError as error:
            self.report.reject(line, str(error))
            return None
        return parsed

    def _compare(
        self,
        row: ActivityRow,
        activity: Activity | None,
        provider: Provider,
        dates: SessionsOf,
        steps: StagesOf,
        changes: Changes,
    ) -> None:
        if provider.status == Provider.Status.REJECTED:
            raise BadRowError(f"provider {provider.name} was rejected by a moderator")
        values = {**row.values, "provider_id": provider.pk}
        if activity is None:
            self._create(row, values, changes)
        elif self._update(row, activity, values, dates, steps, changes):
            self.report.updated += 1
        else:
            self.report.unchanged += 1

    def _create(self, row: ActivityRow, values: dict[str, Any], changes: Changes) -> None:
        slug = free_slug(values["title"], self.slugs, "activiteit", 140)
        activity = Activity(ref=row.ref, slug=slug, quiet=self.quiet, **values)
        _publish(activity)
        changes.new.append(activity)
        if row.sessions:
            changes.sessions.append((activity, row.sessions))
        if row.stages:
            changes.stages.append((activity, row.stages))
        self.report.created += 1

    def _update(
        self,
        row: ActivityRow,
        activity: Activity,
        values: dict[str, Any],
        dates: SessionsOf,
        steps: StagesOf,
        changes: Changes,
    ) -> bool:
        other_dates = row.sessions is not None and row.sessions != _seats(dates.get(activity.pk, []))
        other_steps = row.stages is not None and row.stages != steps.get(activity.pk, [])
        differing = [name for name, value in values.items() if getattr(activity, name) != value]
        if not (differing or other_dates or other_steps):
            return False
        for name in differing:
            setattr(activity, name, values[name])
        _publish(activity)
        activity.quiet = self.quiet
        activity.version += 1
        changes.changed.append(activity)
        if other_dates and row.sessions is not None:
            changes.sessions.append((activity, row.sessions))
        if other_steps and row.stages is not None:
            changes.stages.append((activity, row.stages))
        return True


def parse_row(
    line: int, row: Mapping[str, str], known: Vocabularies, postcodes: Mapping[str, tuple[float, float]]
) -> ActivityRow:
    """Check one row, or raise BadRowError with the reason."""
    cells = Cells(row)
    name = cells.text("provider", limit=160, required=True)
    return ActivityRow(
        line=line,
        ref=cells.text("ref", limit=80, required=True),
        provider=provider_key(cells.email("provider_email"), name),
        provider_name=" ".join(name.split()),
        provider_website=cells.url("provider_website"),
        values={
            **_content(cells),
            **_codes(cells, known),
            **_limits(cells),
            **_extra(cells),
            **_venue(cells, postcodes),
        },
        sessions=_sessions(cells) if "sessions" in row else None,
        stages=_stages(cells) if "stages" in row else None,
    )


def _content(cells: Cells) -> dict[str, Any]:
    values: dict[str, Any] = {"title": cells.text("title", limit=120, required=True)}
    for name, limit in (("description", 6000), ("goals", 3000)):
        if name in cells.row:
            values[name] = cells.text(name, limit=limit)
    values["status"] = cells.code("status", Activity.Status.values, default=Activity.Status.PUBLISHED)
    return values


def _codes(cells: Cells, known: Vocabularies) -> dict[str, Any]:
    delivery = cells.codes("delivery", known.delivery, required=True)
    return {
        "kind": cells.code("kind", known.kinds),
        "levels": cells.codes("levels", known.levels, required=True),
        "themes": cells.codes("themes", known.themes, required=True),
        # Who comes to nobody and is visited by nobody needs no region.
        "regions": cells.codes("regions", known.regions, required="online" not in delivery),
        "delivery": delivery,
        "audience": cells.codes("audience", known.audience, required=True),
    }


def _limits(cells: Cells) -> dict[str, Any]:
    values = {
        "max_travel_km": cells.integer("max_travel_km"),
        "group_min": cells.integer("group_min"),
        "group_max": cells.integer("group_max"),
        "splittable": cells.flag("splittable"),
        "months": cells.integers("months", least=1, most=12),
        "available_from": cells.date("available_from"),
        "available_until": cells.date("available_until"),
        "lead_days": cells.integer("lead_days") or 0,
        "cost": cells.decimal("cost", digits=8, places=2),
    }
    in_order(values["group_min"], values["group_max"], "group_min is more than group_max")
    in_order(values["available_from"], values["available_until"], "available_from is after available_until")
    return values


def _extra(cells: Cells) -> dict[str, Any]:
    return {
        **{name: cells.text(name, limit=limit) for name, limit in TEXTS.items() if name in cells.row},
        **{name: cells.code(name, ["", *choices]) for name, choices in CHOICES.items() if name in cells.row},
        **{name: cells.decimal(name, digits=5, places=1) for name in AMOUNTS if name in cells.row},
    }


def _venue(cells: Cells, postcodes: Mapping[str, tuple[float, float]]) -> dict[str, Any]:
    """Its own point, else the middle of the schools with that postcode; without one its provider's counts."""
    postcode = cells.text("venue_postcode", limit=7).upper()
    point = cells.point("venue_lat", "venue_lon") or postcodes.get(postcode[:4])
    lat, lon = point or (None, None)
    return {"venue_postcode": postcode, "venue_lat": lat, "venue_lon": lon}


def _sessions(cells: Cells) -> dict[dt.date, int]:
    found: dict[dt.date, int] = {}
    for part in cells.parts("sessions"):
        day, _colon, seats = part.partition(":")
        date = parse_date("sessions", day.strip())
        if not seats.strip().isdecimal() or not 0 < int(seats) <= SMALL:
            raise BadRowError(f"sessions: {part} is not a date with seats such as 2027-06-18:30")
        if date in found:
            raise BadRowError(f"sessions: {day} occurs twice")
        found[date] = int(seats)
    return found


def _stages(cells: Cells) -> list[dict[str, Any]]:
    """Read `title|what happens|2027-06-18`; only the title is needed."""
    stages = []
    for part in cells.parts("stages"):
        title, description, day = [piece.strip() for piece in (part + "||").split("|")][:3]
        if not title or len(title) > 120 or len(description) > 400:
            raise BadRowError(f"stages: {part[:60]} has no title, or is too long")
        date = parse_date("stages", day) if day else None
        stages.append({"title": title, "description": description, "date": date})
    return stages


SessionsOf = Mapping[int, list[Session]]
StagesOf = Mapping[int, list[dict[str, Any]]]


def _sessions_of(activities: Iterable[Activity]) -> dict[int, list[Session]]:
    found: dict[int, list[Session]] = {}
    for session in Session.objects.filter(activity__in=activities):
        found.setdefault(session.activity_id, []).append(session)
    return found


def _stages_of(activities: Iterable[Activity]) -> dict[int, list[dict[str, Any]]]:
    found: dict[int, list[dict[str, Any]]] = {}
    for stage in Stage.objects.filter(activity__in=activities).order_by("position"):
        step = {"title": stage.title, "description": stage.description, "date": stage.date}
        found.setdefault(stage.activity_id, []).append(step)
    return found


def _seats(sessions: Iterable[Session]) -> dict[dt.date, int]:
    return {session.date: session.seats for session in sessions}


def _publish(activity: Activity) -> None:
    if activity.status == Activity.Status.PUBLISHED and not activity.published_at:
        activity.published_at = timezone.now()
    if activity.status == Activity.Status.SUBMITTED and not activity.submitted_at:
        activity.submitted_at = timezone.now()
    activity.updated_at = timezone.now()


def _write(changes: Changes) -> None:
    Activity.objects.bulk_create(changes.new)
    # Whole rows in one statement: an update with a CASE per field takes ten times as long.
    names = [item.name for item in Activity._meta.concrete_fields if item.name not in ("id", "ref", "slug")]
    Activity.objects.bulk_create(changes.changed, update_conflicts=True, unique_fields=["ref"], update_fields=names)
    _write_sessions(changes.sessions)
    Stage.objects.filter(activity__in=[activity for activity, _steps in changes.stages]).delete()
    Stage.objects.bulk_create(
        Stage(activity=activity, position=position, **step)
        for activity, steps in changes.stages
        for position, step in enumerate(steps, start=1)
    )


def _write_sessions(wanted: list[tuple[Activity, dict[dt.date, int]]]) -> None:
    """Seats that are taken stay: such a day is kept, with at least those seats."""
    existing = _sessions_of([activity for activity, _dates in wanted])
    new, changed, gone = [], [], []
    for activity, dates in wanted:
        have = {session.date: session for session in existing.get(activity.pk, [])}
        new += [Session(activity=activity, date=date, seats=seats) for date, seats in dates.items() if date not in have]
        for date, session in have.items():
            seats = max(dates.get(date, 0), session.taken)
            if not seats:
                gone.append(session.pk)
            elif seats != session.seats:
                session.seats = seats
                changed.append(session)
    Session.objects.filter(pk__in=gone).delete()
    Session.objects.bulk_update(changed, ["seats"])
    Session.objects.bulk_create(new)
