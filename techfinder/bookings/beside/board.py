"""What bookings add to the pages of matches: one's own page, that of a request, and that of an activity's requests."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings.machine import LIVE, SETTLED, WAITING, Side
from techfinder.bookings.models import Booking
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
    waiting, waiting_count = _first(mine.waiting(), SHOWN)
    coming, coming_count = _first(mine.coming(), FEW)
    theirs, theirs_count = _first(mine.elsewhere(), FEW)
    board = Board(
        waiting=lines(waiting, mine),
        waiting_count=waiting_count,
        coming=lines(coming, mine),
        coming_count=coming_count,
        theirs=lines(theirs, mine),
        theirs_count=theirs_count,
    )
    return {"bookings": board}


def _first(bookings: QuerySet[Booking], shown: int) -> tuple[list[Booking], int]:
    """So many of them, and how many there are: counted only when there are more."""
    found = list(bookings[: shown + 1])
    return found[:shown], len(found) if len(found) <= shown else bookings.count()


@register(Page.REQUEST)
def on_request(request: HttpRequest, about: Request) -> dict[str, Any]:
    """The bookings of a request, and by activity what runs or ended last."""
    side = Side.SCHOOL if may_act(request.user, about) else Side.COORDINATOR
    found = [line(each, side) for each in of_request(about)[:MOST]]
    booked: dict[int, BookingLine] = {}
    for each in found:
        booked.setdefault(each.booking.activity_id, each)
    return {"bookings": found, "booked": booked, "answer": _answer(found)}


def _answer(found: list[BookingLine]) -> dict[str, str] | None:
    """The stage of what runs: what is nearest to an agreement."""
    live = [each for each in found if each.is_live]
    for states in (SETTLED, WAITING, LIVE):
        for each in live:
            if each.booking.state in states:
                return {"title": each.state, "text": each.next or each.when, "state": "now"}
    return None


@register(Page.ACTIVITY)
def on_activity(request: HttpRequest, about: Activity) -> dict[str, Any]:
    """By request what runs, and how many wait for a place."""
    found = [line(each, Side.PROVIDER) for each in live_of_activity(about)[:MOST]]
    return {
        "booked": {each.booking.request_id: each for each in found},
        "queue_count": queues_of(about).count(),
    }
