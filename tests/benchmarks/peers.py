"""The same question put to others: PostgreSQL request by request, a loop over the ORM, and DuckDB as one join.

All ten rules of design.md §5 each, and only those: score, rank and reasons are what ours does on top.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import duckdb
import numpy as np
from django.db import connection

from matching import RequestRow
from techfinder.activities.models import Activity
from techfinder.activities.vocabulary import overlapping
from techfinder.matches.rows import Asked, Offered, World, activity_rows
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery, Region
from tests.engine import reference

Pair = tuple[int, int]

# ------------------------------------------------- PostgreSQL, arrays with GIN

GIN = ("levels", "themes", "regions", "delivery")

KM = """
2 * 6371.0088 * asin(least(1, sqrt(
    sin(radians(coalesce(a.venue_lat, p.lat, town.lat) - %(lat)s) / 2) ^ 2
    + cos(radians(%(lat)s)) * cos(radians(coalesce(a.venue_lat, p.lat, town.lat)))
    * sin(radians(coalesce(a.venue_lon, p.lon, town.lon) - %(lon)s) / 2) ^ 2
)))
"""
FITS = f"""
SELECT a.id FROM activities_activity a
JOIN organisations_provider p ON p.id = a.provider_id
LEFT JOIN taxonomy_region town ON town.id = p.municipality_id
WHERE a.status = 'published' AND p.status = 'verified' AND NOT p.paused
AND a.levels && %(levels)s::varchar[] AND a.audience && %(audience)s::varchar[]
AND (%(any_theme)s OR a.themes && %(themes)s::varchar[])
AND (%(any_kind)s OR a.kind = ANY(%(kinds)s))
AND coalesce(a.group_min, 0) <= %(size)s AND (a.splittable OR coalesce(a.group_max, 32767) >= %(size)s)
AND (%(cost)s::numeric IS NULL OR coalesce(a.cost, 0) <= %(cost)s)
AND (
    %(online)s AND a.delivery @> '{{online}}'::varchar[]
    OR a.regions && %(covering)s::varchar[] AND (
        %(here)s AND a.delivery @> '{{at_school}}'::varchar[] AND (a.max_travel_km IS NULL OR {KM} <= a.max_travel_km)
        OR %(there)s AND a.delivery @> '{{at_provider}}'::varchar[] AND (%(km)s::int IS NULL OR {KM} <= %(km)s)
    )
)
AND CASE WHEN EXISTS (SELECT FROM activities_session s WHERE s.activity_id = a.id)
THEN EXISTS (
    SELECT FROM activities_session s WHERE s.activity_id = a.id AND s.seats - s.taken >= %(size)s
    AND s.date BETWEEN greatest(%(today)s::date + a.lead_days, %(from)s) AND %(until)s
)
ELSE EXISTS (
    SELECT FROM generate_series(
        date_trunc('month', greatest(%(today)s::date + a.lead_days, %(from)s, a.available_from)::timestamp),
        least(%(until)s, a.available_until)::timestamp, '1 month'
    ) AS month
    WHERE greatest(%(today)s::date + a.lead_days, %(from)s, a.available_from) <= least(%(until)s, a.available_until)
    AND (a.months = '{{}}' OR extract(month FROM month) = ANY(a.months))
)
END
"""


def index_arrays() -> None:
    """What a developer adds who asks PostgreSQL with `&&`."""
    with connection.cursor() as cursor:
        for column in GIN:
            cursor.execute(f"CREATE INDEX IF NOT EXISTS peer_{column} ON activities_activity USING gin ({column})")
        cursor.execute("ANALYZE activities_activity")


def drop_indexes() -> None:
    with connection.cursor() as cursor:
        for column in GIN:
            cursor.execute(f"DROP INDEX IF EXISTS peer_{column}")


def asked_of_postgres(requests: Iterable[Request], today: dt.date) -> set[Pair]:
    """One query per request."""
    above = _regions_above()
    found: set[Pair] = set()
    with connection.cursor() as cursor:
        for request in requests:
            cursor.execute(FITS, _params(request, above[request.school.municipality_id], today))
            found.update((request.pk, pk) for (pk,) in cursor.fetchall())
    return found


def _regions_above() -> dict[int, list[str]]:
    """Per municipality the codes of the regions that it lies under."""
    regions = {region.pk: region for region in Region.objects.prefetch_related("networks")}
    above: dict[int, list[str]] = {}
    for pk, region in regions.items():
        codes = [network.code for network in region.networks.all()]
        while region is not None:
            codes.append(region.code)
            region = regions.get(region.parent_id)
        above[pk] = [*codes, "NL"]
    return above


def _params(request: Request, covering: list[str], today: dt.date) -> dict[str, object]:
    ways = request.delivery or list(Delivery)
    school = request.school
    return {
        "levels": sorted(overlapping(request.levels)),
        "audience": request.audience,
        "any_theme": not request.themes,
        "themes": request.themes,
        "any_kind": not request.kinds,
        "kinds": request.kinds,
        "size": request.group_size,
        "cost": request.max_cost,
        "online": Delivery.ONLINE in ways,
        "here": Delivery.AT_SCHOOL in ways,
        "there": Delivery.AT_PROVIDER in ways,
        "covering": covering,
        "km": request.max_travel_km,
        "lat": school.lat if school.lat is not None else school.municipality.lat,
        "lon": school.lon if school.lon is not None else school.municipality.lon,
        "today": today,
        "from": request.date_from,
        "until": request.date_until,
    }


# ------------------------------------------------------------ a loop over the ORM


def asked_of_the_orm(asks: list[RequestRow], world: World) -> set[Pair]:
    """Per request every public activity out of the ORM, and the rules in Python: the first thing that works."""
    found: set[Pair] = set()
    for ask in asks:
        public = Activity.objects.filter(provider__status=Provider.Status.VERIFIED, provider__paused=False)
        offers = activity_rows(public.filter(status=Activity.Status.PUBLISHED), world)
        found.update((ask.id, offer.id) for offer in offers if reference.eligible(ask, offer, world.today))
    return found


# ---------------------------------------------------------------- DuckDB, one join

JOIN = """
SELECT r.id AS request, a.id AS activity
FROM request r JOIN activity a ON (
    r.levels & a.levels <> 0 AND r.audience & a.audience <> 0 AND r.kinds & a.kind <> 0
    AND (r.any_theme OR r.themes & a.themes <> 0)
    AND a.group_min <= r.size AND (a.splittable OR r.size <= a.group_max) AND a.cost <= r.max_cost
)
LEFT JOIN area ON area.area = a.area AND area.municipality = r.municipality
WHERE r.live AND a.live
AND (
    r.delivery & a.delivery & 4 <> 0
    OR area.municipality IS NOT NULL AND (
        r.delivery & a.delivery & 1 <> 0 AND acos(least(1, r.x * a.x + r.y * a.y + r.z * a.z)) * 6371.0088 <= a.km
        OR r.delivery & a.delivery & 2 <> 0 AND acos(least(1, r.x * a.x + r.y * a.y + r.z * a.z)) * 6371.0088 <= r.km
    )
)
AND CASE WHEN a.sessions > 0
THEN EXISTS (
    SELECT 1 FROM session s WHERE s.activity = a.id AND s.seats >= r.size
    AND s.day BETWEEN greatest(a.lead + $today, r.first) AND r.last
)
ELSE greatest(a.lead + $today, r.first, a.first) <= least(r.last, a.last)
    AND a.months & month_mask(greatest(a.lead + $today, r.first, a.first), least(r.last, a.last)) <> 0
