"""Which matches are put before people: a provider gets no more open requests at once than its cap.

A place of a provider is taken by a request of which a match was put before both sides in the last two weeks, and which
the provider did not answer; and by each question that awaits its answer, however long, also one that a school asked
without being matched (`engaged`). A school may always ask: then the provider gets fewer new ones. Best score first;
what finds no place is held, and the request's next best comes instead.

Whoever places holds the rows of the providers concerned, taken in the order of their ids, and no match that another
transaction has in hand: workers that place for one provider wait for each other, and never in a circle. So nothing
that waits for a match may follow `place` in a transaction.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Q
from django.utils import timezone

from techfinder.matches.fairness import engaged
from techfinder.matches.models import Match
from techfinder.organisations.models import Provider
from techfinder.prepared import cursor_for
from techfinder.taxonomy.days import school_year, school_year_days

# As long a request that nobody answers takes a place.
PATIENCE = dt.timedelta(days=14)
SIZES_WITH_CAP = [str(size) for size, cap in Provider.CAPS.items() if cap]
HAS_CAP = Q(max_open__isnull=False) | Q(size__in=SIZES_WITH_CAP)


def place(
    *,
    match_ids: Collection[int] = (),
    provider_ids: Collection[int] = (),
    now: dt.datetime | None = None,
    rest_later: bool = False,
) -> list[int]:
    """Put before people what may be, of these matches and of all that waits at these providers and at theirs.

    `match_ids` are new, or open again. Those of a provider without a cap may come with `placed_at` set already (see
    `new_ids`), which spares writing them twice. With `rest_later` what did not come so is left for a later call: a
    run over everything decides once all is stored, so that the best of the whole country goes first. Returns the ids
    of what is before people from now on, in order. The caller owns the transaction and tells (`notifications.note`).
    """
    now = now or timezone.now()
    ids = sorted(set(match_ids))
    doors = sorted(set(provider_ids))
    if not (ids or doors):
        return []
    values: dict[str, Any] = {
        "ids": ids,
        "now": now,
        "since": now - PATIENCE,
        "year": school_year_start(now),
        "sizes": SIZES_WITH_CAP,
        "providers": doors,
        "rest_later": rest_later,
    }
    look = Look(*_run(LOOK, values, cursor_for(len(ids) + len(doors)))[0])
    back = _take_back(look, values)
    placed = set(look.placed) - back
    if not rest_later and (look.caps or look.waits or back):
        caps = _hold(look.providers) if look.caps else {}
        values |= {"providers": look.providers, "caps": [caps.get(pk) for pk in look.providers]}
        values |= engaged.columns([pk for pk, cap in caps.items() if cap], now - PATIENCE)
        placed |= _write(_run(DECIDE, values), now)
    return sorted(placed)


class Look(NamedTuple):
    """What there is to do: of the matches that came those before people already, and whether a provider with a cap or
    an activity that somebody spoke of is among these; all providers, and whether one has a cap or a match that waits.
    """

    placed: list[int]
    capped: bool
    spoken: bool
    providers: list[int]
    caps: bool
    waits: bool


def _take_back(look: Look, values: dict[str, Any]) -> set[int]:
    """Take back what came placed and may not be; the ids of those."""
    back = _run(TAKE_BACK_CAPPED, values) if look.capped else []
    back += _run(TAKE_BACK_TWICE, values) if look.spoken else []
    return {pk for (pk,) in back}


def _hold(provider_ids: list[int]) -> dict[int, int | None]:
    """The caps of those that have one; their rows are this transaction's until it ends."""
    rows = Provider.objects.filter(HAS_CAP, pk__in=provider_ids).order_by("pk").only("size", "max_open")
    return {provider.pk: provider.cap for provider in rows.select_for_update(no_key=True)}


def _write(decided: list[tuple[int, str]], now: dt.datetime) -> set[int]:
    """Store what was decided. Returns the ids of what is before people by that."""
    by_verdict: dict[str, list[int]] = defaultdict(list)
    for pk, held in decided:
        by_verdict[held].append(pk)
    written = {
        held: {pk for (pk,) in _run(WRITE, {"ids": ids, "held": held, "placed": None if held else now})}
        for held, ids in by_verdict.items()
    }
    return written.get(Match.Held.NO, set())


def new_ids(count: int, activity_ids: Collection[int]) -> tuple[list[int], set[int]]:
    """Ids for so many new matches, and those of these activities whose provider takes any number of requests."""
    values = {"count": count, "activities": list(activity_ids), "sizes": SIZES_WITH_CAP}
    [[ids, uncapped]] = _run(NEW_IDS, values, cursor_for(count))
    return ids, set(uncapped)


def providers_with_held() -> list[int]:
    """The providers of matches that fit and are not before people, in order."""
    waiting = Match.objects.open().filter(placed_at=None)
    return sorted(set(waiting.order_by().values_list("activity__provider_id", flat=True).distinct()))


