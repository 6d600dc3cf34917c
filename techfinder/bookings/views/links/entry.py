"""The link of a mail: GET and HEAD show, POST acts."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_http_methods

from techfinder.bookings import tokens
from techfinder.bookings.models import Booking


@require_http_methods(["GET", "HEAD", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """One question, and what happens next."""
    read = tokens.read(token)
    if read is None:
        raise Http404
    booking = get_object_or_404(
        Booking.objects.select_related("activity__provider", "request__school"), pk=read.booking_id
    )
    return render(request, "bookings/link.html", {"booking": booking, "side": read.side, "token": token})
