"""What the waiting list adds to the pages of matches: a place for schools, who asks nearby for companies."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from techfinder.activities.models import Activity
from techfinder.bookings.queries.waiting import schools_nearby
from techfinder.bookings.show.waiting import standing_of
from techfinder.matches.beside import Page, register
from techfinder.organisations.queries import own_providers, single_handed
from techfinder.requests.access import is_person
from techfinder.requests.models import Request

# Of a provider with more, the newest are counted.
MOST_ACTIVITIES = 10


@register(Page.DASHBOARD)
def on_dashboard(request: HttpRequest, _about: None) -> dict[str, Any]:
    """How many schools nearby wait for what one's companies offer, and where one is the only contact."""
    if not is_person(request.user):
        return {}
    offers = Activity.objects.public().filter(provider__in=own_providers(request.user)).order_by("-published_at", "-pk")
    ids = list(offers.values_list("pk", flat=True)[:MOST_ACTIVITIES])
    return {"nearby": schools_nearby(ids) if ids else 0, "alone_at": single_handed(request.user)}


@register(Page.ACTIVITY)
def on_activity(_request: HttpRequest, activity: Activity) -> dict[str, Any]:
    return {"nearby": schools_nearby([activity.pk])}


@register(Page.REQUEST)
def on_request(_request: HttpRequest, asked: Request) -> dict[str, Any]:
    return {"standing": standing_of(asked)}
