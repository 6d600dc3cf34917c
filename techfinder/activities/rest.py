"""What has just been published rests before it is mailed to schools that wait: first a provider sees what it wrote.

It is on the site at once, and in what is found for requests that are posted after it.
"""

from __future__ import annotations

import datetime as dt

from django.db.models import Q

REST = dt.timedelta(days=2)


def resting(now: dt.datetime, path: str = "") -> Q:
    """Activities (at `path`, such as "match__activity__") that are not mailed to who waited for them yet."""
    return Q(**{f"{path}published_at__gt": now - REST})
