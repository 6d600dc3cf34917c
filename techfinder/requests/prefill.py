"""What the form starts with: from the address, and from whoever above this room has something to add."""

from collections.abc import Callable
from typing import Any

from django.http import QueryDict

from techfinder.accounts.models import User
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.models import School
from techfinder.requests.levels import leaves_in_order

Source = Callable[[QueryDict], dict[str, Any]]
_sources: list[Source] = []


def register(source: Source) -> Source:
    """Let a room above fill in fields: it gets the query of the address and returns initial values."""
    _sources.append(source)
    return source


def initial_of(query: QueryDict) -> dict[str, Any]:
    """The initial values that an address asks for; what the address says itself goes first."""
    initial: dict[str, Any] = {}
    for source in _sources:
        initial |= source(query)
    return initial | _from_address(query)


def _from_address(query: QueryDict) -> dict[str, Any]:
    wanted = {
        "themes": query.getlist("thema"),
        "kinds": query.getlist("soort"),
        "levels": leaves_in_order(query.getlist("niveau")),
        "school_q": query.get("plaats", "")[:100],
    }
    return {name: value for name, value in wanted.items() if value}


def schools_of(user: User, limit: int = 20) -> list[School]:
    """The schools that a person acts for, as a member or through the board."""
    schools = School.objects.open().filter(pk__in=school_ids_of(user)).select_related("municipality")
    return list(schools.order_by("name", "code")[:limit])
