"""After a no, or no answer: ask for something else at once, without signing in."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from techfinder.bookings import actions
from techfinder.bookings.actions.errors import BookingError, CannotAskError, Why
from techfinder.bookings.forms.asking import REFUSALS
from techfinder.bookings.links import tokens
from techfinder.bookings.links.opening import Opened, open_link
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Booking
from techfinder.bookings.views.guard import secret
from techfinder.taxonomy.http import either


def ask_url(opened: Opened) -> str:
    """Where who holds the link asks for another activity; empty for who cannot."""
    return reverse("bookings:link_ask", args=[opened.token]) if _may_ask(opened) else ""


def _may_ask(opened: Opened) -> bool:
    return opened.side == Side.SCHOOL and opened.actor is not None


@secret
@either
def ask_other(request: HttpRequest, token: str) -> HttpResponse:
    """POST asks for one of the alternatives with the same request; GET leads to the page that shows them."""
    opened = open_link(token, request.user)
    activity_id = request.POST.get("activity", "")
    if request.method != "POST" or not _may_ask(opened) or not activity_id.isdecimal():
        return redirect(opened.url(Purpose.PAGE))
    try:
        asked = _ask(opened, int(activity_id))
    except BookingError as error:
        why = error.why if isinstance(error, CannotAskError) else Why.PAST
        messages.error(request, str(REFUSALS[why][1]))
        return redirect(opened.url(Purpose.PAGE))
    messages.success(request, _("You asked %(provider)s.") % {"provider": asked.activity.provider.name})
    return redirect("bookings:link", tokens.token(asked, Side.SCHOOL, Purpose.PAGE))


def _ask(opened: Opened, activity_id: int) -> Booking:
    """As many pupils as before; a second press finds what the first one asked."""
    assert opened.actor is not None
    old = opened.booking
    known = Booking.objects.live().filter(request=old.request_id, activity=activity_id, part=old.part).first()
    return known or actions.ask(
        request_id=old.request_id, activity_id=activity_id, by=opened.actor, pupils=old.pupils, part=old.part
    )
