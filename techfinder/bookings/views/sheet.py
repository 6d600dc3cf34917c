"""The day sheet: what a side tells of the day, signed in or by the link of a mail."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from techfinder.bookings import actions
from techfinder.bookings.access import booking_for
from techfinder.bookings.actions.errors import NoSeatError, OvertakenError
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.day import lines, missing, place
from techfinder.bookings.forms.sheet import SheetForm
from techfinder.bookings.links.opening import open_link
from techfinder.bookings.machine import Step, may
from techfinder.bookings.models import Booking
from techfinder.bookings.views.guard import secret
from techfinder.taxonomy.http import either, status_of


@login_required
@never_cache
@either
def sheet(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For who is signed in; 404 when nothing is agreed."""
    booking, side = booking_for(request.user, uuid)
    assert request.user.is_authenticated
    return _fill_in(request, booking, person(request.user, side), back=booking.get_absolute_url(), by_link=False)


@secret
@either
def sheet_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """For who holds the link of a mail; one that is no longer good leads to the page that says what happened."""
    opened = open_link(token, request.user)
    if opened.actor is None or not opened.may(Step.CHANGE):
        return redirect("bookings:link", token)
    return _fill_in(request, opened.booking, opened.actor, back=opened.url("page"), by_link=True)


def _fill_in(request: HttpRequest, booking: Booking, by: Actor, *, back: str, by_link: bool) -> HttpResponse:
    """GET shows the form with what is known, POST keeps what differs and tells the other side."""
    if not may(Step.CHANGE, state=booking.state, turn=booking.turn, side=by.side):
        raise Http404
    form = SheetForm(request.POST if request.method == "POST" else None, booking=booking, side=by.side)
    if request.method == "POST" and form.is_valid() and _keep(request, form, by):
        return redirect(back)
    context = {
        "form": form,
        "booking": booking,
        "back": back,
        "lines": lines(booking, by.side),
        "missing": missing(booking, by.side),
        "place": place(booking),
        "by_link": by_link,
    }
    return render(request, "bookings/sheet.html", context, status=status_of(form))


def _keep(request: HttpRequest, form: SheetForm, by: Actor) -> bool:
    """Whether it was kept; if not, the form says why, with what was typed still in it."""
    changes = form.changes()
    if not changes:
        messages.info(request, _("Nothing was changed."))
        return True
    try:
        actions.change(booking_id=form.booking.pk, version=form.cleaned_data["version"], by=by, fields=changes)
    except NoSeatError:
        form.add_error("pupils", _("This day has too few places left for so many pupils."))
    except OvertakenError as error:
        form.add_error(None, _("Somebody changed this meanwhile. Look at it again, and save once more."))
        form.take_up(error.booking)
    else:
        messages.success(request, _("Saved. The other side gets a mail with what you changed."))
        return True
    return False
