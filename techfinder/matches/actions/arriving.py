"""What follows when matches came or went: they are put before people, who are told, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection
from django.db.models import QuerySet

from techfinder.activities.models import Activity
from techfinder.matches.nearmisses import wake_counting
from techfinder.matches.pairs import Stored
from techfinder.matches.placing import place, providers_with_held
from techfinder.matches.telling import note
from techfinder.requests.models import Request


def arrive(stored: Stored, *, silent: Collection[int] = (), rest_later: bool = False) -> None:
    """Put before people what came, and what finds a place where others left; note both, but for `silent` matches.

    With `rest_later` what comes to a provider with a cap, and what falls free, waits for `arrive_last`.
    The last step of a transaction that stores: who places waits for no match (see `placing`).
    """
    wake_counting()
    if stored.arrived or stored.left:
        providers = Activity.objects.filter(matches__in=stored.left).values_list("provider", flat=True)
        placed = place(
            match_ids=stored.arrived, provider_ids=set(providers) if stored.left else (), rest_later=rest_later
        )
        note(sorted(set(placed).union(stored.arrived) - set(silent)))


def arrive_last() -> None:
    """When a run over everything is stored: the places of providers with a cap, to the best of the whole country."""
    placed = place(provider_ids=providers_with_held())
    note(set(placed) - quiet_of(placed))


def quiet_of(match_ids: Collection[int]) -> set[int]:
    """The matches of which a side came in by an import that tells nobody."""
    if not match_ids:
        return set()
    requests, activities = (list(items.filter(quiet=True).values_list("pk", flat=True)) for items in IMPORTED)
    if not (requests or activities):
        return set()
    with connection.cursor() as cursor:
        cursor.execute(QUIET, [list(match_ids), requests, activities])
        return {pk for (pk,) in cursor.fetchall()}


IMPORTED: tuple[QuerySet[Request], QuerySet[Activity]] = (Request.objects.order_by(), Activity.objects.order_by())
# By lists of ids and no join: after a first import nothing is known yet of what the tables hold.
QUIET = "SELECT id FROM matches_match WHERE id = ANY(%s) AND (request_id = ANY(%s) OR activity_id = ANY(%s))"
