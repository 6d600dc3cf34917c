"""What the score knows of how providers answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import connection, transaction

from techfinder.celery import wake
from techfinder.matches.pairs.locks import alone


@transaction.atomic
def set_answer_records(*, shares: Mapping[int, float | None]) -> int:
    """Keep with all activities of these providers which part (0-1) of its questions a provider answered in time.

    None is a provider of which too little is known. What changed is matched anew. Returns how many activities that are.
    """
    alone()
    providers = sorted(shares)
    with connection.cursor() as cursor:
        cursor.execute(SET, [providers, [shares[pk] for pk in providers]])
        changed = cursor.rowcount
    if changed:
        wake("matches.match_stale")
    return changed


SET = """
    UPDATE matches_offeredrow AS item SET answer_record = new.share, stale = item.stale OR item.live
    FROM unnest(%s::bigint[], %s::float8[]) AS new (provider_id, share)
    JOIN activities_activity AS activity ON activity.provider_id = new.provider_id
    WHERE item.activity_id = activity.id AND item.answer_record IS DISTINCT FROM new.share
"""
