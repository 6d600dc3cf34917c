"""Activities as the engine reads them: made from the database's rows, kept in `OfferedRow`, read back as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import F, QuerySet

from matching import ActivityColumns, ActivityRow
from matching.arrays import Bools, Ints, Masks
from matching.columns import NO_LIMIT
from matching.days import ALL_MONTHS
from matching.geo import vectors_of
from techfinder.activities.models import Activity, Session
from techfinder.matches.models import OfferedRow
from techfinder.matches.models.rows import OFFERED, SESSIONS
from techfinder.matches.rows import masks, writing
from techfinder.matches.rows.binary import DAY_ZERO, Table, ids_in, read_columns
from techfinder.matches.rows.compiled import Compiled
from techfinder.matches.rows.kept import Kept
from techfinder.matches.rows.narrowing import activities_near
from techfinder.matches.rows.world import World, area_key
from techfinder.organisations.models import Provider

if TYPE_CHECKING:
    from techfinder.matches.rows.asked import Asked

FIELDS = (
    "id",
    "version",
    "status",
    "kind",
    "levels",
    "themes",
    "regions",
    "delivery",
    "audience",
    "venue_lat",
    "venue_lon",
    "max_travel_km",
    "group_min",
    "group_max",
    "splittable",
    "months",
    "available_from",
    "available_until",
    "lead_days",
    "cost",
)
PROVIDER_FIELDS = {
    "provider_status": F("provider__status"),
    "provider_paused": F("provider__paused"),
    "provider_lat": F("provider__lat"),
    "provider_lon": F("provider__lon"),
    "town_lat": F("provider__municipality__lat"),
    "town_lon": F("provider__municipality__lon"),
}
MADE_OF = writing.hash_of([*FIELDS[2:], *PROVIDER_FIELDS.values()])

# ------------------------------------------------- from the database's rows


def activity_rows(activities: QuerySet[Activity], world: World) -> list[ActivityRow]:
    """The engine's rows of these activities as they are now, in two queries."""
    found = _values(activities)
    sessions = _sessions(activities)
    return [_engine_row(row, sessions.get(row["id"], ()), world) for row in found]


def _values(activities: QuerySet[Activity]) -> QuerySet[Activity, dict[str, Any]]:
    # Of the row as it is: set by `matches.actions.set_answer_records` alone.
    record = F("engine_row__answer_record")
    return activities.order_by("pk").values(*FIELDS, **PROVIDER_FIELDS, source=MADE_OF, answer_record=record)


READ = Compiled(lambda ids: _values(Activity.objects.filter(pk__in=ids)))


def _sessions(activities: QuerySet[Activity]) -> dict[int, tuple[tuple[dt.date, int], ...]]:
    rows = Session.objects.filter(activity__in=activities.order_by().values("pk")).order_by("date")
    found: dict[int, tuple[tuple[dt.date, int], ...]] = {}
    for activity_id, date, free in rows.values_list("activity_id", "date", F("seats") - F("taken")):
        found[activity_id] = (*found.get(activity_id, ()), (date, free))
    return found


def _engine_row(row: dict[str, Any], sessions: tuple[tuple[dt.date, int], ...], world: World) -> ActivityRow:
    regions, everywhere = world.expand(row["regions"])
    lat, lon = masks.first_point(
        (row["venue_lat"], row["venue_lon"]),
        (row["provider_lat"], row["provider_lon"]),
        (row["town_lat"], row["town_lon"]),
    )
    return ActivityRow(
        id=row["id"],
        live=_is_live(row),
        delivery=masks.mask_of(masks.DELIVERIES, row["delivery"]),
        regions=regions,
        everywhere=everywhere,
        lat=lat,
        lon=lon,
        max_travel_km=row["max_travel_km"],
        levels=world.levels(row["levels"]),
        themes=world.theme_numbers(row["themes"]),
        kind=world.kinds.of(row["kind"]),
        audience=masks.mask_of(masks.AUDIENCES, row["audience"]),
        months=masks.month_mask(row["months"]),
        available_from=row["available_from"],
        available_until=row["available_until"],
        sessions=sessions,
        lead_days=row["lead_days"],
        group_min=row["group_min"],
        group_max=row["group_max"],
        splittable=row["splittable"],
        cost=masks.cents(row["cost"]) or 0,
        answer_record=row["answer_record"],
    )


