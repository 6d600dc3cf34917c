"""What comes after a booking, on one's own page: proposals to work together, and the way to the records."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from techfinder.accounts.models import User
from techfinder.bookings.queries.partnerships import proposed_to
from techfinder.matches.beside import Page, register

SHOWN = 5


@register(Page.DASHBOARD)
def on_own_page(request: HttpRequest, _about: None) -> dict[str, Any]:
    """The first proposals that wait for this person's yes."""
    assert isinstance(request.user, User)
    return {"partnership_proposals": list(proposed_to(request.user)[:SHOWN])}