def school_year_start(now: dt.datetime) -> dt.datetime:
    """The first moment of the school year in which `now` lies: 1 August."""
    local = timezone.localtime(now)
    first, _last = school_year_days(school_year(local.date()))
    return dt.datetime.combine(first, dt.time.min, local.tzinfo)


def _run(sql: str, values: dict[str, Any], on: CursorWrapper | None = None) -> list[Any]:
    with on or connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall()


NEW_IDS = """
    SELECT
        ARRAY(SELECT nextval(sequence) FROM generate_series(1, %(count)s)),
        ARRAY(
            SELECT activity.id FROM activities_activity AS activity
            JOIN organisations_provider AS provider ON provider.id = activity.provider_id
            WHERE activity.id = ANY(%(activities)s::bigint[])
                AND provider.max_open IS NULL AND provider.size <> ALL(%(sizes)s)
        )
    FROM (SELECT pg_get_serial_sequence('matches_match', 'id')::regclass AS sequence OFFSET 0) AS ids
"""

# Most of what comes asks for nothing more: no cap, nothing said before, nothing that waits. OFFSET 0 keeps the planner
# at one look in a partial index for each activity: of a table that was filled a moment ago it knows nothing.
LOOK = """
    WITH came AS MATERIALIZED (
        SELECT match.id, match.activity_id, activity.provider_id, match.state, match.placed_at,
            match.placed_at IS NOT NULL AND match.asked_at IS NULL AND match.offered_at IS NULL AS may_be_taken_back,
            provider.max_open IS NOT NULL OR provider.size = ANY(%(sizes)s) AS capped
        FROM matches_match AS match
        JOIN activities_activity AS activity ON activity.id = match.activity_id
        JOIN organisations_provider AS provider ON provider.id = activity.provider_id
        WHERE match.id = ANY(%(ids)s)
    ),
    door AS MATERIALIZED (
        SELECT id, max_open IS NOT NULL OR size = ANY(%(sizes)s) AS capped FROM organisations_provider
        WHERE id IN (SELECT provider_id FROM came UNION SELECT unnest(%(providers)s::bigint[]))
    )
    SELECT
        ARRAY(SELECT id FROM came WHERE state = 'open' AND placed_at IS NOT NULL),
        EXISTS (SELECT FROM came WHERE may_be_taken_back AND capped),
        EXISTS (
            SELECT FROM (SELECT DISTINCT activity_id FROM came WHERE may_be_taken_back) AS back
            WHERE EXISTS (
                SELECT FROM matches_match AS said
                WHERE said.activity_id = back.activity_id AND (said.asked_at IS NOT NULL OR said.state = 'declined')
                OFFSET 0
            )
        ),
        ARRAY(SELECT id FROM door ORDER BY id),
        EXISTS (SELECT FROM door WHERE capped),
        NOT %(rest_later)s AND EXISTS (
            SELECT FROM door
            JOIN activities_activity AS activity ON activity.provider_id = door.id
            WHERE EXISTS (
                SELECT FROM matches_match AS match
                WHERE match.activity_id = activity.id AND match.state = 'open' AND match.placed_at IS NULL
                OFFSET 0
            )
        )
"""

# The school asked for the same, or turned it down, under another request for some of the same classes. A level code
# stands for all that begin with it.
TWICE = """
    EXISTS (
        SELECT 1 FROM requests_request AS other
        JOIN matches_match AS said ON said.request_id = other.id AND said.activity_id = match.activity_id
        WHERE other.school_id = request.school_id AND other.id <> request.id
            AND (
                said.asked_at >= %(year)s
                OR (said.state = 'declined' AND COALESCE(said.closed_at, said.created_at) >= %(year)s)
            )
            AND EXISTS (
                SELECT 1 FROM unnest(other.levels) AS theirs, unnest(request.levels) AS ours
                WHERE theirs = ours OR starts_with(theirs, ours || '-') OR starts_with(ours, theirs || '-')
            )
    )
"""

# What is open again at a provider with a cap starts anew. Somebody who asked or offered sees the match whatever else
# holds.
TAKE_BACK_CAPPED = """
    WITH came AS MATERIALIZED (
        SELECT id, activity_id FROM matches_match
        WHERE id = ANY(%(ids)s) AND placed_at IS NOT NULL AND asked_at IS NULL AND offered_at IS NULL
    ),
    back AS MATERIALIZED (
        SELECT came.id FROM came
        JOIN activities_activity AS activity ON activity.id = came.activity_id
        JOIN organisations_provider AS provider ON provider.id = activity.provider_id
        WHERE provider.max_open IS NOT NULL OR provider.size = ANY(%(sizes)s)
    )
    UPDATE matches_match AS match SET placed_at = NULL, held = '' FROM back WHERE match.id = back.id
    RETURNING match.id
"""

