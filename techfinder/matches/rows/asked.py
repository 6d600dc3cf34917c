"""Requests as the engine reads them: made from the database's rows, kept in `AskedRow`, read back as columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from django.db.models import Case, F, QuerySet, When
from django.utils import timezone

from matching import ALL_DELIVERIES, RequestColumns, RequestRow
from matching.arrays import Bools, Ints
from matching.columns import FULL, NO_LIMIT
from matching.geo import vectors_of
from techfinder.matches.models import AskedRow
from techfinder.matches.models.rows import ASKED
from techfinder.matches.rows import masks, schools, writing
from techfinder.matches.rows.binary import DAY_ZERO, Table, ids_in, read_columns
from techfinder.matches.rows.compiled import Compiled
from techfinder.matches.rows.kept import Kept, prune_changes
from techfinder.matches.rows.narrowing import of_shard, requests_near
from techfinder.matches.rows.world import World
from techfinder.requests.models import Request
from techfinder.requests.queries import found_here

if TYPE_CHECKING:
    from techfinder.matches.rows.offered import Offered

FIELDS = (
    "id",
    "version",
    "status",
    "levels",
    "themes",
    "kinds",
    "delivery",
    "audience",
    "group_size",
    "date_from",
    "date_until",
    "max_travel_km",
    "max_cost",
    "created_at",
    "confirmed_at",
    "school_id",
    "withdrawn_reason",
)
PLACE_FIELDS = {
    "municipality": F("school__municipality_id"),
    "lat": F("school__lat"),
    "lon": F("school__lon"),
    "town_lat": F("school__municipality__lat"),
    "town_lon": F("school__municipality__lon"),
}
# Not in the table: they are read with the school itself.
SCHOOL_FIELDS = {
    "sector": F("school__sector"),
    "pupils": F("school__pupils"),
    "neighbours": F("school__neighbours"),
}
MADE_OF = writing.hash_of([*FIELDS[2:], *PLACE_FIELDS.values()])
FOUND = Case(When(found_here(), then=True), default=False)

# ------------------------------------------------- from the database's rows


def request_rows(requests: QuerySet[Request], world: World) -> list[RequestRow]:
    """The engine's rows of these requests as they are now, in one query."""
    return [_engine_row(row, world, **_of_school(row, world)) for row in _values(requests)]


def _values(requests: QuerySet[Request]) -> QuerySet[Request, dict[str, Any]]:
    return requests.order_by("pk").values(*FIELDS, **PLACE_FIELDS, **SCHOOL_FIELDS, source=MADE_OF, found=FOUND)


READ = Compiled(lambda ids: _values(Request.objects.filter(pk__in=ids)).annotate(was_found=F("engine_row__found")))


def _of_school(row: dict[str, Any], world: World) -> dict[str, Any]:
    """What the score knows of the school."""
    pupils, neighbours = (schools.value_or_unknown(row[name]) for name in ("pupils", "neighbours"))
    return {
        "served_this_year": bool(np.isin(row["school_id"], world.served)),
        "small": float(schools.smallness(pupils, schools.SMALL.get(row["sector"], 0))),
        "remote": float(schools.remoteness(neighbours)),
    }


def _engine_row(row: dict[str, Any], world: World, **of_school: Any) -> RequestRow:
    lat, lon = masks.first_point((row["lat"], row["lon"]), (row["town_lat"], row["town_lon"]))
    levels = world.levels(row["levels"])
    return RequestRow(
        id=row["id"],
        live=row["status"] == Request.Status.OPEN,
        municipality=row["municipality"],
        lat=lat,
        lon=lon,
        delivery=masks.mask_of(masks.DELIVERIES, row["delivery"]),
        levels=levels,
        themes=world.theme_numbers(row["themes"]),
        kinds=sum(1 << world.kinds.of(kind) for kind in set(row["kinds"])),
        audience=masks.mask_of(masks.AUDIENCES, row["audience"]),
        group_size=row["group_size"],
        date_from=row["date_from"],
        date_until=row["date_until"],
        max_travel_km=row["max_travel_km"],
        max_cost=masks.cents(row["max_cost"]),
        waiting_days=_whole_weeks((world.today - _posted(row)).days),
        special=bool(levels & int(schools.SPECIAL)),
        **of_school,
    )


def _posted(row: dict[str, Any]) -> dt.date:
    """The day from which it waits."""
    return timezone.localdate(row["confirmed_at"] or row["created_at"])


def _whole_weeks(days: int) -> int:
    """A night then changes the score of a seventh of the requests, not of all."""
    return max(0, days) // 7 * 7


# ------------------------------------------------------------ into the table


def refresh_requests(ids: Collection[int] | None, world: World) -> int:
    """Make the rows of these requests as they are now; returns how many were written (equal ones are not).

    `ids=None`: of all that are confirmed and whose values, version or layout differ from what their row was made of.
    The edge and `stale` of a row stay.
    """
    if ids is None:
        prune_changes()
        ids = writing.outdated(AskedRow, Request.objects.exclude(status=Request.Status.UNCONFIRMED), MADE_OF)
    return sum(_refresh(part, world) for part in writing.in_parts(ids))


def _refresh(ids: Collection[int], world: World) -> int:
    rows = READ.rows(ids)
    # What a school found came to nothing: it counts for more again in all its requests.
    match_schools_again({row["school_id"] for row in rows if row["was_found"] and not row["found"]})
    world.themes.give_out(code for row in rows for code in row["themes"])
    world.kinds.give_out(code for row in rows for code in row["kinds"])
    return writing.write(AskedRow, COLUMNS, [_table_row(row, world) for row in rows])


