"""What follows when matches came or went: they are put before people, who are told, in the same transaction."""

from __future__ import annotations

from collections.abc import Collection

from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.matches.pairs import Stored
from techfinder.matches.placing import place
from techfinder.matches.telling import note


def arrive(stored: Stored, *, silent: Collection[int] = ()) -> None:
    """Put before people what came, and what finds a place where others left; note both, but for `silent` matches.

    The last step of a transaction that stores: who places waits for no match (see `placing`).
    """
    if stored.arrived or stored.left:
        wake("matches.near_misses")
        providers = Activity.objects.filter(matches__in=stored.left).values_list("provider", flat=True)
        placed = place(match_ids=stored.arrived, provider_ids=set(providers) if stored.left else ())
        note(sorted(set(placed).union(stored.arrived) - set(silent)))
