"""The pages of bookings for people who are signed in."""

from __future__ import annotations

from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.models import User
from techfinder.bookings import actions, show
from techfinder.bookings.access import booking_for
from techfinder.bookings.actions.errors import NotAllowedError, OvertakenError
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.filters import BookingFilter
from techfinder.bookings.forms.answering import FORMS, StepForm, form_of, take
from techfinder.bookings.machine import PARTIES, Side, Step, may
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.lists import mine_of
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20


@login_required
@require_safe
def own_list(request: HttpRequest) -> HttpResponse:
    """All bookings of this person, of both sides."""
    assert isinstance(request.user, User)
    mine = mine_of(request.user)
    chosen = BookingFilter(request.GET, mine=mine)
    page = Paginator(chosen.qs, PER_PAGE).get_page(request.GET.get("page"))
    context = {"filter": chosen, "page": page, "lines": show.lines(page.object_list, mine), "mine": mine}
    return render(request, "bookings/list.html", context)


@login_required
@require_safe
def detail(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One booking for both sides and the coordinator: where it stands and what can be done now."""
    return _page(request, *booking_for(request.user, uuid))


@login_required
@either
def step(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """One step that a side may take, as a form. When another came first: what the booking is now."""
    booking, side = booking_for(request.user, uuid)
    chosen = show.BY_SLUG.get(slug)
    if chosen not in FORMS:
        raise Http404
    if not may(chosen, state=booking.state, turn=booking.turn, side=side):
        return _overtaken(request, uuid, chosen)
    form = form_of(chosen, booking, side, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _step_page(request, form, chosen)
    return _take(request, form, chosen)


def _take(request: HttpRequest, form: StepForm, chosen: Step) -> HttpResponse:
    try:
        done = take(form, step=chosen, by=_actor(request, Side(form.side)))
    except (OvertakenError, NotAllowedError):
        return _overtaken(request, form.booking.uuid, chosen)
    if done is None:
        return _step_page(request, form, chosen)
    messages.success(request, show.done_words(chosen, done))
    return redirect(done)


def _actor(request: HttpRequest, side: Side) -> Actor:
    assert isinstance(request.user, User)
    return person(request.user, side)


def _step_page(request: HttpRequest, form: StepForm, chosen: Step) -> HttpResponse:
    context = {
        "form": form,
        "booking": form.booking,
        "shown": show.page_of(form.booking, Side(form.side)),
        "title": show.title_of(chosen, form.booking),
        "button": show.button_of(chosen, form.booking),
        "text": show.WORDS[chosen].text,
    }
    return render(request, "bookings/step.html", context, status=status_of(form))


def _overtaken(request: HttpRequest, uuid: UUID, chosen: Step) -> HttpResponse:
    """Somebody was first, it was sent twice, or it is not this side's to answer any more: say what it is now."""
    booking, side = booking_for(request.user, uuid)
    last = booking.events.exclude(side=Side.CLOCK).order_by("-id").first()
    if last and (last.action, last.actor_id) == (chosen, request.user.pk):
        notice = _("You did this already. Below you see how it stands now.")
    else:
        notice = _("This was not done: meanwhile something else happened. Below you see how it stands now.")
    return _page(request, booking, side, notice=notice, status=HTTPStatus.CONFLICT)


@login_required
@require_POST
def take_over(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A colleague becomes the contact of the own side."""
    booking, side = booking_for(request.user, uuid)
    if side not in PARTIES:
        raise Http404
    try:
        done = actions.take_over(booking_id=booking.pk, side=side, by=_actor(request, side))
    except NotAllowedError:
        return _overtaken(request, uuid, Step.TAKE_OVER)
    messages.success(request, _("You are the contact from now on: the mails come to you."))
    return redirect(done)


def _page(
    request: HttpRequest, booking: Booking, side: Side, *, notice: str = "", status: int = HTTPStatus.OK
) -> HttpResponse:
    assert isinstance(request.user, User)
    context = {"shown": show.page_of(booking, side, request.user), "notice": notice}
    return render(request, "bookings/detail.html", context, status=status)