def _is_live(row: dict[str, Any]) -> bool:
    provider_is = row["provider_status"] == Provider.Status.VERIFIED and not row["provider_paused"]
    return provider_is and row["status"] == Activity.Status.PUBLISHED


# ------------------------------------------------------------ into the table


def refresh_activities(ids: Collection[int] | None, world: World) -> int:
    """Make the rows of these activities as they are now; returns how many were written (equal ones are not).

    `ids=None`: of all whose values, version or layout differ from what their row was made of. The edge and `stale` of
    a row stay.
    """
    if ids is None:
        ids = writing.outdated(OfferedRow, Activity.objects.all(), MADE_OF)
    return sum(_refresh(part, world) for part in writing.in_parts(ids))


def _refresh(ids: Collection[int], world: World) -> int:
    rows = READ.rows(ids)
    world.themes.give_out(code for row in rows for code in row["themes"])
    world.kinds.give_out(row["kind"] for row in rows)
    areas = world.areas_of(row["regions"] for row in rows)
    made = [_table_row(row, areas[area_key(row["regions"])], world) for row in rows]
    return writing.write(OfferedRow, COLUMNS, made)


COLUMNS = (
    "activity_id",
    "version",
    "layout",
    "source",
    "live",
    "area_id",
    "lat",
    "lon",
    "delivery",
    "max_travel_km",
    "levels",
    "themes_low",
    "themes_high",
    "kind",
    "audience",
    "months",
    "available_from",
    "available_until",
    "lead_days",
    "group_min",
    "group_max",
    "splittable",
    "cost",
)


def _table_row(row: dict[str, Any], area_id: int, world: World) -> tuple[Any, ...]:
    made = _engine_row(row, (), world)
    return (
        made.id,
        row["version"],
        masks.LAYOUT,
        row["source"],
        made.live,
        area_id,
        made.lat,
        made.lon,
        made.delivery,
        made.max_travel_km,
        masks.signed(made.levels),
        *masks.low_and_high(made.themes),
        made.kind,
        made.audience,
        made.months,
        made.available_from,
        made.available_until,
        made.lead_days,
        made.group_min,
        made.group_max,
        made.splittable,
        made.cost,
    )


# ---------------------------------------------------------- out of the table


@dataclass(frozen=True, eq=False)
class Offered:
    """Activities as columns, rising by id, with what the tables know of their pairs; all of shape (rows,).

    `edge_score` (tenths of a point) and `edge_id` (a request) are the last of the stored pairs, where `has_edge`:
    elsewhere there are fewer than are kept, and they are -1. `version` is that of the activity each row was made of.
    `table` has the columns as they were read.
    """

    columns: ActivityColumns
    version: Ints
    has_edge: Bools
    edge_score: Ints
    edge_id: Ints
    table: Table

    def __len__(self) -> int:
        return len(self.columns)


def load_activities(
    world: World, *, ids: Collection[int] | None = None, near: Asked | None = None, kept: bool = False
) -> Offered:
    """The rows of these activities, live or not (`ids`); else the live ones: all, or a superset of those that are
    eligible for one request (`near`, that was loaded alone). `kept`: all, for one item, out of memory."""
    if near is not None:
        table = KEPT.select(lambda rows: activities_near(near.table, rows, world))
        sessions = KEPT_SESSIONS.select(lambda rows: rows["live"] & np.isin(rows["activity"], table["id"]))
    elif kept:
        table, sessions = (known.select(lambda rows: rows["live"]) for known in (KEPT, KEPT_SESSIONS))
    elif ids is not None:
        which = ids_in("activity_id", ids)
        table, sessions = _read_table(*which), _read_sessions(*which)
    else:
        table, sessions = _read_table("item.live", {}), _read_sessions("true", {})
    table = masks.by_id(table)
    columns = _columns(table, sessions, world)
    return Offered(columns=columns, version=table["version"], table=table, **masks.edges(table))


def _read_table(where: str, params: dict[str, Any]) -> Table:
    return read_columns(WIRE, TABLE, where, params)


