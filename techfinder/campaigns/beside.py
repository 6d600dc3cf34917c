"""What campaigns add to the pages of matches: the places that were given, for the school and for the company."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from django.http import HttpRequest

from techfinder.accounts.models import User
from techfinder.campaigns.models import Award
from techfinder.campaigns.queries import coming_places
from techfinder.campaigns.words import off_line, place_of
from techfinder.matches.access import may_act
from techfinder.matches.beside import Page, register
from techfinder.requests.models import Request

SHOWN = 20


@register(Page.REQUEST)
def on_request(request: HttpRequest, about: Request) -> dict[str, Any]:
    """Its days, with whom to reach, as in the mail about it; those that were called off with who did that and why."""
    found = Award.objects.filter(request=about, given=True).order_by(F("off_at").asc(nulls_first=True), "date", "id")
    given = list(found.select_related("activity__provider", "session", "request__school"))
    own = bool(given) and may_act(request.user, about)
    places = [
        {
            "award": award,
            "words": place_of(award),
            "off": off_line(award),
            "can_call_off": own and award.can_be_called_off,
        }
        for award in given
    ]
    return {"campaign_places": places, "campaign_standing": sum(not each["off"] for each in places)}


@register(Page.DASHBOARD)
def on_own_page(request: HttpRequest, _about: None) -> dict[str, Any]:
    """The coming groups of the own companies."""
    assert isinstance(request.user, User)
    coming = list(coming_places(request.user)[: SHOWN + 1])
    groups = [{"award": award, "words": place_of(award)} for award in coming[:SHOWN]]
    return {"campaign_groups": groups, "campaign_groups_more": len(coming) > SHOWN}