END
"""
# The months from one day up to another as bits, January = 1; days count from 0001-01-01 = 1.
MACROS = """
CREATE MACRO month_at(day) AS year(DATE '0001-01-01' + day::INT - 1) * 12 + month(DATE '0001-01-01' + day::INT - 1) - 1;
CREATE MACRO month_mask(first, last) AS list_bit_or(list_transform(
    range(month_at(first), least(month_at(last), month_at(first) + 11) + 1), lambda m: 1::BIGINT << (m % 12)
));
"""


class DuckDB:
    """Both sides as tables of numbers, as an analyst would load them."""

    def __init__(self, asked: Asked, offered: Offered, world: World) -> None:
        self.today = world.today.toordinal()
        self.db = duckdb.connect()
        self.db.execute("SET threads = 2")
        self.db.execute(MACROS)
        for name, columns in _tables(asked, offered).items():
            self.db.register("incoming", columns)
            self.db.execute(f"CREATE TABLE {name} AS SELECT * FROM incoming")

    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Request ids and activity ids of all eligible pairs, by request and activity."""
        found = self.db.execute(f"{JOIN} ORDER BY 1, 2", {"today": self.today}).fetchnumpy()
        return found["request"], found["activity"]


def _tables(asked: Asked, offered: Offered) -> dict[str, dict[str, np.ndarray]]:
    r, a = asked.columns, offered.columns
    area, activity_area = _areas(a.regions, a.everywhere, a.municipalities, r.municipality)
    return {
        "request": {
            "id": r.id, "live": r.live, "municipality": r.municipality, "x": r.point[0], "y": r.point[1],
            "z": r.point[2], "delivery": r.delivery, "levels": _signed(r.levels), "themes": _signed(r.themes[0]),
            "any_theme": r.any_theme, "kinds": _signed(r.kinds), "audience": _signed(r.audience),
            "size": r.group_size, "first": r.from_day, "last": r.until_day, "km": r.max_travel_km + 1e-9,
            "max_cost": r.max_cost,
        },
        "activity": {
            "id": a.id, "live": a.live, "delivery": a.delivery, "area": activity_area, "x": a.point[0],
            "y": a.point[1], "z": a.point[2], "km": a.max_travel_km + 1e-9, "levels": _signed(a.levels),
            "themes": _signed(a.themes[0]), "kind": _signed(a.kind), "audience": _signed(a.audience),
            "months": a.months.astype(np.int64), "first": a.from_day, "last": a.until_day,
            "sessions": a.session_count, "lead": a.lead_days, "group_min": a.group_min, "group_max": a.group_max,
            "splittable": a.splittable, "cost": a.cost,
        },
        "area": area,
        "session": {
            "activity": np.repeat(a.id, a.session_count), "day": a.session_day[_session_order(a)],
            "seats": a.session_seats[_session_order(a)],
        },
    }  # fmt: skip


def _session_order(activities: object) -> np.ndarray:
    start, count = activities.session_start, activities.session_count  # type: ignore[attr-defined]
    return np.repeat(start - (np.cumsum(count) - count), count) + np.arange(count.sum())


def _signed(mask: np.ndarray) -> np.ndarray:
    return mask.astype(np.uint64).view(np.int64)


def _areas(
    regions: np.ndarray, everywhere: np.ndarray, known: np.ndarray, asked: np.ndarray
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Each combination of regions once, with its municipalities, and per activity which it is."""
    words = np.vstack([regions, everywhere.astype(np.uint64)]).T
    kinds, which = np.unique(words, axis=0, return_inverse=True)
    rows: list[tuple[int, int]] = []
    for area, mask in enumerate(kinds):
        bits = np.unpackbits(mask[:-1].copy().view(np.uint8), bitorder="little")[: len(known)].astype(bool)
        rows += [(area, town) for town in (np.unique(asked) if mask[-1] else known[bits]).tolist()]
    table = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return {"area": table[:, 0], "municipality": table[:, 1]}, which.ravel()