TABLE = "matches_offeredrow item"
# By name: the SQL over the row, with a sentinel for what is empty, and its numpy type.
WIRE = {
    "id": ("item.activity_id", "i8"),
    "version": ("item.version", "i4"),
    "live": ("item.live", "?"),
    "area": ("item.area_id", "i8"),
    "lat": ("item.lat", "f8"),
    "lon": ("item.lon", "f8"),
    "delivery": ("item.delivery", "i2"),
    "max_travel_km": ("coalesce(item.max_travel_km, 'Infinity')", "f8"),
    "levels": ("item.levels", "i8"),
    "themes_low": ("item.themes_low", "i8"),
    "themes_high": ("item.themes_high", "i8"),
    "kind": ("item.kind", "i2"),
    "audience": ("item.audience", "i2"),
    "months": ("item.months", "i2"),
    "available_from": ("coalesce(item.available_from, DATE '0001-01-01')", "i4"),
    "available_until": ("coalesce(item.available_until, DATE '9999-12-31')", "i4"),
    "lead_days": ("item.lead_days", "i4"),
    "group_min": (f"coalesce(item.group_min, {-NO_LIMIT})", "i8"),
    "group_max": (f"coalesce(item.group_max, {NO_LIMIT})", "i8"),
    "splittable": ("item.splittable", "?"),
    "cost": ("item.cost", "i8"),
    "record": ("coalesce(item.answer_record, 'NaN')", "f8"),
    "edge_score": ("coalesce(item.edge_score, -1::smallint)", "i2"),
    "edge_id": ("coalesce(item.edge_id, -1)", "i8"),
}

KEPT = Kept(OFFERED, "activity_id", _read_table)


def _columns(table: Table, sessions: Table, world: World) -> ActivityColumns:
    regions, municipalities, everywhere = _regions(table["area"], world)
    months = table["months"].astype(np.int64)
    return ActivityColumns(
        id=table["id"],
        live=table["live"],
        delivery=table["delivery"].astype(np.uint8),
        everywhere=everywhere,
        regions=regions,
        municipalities=municipalities,
        point=vectors_of(table["lat"], table["lon"]),
        max_travel_km=table["max_travel_km"],
        levels=masks.unsigned(table["levels"]),
        themes=masks.theme_words(table),
        kind=np.uint64(1) << table["kind"].astype(np.uint64),
        audience=table["audience"].astype(np.uint64),
        months=np.where(months == 0, ALL_MONTHS, months),
        **masks.period(table["available_from"], table["available_until"]),
        **_session_columns(table["id"], sessions),
        lead_days=table["lead_days"].astype(np.int64),
        group_min=table["group_min"],
        group_max=table["group_max"],
        splittable=table["splittable"],
        cost=table["cost"],
        record=table["record"],
    )


def _regions(area: Ints, world: World) -> tuple[Masks, Ints, Bools]:
    """The municipalities of each row as bits of shape (words, rows), which those are, and who goes everywhere."""
    geography = world.geography_of(area)
    at = np.searchsorted(geography.area_id, area)
    return geography.words.take(at, axis=1), geography.municipality, geography.everywhere[at]


# ------------------------------------------------------------------ sessions


def _read_sessions(where: str, params: dict[str, Any]) -> Table:
    return read_columns(SESSION_WIRE, "activities_session item", where, params)


SESSION_WIRE = {
    "id": ("item.id", "i8"),
    "live": ("true", "?"),
    "activity": ("item.activity_id", "i8"),
    "date": ("item.date", "i4"),
    "free": ("(item.seats - item.taken)::integer", "i4"),
}
KEPT_SESSIONS = Kept(SESSIONS, "id", _read_sessions, all_of="true")


def _session_columns(ids: Ints, sessions: Table) -> dict[str, Any]:
    """Sessions in order of activity, date and free seats, and where those of each activity start."""
    order = np.lexsort((sessions["free"], sessions["date"], sessions["activity"]))
    order = order[np.isin(sessions["activity"][order], ids)]
    activity = sessions["activity"][order]
    count = np.searchsorted(activity, ids, side="right") - np.searchsorted(activity, ids, side="left")
    return {
        "session_start": np.cumsum(count) - count,
        "session_count": count,
        "session_day": sessions["date"][order].astype(np.int64) + DAY_ZERO,
        "session_seats": sessions["free"][order].astype(np.int64),
    }
