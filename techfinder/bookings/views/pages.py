"""The pages of bookings for people who are signed in."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from techfinder.bookings import show
from techfinder.bookings.access import booking_for


@login_required
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One booking for both sides and the coordinator: where it stands and what can be done now."""
    booking, side = booking_for(request.user, uuid)
    return render(request, "bookings/detail.html", {"shown": show.page_of(booking, side)})
