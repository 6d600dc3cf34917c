"""The order of first publication, in numbers. Who has seen up to one of them misses nothing and sees nothing twice."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction
from django.db.models import Min

from techfinder.activities.models import Activity
from techfinder.activities.rest import resting

LOCK = 7_402_601


@transaction.atomic
def number_arrivals() -> int:
    """Give the next numbers to what is public for the first time. Returns the highest number that there is.

    One run at a time, and each ends before the next one looks: a lower number is never seen later than a higher one.
    What somebody else is writing just now is left to the next run.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        cursor.execute(NUMBER)
        cursor.execute(HIGHEST)
        return int(cursor.fetchone()[0])


def rested(top: int, now: dt.datetime) -> int:
    """Up to which number (at most `top`) everything has had its rest."""
    young = Activity.objects.filter(resting(now), arrival__gt=0, status=Activity.Status.PUBLISHED)
    first = young.aggregate(first=Min("arrival"))["first"]
    return top if first is None else min(top, first - 1)


# A deleted activity takes its number along: the watermarks still know it, and it is not given again.
HIGHEST = """
    SELECT GREATEST(
        0,
        (SELECT MAX(arrival) FROM activities_activity),
        (SELECT MAX(watermark) FROM activities_savedsearch)
    )
"""
NUMBER = f"""
    WITH fresh AS (
        SELECT activity.id, activity.published_at
        FROM activities_activity AS activity
        JOIN organisations_provider AS provider ON provider.id = activity.provider_id
        WHERE activity.status = 'published' AND activity.arrival IS NULL
            AND provider.status = 'verified' AND NOT provider.paused
        FOR UPDATE OF activity SKIP LOCKED
    ),
    numbered AS (SELECT id, row_number() OVER (ORDER BY published_at NULLS FIRST, id) AS place FROM fresh)
    UPDATE activities_activity AS activity SET arrival = ({HIGHEST}) + numbered.place
    FROM numbered WHERE numbered.id = activity.id
"""  # noqa: S608  # nothing of it comes from outside
