"""The link of who works there no more: somebody else of the organisation becomes the contact, or a human finds one."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from techfinder.bookings.actions.contacts import contact_gone
from techfinder.bookings.links.opening import Opened
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.show.words import name_of


def gone(request: HttpRequest, opened: Opened) -> HttpResponse:
    """GET asks whether the contact left, POST says so; nothing is decided about the booking itself."""
    name, email, _phone = opened.booking.contact(opened.side)
    if not email or not opened.booking.is_live:
        return redirect(opened.url(Purpose.PAGE))
    if request.method == "POST" and opened.actor:
        contact_gone(side=opened.side, by=opened.actor, booking_id=opened.booking.pk)
        return redirect(reverse("bookings:link_done", args=[opened.token]))
    context = {
        "opened": opened,
        "title": opened.booking.activity.title,
        "name": "" if opened.is_contact else name or email,
        "organisation": name_of(opened.booking, opened.side),
        "page": opened.url(Purpose.PAGE),
    }
    return render(request, "bookings/link_gone.html", context)