# Few activities were spoken of: that is looked at first, for all that a part of a whole run brings.
TAKE_BACK_TWICE = f"""
    WITH came AS MATERIALIZED (
        SELECT id FROM matches_match
        WHERE id = ANY(%(ids)s) AND placed_at IS NOT NULL AND asked_at IS NULL AND offered_at IS NULL
            AND activity_id IN (SELECT activity_id FROM matches_match WHERE asked_at IS NOT NULL OR state = 'declined')
    )
    UPDATE matches_match AS match SET placed_at = NULL, held = 'twice'
    FROM came, requests_request AS request
    WHERE match.id = came.id AND request.id = match.request_id AND {TWICE}
    RETURNING match.id
"""  # noqa: S608  of constants only

DECIDE = f"""
    WITH door AS (SELECT * FROM unnest(%(providers)s::bigint[], %(caps)s::int[]) AS door(provider_id, cap)),
    -- Each request that was put before a provider with a cap: does it take a place, and was it answered?
    placed AS (
        SELECT activity.provider_id, match.request_id, bool_or(match.offered_at IS NOT NULL) AS answered,
            bool_or(match.state = 'open' AND match.placed_at > %(since)s) AS recent
        FROM door
        JOIN activities_activity AS activity ON activity.provider_id = door.provider_id
        JOIN matches_match AS match ON match.activity_id = activity.id
        WHERE door.cap IS NOT NULL AND (match.placed_at IS NOT NULL OR match.offered_at IS NOT NULL)
        GROUP BY activity.provider_id, match.request_id
    ),
    engaged AS (
        SELECT provider_id, request_id, bool_or(awaits) AS awaits
        FROM unnest(%(engaged_providers)s::bigint[], %(engaged_requests)s::bigint[], %(engaged_awaits)s::bool[])
            AS engaged (provider_id, request_id, awaits)
        GROUP BY provider_id, request_id
    ),
    known AS MATERIALIZED (
        SELECT provider_id, request_id,
            COALESCE(NOT engaged.awaits, placed.answered) AS answered,
            COALESCE(engaged.awaits, false) OR COALESCE(placed.recent, false) AS recent
        FROM placed FULL JOIN engaged USING (provider_id, request_id)
    ),
    room AS MATERIALIZED (
        SELECT door.provider_id, door.cap - COUNT(known.request_id) AS places
        FROM door LEFT JOIN known ON known.provider_id = door.provider_id AND known.recent AND NOT known.answered
        GROUP BY door.provider_id, door.cap
    ),
    waiting AS MATERIALIZED (
        SELECT match.id, match.request_id, match.score, match.held, room.provider_id, room.places,
            request.status, COALESCE(request.confirmed_at, request.created_at) AS since,
            match.asked_at IS NOT NULL OR match.offered_at IS NOT NULL AS acted,
            COALESCE(known.recent OR known.answered, false) OR room.places IS NULL AS free,
            {TWICE} AS twice
        FROM room
        JOIN activities_activity AS activity ON activity.provider_id = room.provider_id
        JOIN matches_match AS match ON match.activity_id = activity.id
        JOIN requests_request AS request ON request.id = match.request_id
        LEFT JOIN known ON known.provider_id = room.provider_id AND known.request_id = match.request_id
        WHERE match.state = 'open' AND match.placed_at IS NULL
            AND (room.places IS NULL OR room.places > 0 OR match.held = '' OR match.id = ANY(%(ids)s))
    ),
    -- A request takes one place, with the best of its matches at the provider.
    best AS (
        SELECT *, NOT (acted OR twice OR free) AS competes,
            MAX(score) OVER (PARTITION BY provider_id, request_id, NOT (acted OR twice OR free)) AS best
        FROM waiting WHERE status = 'open'
    ),
    turn AS (
        SELECT *, dense_rank() OVER (PARTITION BY provider_id, competes ORDER BY best DESC, since, request_id) AS turn
        FROM best
    ),
    decided AS (
        SELECT id, held AS was, CASE
            WHEN acted THEN ''
            WHEN twice THEN 'twice'
            WHEN free OR turn <= places THEN ''
            ELSE 'full' END AS held
        FROM turn
    )
    SELECT id, held FROM decided WHERE held = '' OR held <> was
"""  # noqa: S608  of constants only

# What another transaction has in hand is decided by that one, or by the next sweep.
WRITE = """
    UPDATE matches_match SET held = %(held)s, placed_at = %(placed)s
    WHERE id IN (
        SELECT id FROM matches_match WHERE id = ANY(%(ids)s) AND state = 'open' AND placed_at IS NULL
        FOR UPDATE SKIP LOCKED
    )
    RETURNING id
"""
