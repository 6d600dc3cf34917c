"""What bookings add to the pages of matches: one's own page, that of a request, and that of an activity's requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings.machine import Side
from techfinder.bookings.queries.lists import live_of_activity, mine_of, of_request, queues_of
from techfinder.bookings.show.lines import BookingLine, line, lines
from techfinder.matches.access import may_act
from techfinder.matches.beside import Page, register
from techfinder.requests.models import Request

SHOWN = 10
FEW = 5
MOST = 200


@dataclass(frozen=True)
class Board:
    """What one's own page says of bookings: the first of each, with how many there are."""

    waiting: list[BookingLine]
    waiting_count: int
    coming: list[BookingLine]
    coming_count: int
    theirs: list[BookingLine]
    theirs_count: int

    @property
    def count(self) -> int:
        return self.waiting_count + self.coming_count + self.theirs_count


@register(Page.DASHBOARD)
def on_own_page(request: HttpRequest, _about: None) -> dict[str, Any]:
    """What waits for this person, the coming days, and what waits for another."""
    assert isinstance(request.user, User)
    mine = mine_of(request.user)
    waiting, coming, theirs = mine.waiting(), mine.coming(), mine.elsewhere()
    board = Board(
        waiting=lines(waiting[:SHOWN], mine),
        waiting_count=waiting.count(),
        coming=lines(coming[:FEW], mine),
        coming_count=coming.count(),
        theirs=lines(theirs[:FEW], mine),
        theirs_count=theirs.count(),
    )
    return {"bookings": board}


@register(Page.REQUEST)
def on_request(request: HttpRequest, about: Request) -> dict[str, Any]:
    """The bookings of a request, and by activity what runs or ended last."""
    side = Side.SCHOOL if may_act(request.user, about) else Side.COORDINATOR
    found = [line(each, side) for each in of_request(about)[:MOST]]
    booked: dict[int, BookingLine] = {}
    for each in found:
        booked.setdefault(each.booking.activity_id, each)
    return {"bookings": found, "booked": booked}


@register(Page.ACTIVITY)
def on_activity(request: HttpRequest, about: Activity) -> dict[str, Any]:
    """By request what runs, and how many wait for a place."""
    found = [line(each, Side.PROVIDER) for each in live_of_activity(about)[:MOST]]
    return {
        "booked": {each.booking.request_id: each for each in found},
        "queue_count": queues_of(about).count(),
    }
