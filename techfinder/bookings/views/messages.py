"""What the two sides write to each other: signed in, or by the link of a mail; and a concern for the coordinator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from techfinder.bookings.access import booking_for
from techfinder.bookings.actions.messages import CannotWriteError, TooManyError, report_concern, send_message
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.forms.messages import ConcernForm, MessageForm
from techfinder.bookings.links.opening import Opened, open_link
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import PARTIES, other
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.messages import can_read, can_write, messages_of
from techfinder.bookings.show.messages import lines
from techfinder.bookings.show.words import name_of
from techfinder.bookings.views.guard import secret
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20


@dataclass(frozen=True, slots=True)
class Talk:
    """Who talks about which booking, and where the pages around it are."""

    booking: Booking
    by: Actor
    here: str
    concern: str
    back: str

    @property
    def writes(self) -> bool:
        return self.by.side in PARTIES and can_write(self.booking)


@login_required
@never_cache
@either
def thread(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """For who is signed in; a coordinator reads it when somebody has a concern."""
    return _thread(request, _signed_in(request, uuid))


@login_required
@never_cache
@either
def concern(request: HttpRequest, uuid: UUID) -> HttpResponse:
    talk = _signed_in(request, uuid)
    if talk.by.side not in PARTIES:
        raise Http404
    return _concern(request, talk)


def _signed_in(request: HttpRequest, uuid: UUID) -> Talk:
    booking, side = booking_for(request.user, uuid)
    if not can_read(booking, side):
        raise Http404
    assert request.user.is_authenticated
    here, concern_url = (reverse(f"bookings:{name}", args=[uuid]) for name in ("messages", "concern"))
    return Talk(booking, person(request.user, side), here, concern_url, booking.get_absolute_url())


def thread_by_link(request: HttpRequest, opened: Opened) -> HttpResponse:
    """For who holds the link of a mail; called by its view."""
    return _thread(request, _by_link(opened))


@secret
@either
def concern_by_link(request: HttpRequest, token: str) -> HttpResponse:
    opened = open_link(token, request.user)
    if opened.actor is None:
        return redirect("bookings:link", token)
    return _concern(request, _by_link(opened))


def _by_link(opened: Opened) -> Talk:
    assert opened.actor is not None
    here = opened.url(Purpose.MESSAGE)
    concern_url = reverse("bookings:concern_by_link", args=[opened.token])
    return Talk(opened.booking, opened.actor, here, concern_url, opened.url(Purpose.PAGE))


# ------------------------------------------------------------------- pages


def _thread(request: HttpRequest, talk: Talk) -> HttpResponse:
    form = MessageForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _send(request, talk, form):
        return redirect(talk.here)
    return _show(request, "bookings/messages.html", talk, form, **_written(request, talk))


def _written(request: HttpRequest, talk: Talk) -> dict[str, Any]:
    page = Paginator(messages_of(talk.booking), PER_PAGE).get_page(request.GET.get("page"))
    return {"page": page, "lines": lines(page.object_list, talk.booking, talk.by.side)}


def _send(request: HttpRequest, talk: Talk, form: MessageForm) -> bool:
    """Whether it was sent; if not, the form says why."""
    if not talk.writes:
        raise Http404
    try:
        send_message(booking_id=talk.booking.pk, by=talk.by, text=form.cleaned_data["text"])
    except TooManyError:
        form.add_error("text", _("So many messages within an hour: wait a while"))
    except CannotWriteError:
        form.add_error(None, _("This is closed: there is nothing more to write about"))
    else:
        words = _("Your message is sent. %(other)s gets it by mail and can answer there.")
        messages.success(request, words % {"other": name_of(talk.booking, other(talk.by.side))})
        return True
    return False


def _concern(request: HttpRequest, talk: Talk) -> HttpResponse:
    form = ConcernForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, "bookings/concern.html", talk, form)
    report_concern(booking_id=talk.booking.pk, by=talk.by, words=form.cleaned_data["words"])
    messages.success(
        request,
        _("The coordinator of the region has your concern, reads the messages and writes or calls you. "
          "The other side is told nothing by us."),
    )  # fmt: skip
    return redirect(talk.here)


def _show(request: HttpRequest, template: str, talk: Talk, form: Form, **more: Any) -> HttpResponse:
    booking, side = talk.booking, talk.by.side
    context = {
        "talk": talk,
        "form": form,
        "title": booking.activity.title,
        "other": name_of(booking, other(side)) if side in PARTIES else "",
        **more,
    }
    return render(request, template, context, status=status_of(form))