def match_schools_again(schools: Collection[int]) -> None:
    """Whether these schools were served is another matter now: all their open requests are to be matched again."""
    if schools:
        AskedRow.objects.filter(school__in=schools, live=True, stale=False).update(stale=True)


COLUMNS = (
    "request_id",
    "version",
    "layout",
    "source",
    "live",
    "found",
    "school_id",
    "municipality",
    "lat",
    "lon",
    "delivery",
    "max_travel_km",
    "levels",
    "themes_low",
    "themes_high",
    "kinds",
    "audience",
    "group_size",
    "date_from",
    "date_until",
    "max_cost",
    "posted",
)


def _table_row(row: dict[str, Any], world: World) -> tuple[Any, ...]:
    made = _engine_row(row, world)
    return (
        made.id,
        row["version"],
        masks.LAYOUT,
        row["source"],
        made.live,
        row["found"],
        row["school_id"],
        made.municipality,
        made.lat,
        made.lon,
        made.delivery,
        made.max_travel_km,
        masks.signed(made.levels),
        *masks.low_and_high(made.themes),
        masks.signed(made.kinds),
        made.audience,
        made.group_size,
        made.date_from,
        made.date_until,
        made.max_cost,
        _posted(row),
    )


# ---------------------------------------------------------- out of the table


@dataclass(frozen=True, eq=False)
class Asked:
    """Requests as columns, rising by id, with what the tables know of their pairs; all of shape (rows,).

    `edge_score` (tenths of a point) and `edge_id` (an activity) are the last of the stored pairs, where `has_edge`:
    elsewhere there are fewer than are kept, and they are -1. `version` is that of the request each row was made of.
    `table` has the columns as they were read.
    """

    columns: RequestColumns
    version: Ints
    has_edge: Bools
    edge_score: Ints
    edge_id: Ints
    table: Table

    def __len__(self) -> int:
        return len(self.columns)


def load_requests(
    world: World,
    *,
    ids: Collection[int] | None = None,
    province: str | None = None,
    near: Offered | None = None,
    kept: bool = False,
) -> Asked:
    """The rows of these requests, live or not (`ids`); else the live ones: all, of one shard (`province`, one of
    SHARDS), or a superset of those that are eligible for one activity (`near`, that was loaded alone). `kept`: all,
    for one item, out of memory."""
    if near is not None:
        table = KEPT.select(lambda rows: requests_near(near.table, rows, world))
    elif kept:
        table = KEPT.select(lambda rows: rows["live"])
    else:
        table = _read_table(*(of_shard(province, world) if ids is None else ids_in("request_id", ids)))
    table = masks.by_id(table)
    return Asked(columns=_columns(table, world), version=table["version"], table=table, **masks.edges(table))


def _read_table(where: str, params: dict[str, Any]) -> Table:
    return read_columns(WIRE, TABLES, where, params)


TABLES = "matches_askedrow item JOIN organisations_school school ON school.id = item.school_id"
# By name: the SQL over the row, with a sentinel for what is empty, and its numpy type.
WIRE = {
    "id": ("item.request_id", "i8"),
    "version": ("item.version", "i4"),
    "live": ("item.live", "?"),
    "school": ("item.school_id", "i8"),
    "municipality": ("item.municipality", "i8"),
    "lat": ("item.lat", "f8"),
    "lon": ("item.lon", "f8"),
    "delivery": ("item.delivery", "i2"),
    "max_travel_km": ("coalesce(item.max_travel_km, 'Infinity')", "f8"),
    "levels": ("item.levels", "i8"),
    "themes_low": ("item.themes_low", "i8"),
    "themes_high": ("item.themes_high", "i8"),
    "kinds": ("item.kinds", "i8"),
    "audience": ("item.audience", "i2"),
    "group_size": ("item.group_size", "i4"),
    "date_from": ("item.date_from", "i4"),
    "date_until": ("item.date_until", "i4"),
    "max_cost": (f"coalesce(item.max_cost, {NO_LIMIT})", "i8"),
    "posted": ("item.posted", "i4"),
    "pupils": (f"coalesce(school.pupils, {schools.UNKNOWN})", "i4"),
    "small": (schools.SMALL_SQL, "i4"),
    "neighbours": (f"coalesce(school.neighbours, {schools.UNKNOWN})", "i4"),
    "edge_score": ("coalesce(item.edge_score, -1::smallint)", "i2"),
    "edge_id": ("coalesce(item.edge_id, -1)", "i8"),
}

KEPT = Kept(ASKED, "request_id", _read_table)


def _columns(table: Table, world: World) -> RequestColumns:
    levels, kinds = masks.unsigned(table["levels"]), masks.unsigned(table["kinds"])
    waiting = world.today.toordinal() - (table["posted"].astype(np.int64) + DAY_ZERO)
    delivery = table["delivery"].astype(np.uint8)
    return RequestColumns(
        id=table["id"],
        live=table["live"],
        municipality=table["municipality"],
        point=vectors_of(table["lat"], table["lon"]),
        delivery=np.where(delivery == 0, np.uint8(ALL_DELIVERIES), delivery),
        levels=levels,
        themes=masks.theme_words(table),
        any_theme=(table["themes_low"] | table["themes_high"]) == 0,
        kinds=np.where(kinds == 0, np.uint64(FULL), kinds),
        any_kind=kinds == 0,
        audience=table["audience"].astype(np.uint64),
        group_size=table["group_size"].astype(np.int64),
        **masks.period(table["date_from"], table["date_until"]),
        max_travel_km=table["max_travel_km"],
        max_cost=table["max_cost"],
        served=np.isin(table["school"], world.served),
        waiting_days=np.maximum(waiting, 0) // 7 * 7,
        small=schools.smallness(table["pupils"], table["small"]),
        remote=schools.remoteness(table["neighbours"]),
        special=schools.is_special(levels),
    )
