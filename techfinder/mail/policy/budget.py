"""So many suggestions a week and no more: what is beyond that waits for an overview in which there is room.

Counted is what was written to an address in seven days and went or will go. An address that is mailed no more has no
room at all: what would suit waits until it is mailed again. What somebody asked for, or waits for, is
never counted and never held; nor are the tasks of a coordinator, which are work.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Count, Value

from techfinder.mail.kinds import KINDS, SUGGESTIONS, Group
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.mail.queries import preferences_of

WEEK = dt.timedelta(days=7)
State = OutgoingMail.State
COUNTED = [name for name, kind in KINDS.items() if kind.sort in SUGGESTIONS and kind.group != Group.TASKS]
MORE_THAN_ALL = 10**6
GOES = (State.QUEUED, State.SENDING, State.SENT)


def left(addresses: Collection[str], now: dt.datetime) -> dict[str, int]:
    """How many more suggestions each address may be written now, by the address in lower case. Two queries."""
    chosen = preferences_of(addresses)
    written = _written(chosen, now - WEEK)
    return {address: max(0, each.most_per_week - written.get(address, 0)) for address, each in chosen.items()}


def _written(addresses: Collection[str], since: dt.datetime) -> dict[str, int]:
    # The sorts are in the condition of the index.
    sorts = [int(each) for each in SUGGESTIONS]
    rows = OutgoingMail.objects.filter(to__in=addresses, priority__in=sorts, created_at__gt=since)
    rows = rows.filter(kind__in=COUNTED, state__in=GOES)
    counted = rows.values_list("to").annotate(Count("pk")).order_by()
    suppressed = Suppression.objects.standing().filter(email__in=addresses).values_list("email", Value(MORE_THAN_ALL))
    # The larger of the two comes last.
    return dict(sorted(counted.union(suppressed, all=True)))
