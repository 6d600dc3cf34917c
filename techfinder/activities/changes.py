"""A change to what is already public: as JSON while it waits, as an overlay while it is looked at."""

from __future__ import annotations

import copy
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.db.models.fields.files import FieldFile

from techfinder.activities.models import Activity, Session, Stage

STEP_FIELDS: dict[str, tuple[str, ...]] = {
    "wat": (
        "title", "kind", "themes", "summary", "description", "goals", "co_providers", "external_url",
    ),
    "voor-wie": (
        "levels", "audience", "for_girls", "languages", "group_min", "group_max", "splittable", "supervisors",
    ),
    "waar": (
        "delivery", "regions", "max_travel_km", "venue_name", "venue_street", "venue_house_number",
        "venue_postcode", "venue_city", "venue_lat", "venue_lon",
    ),
    "wanneer": (
        "months", "period_note", "available_from", "available_until", "lead_days", "duration_amount", "duration_unit",
    ),
    "praktisch": (
        "preparation_amount", "preparation_unit", "preparation_by", "cost", "cost_note", "school_arranges",
    ),
    "veilig": ("vog", "vog_date", "never_alone", "safety_note", "picture", "picture_alt"),
}  # fmt: skip
FIELDS = tuple(name for names in STEP_FIELDS.values() for name in names)
STAGE_KEYS = ("title", "description", "date")
SESSION_KEYS = ("date", "start", "end", "seats")


def encode(value: Any) -> Any:
    """A value as JSON holds it."""
    if isinstance(value, FieldFile):
        return value.name or ""
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value.normalize() + 0) if value == value.to_integral() else str(value.normalize())
    return value


def encode_rows(rows: Iterable[Any], keys: Sequence[str]) -> list[dict[str, Any]]:
    """Stages or sessions, as rows of a form or of the database, as JSON holds them."""
    return [{key: encode(_get(row, key)) for key in keys} for row in rows]


def _get(row: Any, key: str) -> Any:
    return row.get(key) if isinstance(row, Mapping) else getattr(row, key)


def current(activity: Activity) -> dict[str, Any]:
    """All that a provider may change, as it is now, as JSON."""
    values = {name: encode(getattr(activity, name)) for name in FIELDS}
    values["stages"] = encode_rows(activity.stages.all(), STAGE_KEYS)
    values["sessions"] = encode_rows(activity.sessions.all(), SESSION_KEYS)
    return values


def decode(name: str, value: Any) -> Any:
    """The value of a field back from JSON."""
    if name == "picture":
        return value
    return Activity._meta.get_field(name).to_python(value)  # type: ignore[union-attr]


def decode_row(row: Mapping[str, Any], model: type[Stage] | type[Session]) -> dict[str, Any]:
    return {key: model._meta.get_field(key).to_python(value) for key, value in row.items()}  # type: ignore[union-attr]


def with_pending(activity: Activity) -> Activity:
    """The activity as it would be after approval; the row itself is left alone."""
    shown = copy.copy(activity)
    for name, value in (activity.pending or {}).items():
        if name in FIELDS:
            setattr(shown, name, decode(name, value))
    return shown


def stages_of(activity: Activity, *, pending: bool = False) -> list[Stage]:
    """The steps, from the change that waits when asked for."""
    waiting = (activity.pending or {}).get("stages") if pending else None
    if waiting is None:
        return list(activity.stages.all())
    return [Stage(position=at, **decode_row(row, Stage)) for at, row in enumerate(waiting)]


def sessions_of(activity: Activity, *, pending: bool = False) -> list[Session]:
    """The dates, from the change that waits when asked for, with the seats that are taken."""
    now = list(activity.sessions.all())
    waiting = (activity.pending or {}).get("sessions") if pending else None
    if waiting is None:
        return now
    taken = {(session.date, session.start): session.taken for session in now}
    found = [Session(**decode_row(row, Session)) for row in waiting]
    for session in found:
        session.taken = taken.get((session.date, session.start), 0)
    return found
