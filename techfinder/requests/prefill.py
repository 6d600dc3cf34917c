"""What the form starts with: from the address, and from whoever above this room has something to add."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import QueryDict

from techfinder.accounts.models import User
from techfinder.organisations.access import school_ids_of
from techfinder.organisations.models import School
from techfinder.requests.levels import leaves_in_order

Source = Callable[[QueryDict], dict[str, Any]]
_sources: list[Source] = []
LONGEST_NUMBER = 6


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
        "title": query.get("titel", "")[:100],
        "delivery": query.getlist("plek"),
        "audience": query.getlist("doelgroep"),
        "group_size": _number(query.get("leerlingen", "")),
        "date_from": _day(query.get("van", "")),
        "date_until": _day(query.get("tot", "")),
        "max_travel_km": _number(query.get("km", "")),
        "max_cost": _number(query.get("budget", "")),
        "wanted": query.get("activiteit", "")[:140],
    }
    return {name: value for name, value in wanted.items() if value not in ("", [], None)}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_NUMBER else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def schools_of(user: User, limit: int = 20) -> list[School]:
    """The schools that a person acts for, as a member or through the board."""
    schools = School.objects.open().filter(pk__in=school_ids_of(user)).select_related("municipality")
    return list(schools.order_by("name", "code")[:limit])
