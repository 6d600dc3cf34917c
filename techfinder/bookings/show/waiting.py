"""Where a request stands on the waiting list, as its page shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from techfinder.bookings.actions.waiting import look_day
from techfinder.bookings.models import Waiting
from techfinder.bookings.queries.rules import Rules
from techfinder.bookings.queries.waiting import Place, fitting, news_of, place_of, waiting_of, with_place
from techfinder.matches.queries import FEW, why_not
from techfinder.matches.show import request_facts
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.queries import theme_names

# So many places are drawn.
MOST_NODES = 9


@dataclass(frozen=True, slots=True)
class Standing:
    """A request that waits: its row, its place, and the words for what it is placed among."""

    waiting: Waiting
    place: Place
    region: Region
    themes: list[str]

    @property
    def nodes(self) -> list[int]:
        """The places around one's own: 1 2 3."""
        first = max(1, min(self.place.number - MOST_NODES // 2, self.place.total - MOST_NODES + 1))
        return list(range(first, min(self.place.total, first + MOST_NODES - 1) + 1))

    @property
    def is_due(self) -> bool:
        """The day of the look has come: somebody looks as soon as she can."""
        return self.waiting.look_on <= timezone.localdate()


def standing_of(request: Request) -> Standing | None:
    """None when it has a place, or is no longer asked. What opened this minute is placed as it will be."""
    if request.status != Request.Status.OPEN:
        return None
    waiting = waiting_of(request) or _coming(request)
    if waiting is None:
        return None
    town = waiting.request.school.municipality
    names = theme_names()
    themes = [names.get(code, code) for code in request.themes]
    return Standing(waiting, place_of(waiting), town.parent or town, themes)


def _coming(request: Request) -> Waiting | None:
    if with_place(request.pk).exists():
        return None
    since = request.confirmed_at or request.created_at
    return Waiting(request=request, since=since, look_on=look_day(request, timezone.localdate(since), Rules()))


def page_of(request: Request, standing: Standing) -> dict[str, Any]:
    """What is missing, what fits, and what came online since."""
    fits = fitting(request.pk).count()
    looks = not request.is_being_matched and fits < FEW
    why = why_not(request) if looks else None
    return {
        "standing": standing,
        "facts": request_facts(request),
        "fits": fits,
        "why": why,
        "news": news_of(standing.waiting, why),
    }
