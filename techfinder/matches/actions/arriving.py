"""What follows when matches came or went: they are put before people, who are told, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection

from techfinder.activities.models import Activity
from techfinder.matches.fairness.placing import place, providers_with_held
from techfinder.matches.near.misses import wake_counting
from techfinder.matches.pairs.stored import Stored
from techfinder.matches.telling.notifications import note


def arrive(stored: Stored, *, silent: Collection[int] = (), rest_later: bool = False) -> list[int]:
    """Put before people what came, and what finds a place where others left; note both, but for `silent` matches.

    With `rest_later` what comes to a provider with a cap, and what falls free, waits for `arrive_last`.
    The last step of a transaction that stores: who places waits for no match (see `placing`). Returns the ids of what
    is before people from now on.
    """
    wake_counting()
    if not (stored.arrived or stored.left):
        return []
    providers = Activity.objects.filter(matches__in=stored.left).values_list("provider", flat=True)
    placed = place(match_ids=stored.arrived, provider_ids=set(providers) if stored.left else (), rest_later=rest_later)
    note(sorted(set(placed).union(stored.arrived) - set(silent)))
    return placed


def arrive_last() -> None:
    """When a run over everything is stored: the places of providers with a cap, to the best of the whole country."""
    placed = place(provider_ids=providers_with_held())
    note(set(placed) - quiet_of(placed))


def quiet_of(match_ids: Collection[int]) -> set[int]:
    """The matches of which a side came in by an import that tells nobody."""
    if not match_ids:
        return set()
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [list(match_ids)])
        return {pk for (pk,) in cursor.fetchall()}


# Looked up match by match: after a first import the planner knows nothing yet of what the tables hold.
QUIET = """
    SELECT match.id FROM matches_match AS match WHERE match.id = ANY(%s) AND (
        EXISTS (SELECT FROM requests_request AS request WHERE request.id = match.request_id AND request.quiet)
        OR EXISTS (SELECT FROM activities_activity AS activity WHERE activity.id = match.activity_id AND activity.quiet)
    )
"""
