"""What campaigns add to the page of a request: the place that it was given."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from techfinder.campaigns.models import Award
from techfinder.campaigns.words import place_of
from techfinder.matches.beside import Page, register
from techfinder.requests.models import Request


@register(Page.REQUEST)
def on_request(_request: HttpRequest, about: Request) -> dict[str, Any]:
    """Its days, with whom to reach, as in the mail about it."""
    given = Award.objects.filter(request=about, given=True).select_related("activity__provider", "session")
    return {"campaign_places": [(award.activity, place_of(award)) for award in given.order_by("date", "id")]}
