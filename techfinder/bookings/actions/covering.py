"""A request is answered when what is agreed covers its group, and open again when that comes to nothing.

Called with the request held (`base.hold(..., request=True)`).
"""

from __future__ import annotations

from django.db.models import Sum
from django.db.models.functions import Greatest

from techfinder.bookings.machine import SETTLED, State
from techfinder.bookings.models import Booking
from techfinder.requests.actions import fulfil, reopen
from techfinder.requests.models import Request

COVERS = (*SETTLED, State.HAPPENED, State.UNKNOWN)


def covered(request_id: int) -> int:
    """How many of its group have a place, or had one as far as anybody told; fewer may come than were asked for."""
    seated = Booking.objects.filter(request=request_id, state__in=COVERS)
    return seated.aggregate(sum=Sum(Greatest("covers", "pupils")))["sum"] or 0


def fulfil_if_covered(request: Request) -> None:
    if covered(request.pk) >= request.group_size:
        fulfil(request_ids=[request.pk])


def reopen_if_bare(request: Request, *, was: int) -> None:
    """Open it again when `was` (what was covered before the step) was enough and what is left is not."""
    if was >= request.group_size > covered(request.pk):
        reopen(request_id=request.pk)
