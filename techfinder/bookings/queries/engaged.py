"""Which questions take a place of a provider that wants no more than so many at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable

from django.db.models import BooleanField, Case, Q, When

from techfinder.bookings.machine import WAITING, Side
from techfinder.bookings.models import Booking
from techfinder.matches.fairness.engaged import Engaged, register

AWAITS = Q(state__in=WAITING, turn=Side.PROVIDER)


@register
def engaged_of(provider_ids: Collection[int], since: dt.datetime) -> Iterable[Engaged]:
    """What these providers were asked since then, or still have to answer."""
    rows = Booking.objects.filter(Q(created_at__gt=since) | AWAITS, activity__provider__in=provider_ids)
    awaits = Case(When(AWAITS, then=True), default=False, output_field=BooleanField())
    found = rows.order_by("pk").values_list("activity__provider", "request", awaits)
    return [Engaged(*row) for row in found]
