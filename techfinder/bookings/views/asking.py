"""Asking for an activity by a school, or by a coordinator for it; and offering one by its provider."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.bookings import actions
from techfinder.bookings.actions.errors import BookingError
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.forms.asking import AskForm
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.matches.access import may_act, own_requests
from techfinder.matches.models import Match
from techfinder.matches.show import request_facts
from techfinder.organisations.queries import own_providers
from techfinder.requests.access import get_request, is_person
from techfinder.requests.models import Request
from techfinder.taxonomy.http import either, status_of


@either
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask for an activity: with the request of the address, else with the own one that it fits, else with a new one."""
    activity = get_object_or_404(Activity.objects.public().select_related("provider"), slug=slug)
    if not is_person(request.user):
        return _new_request(activity)
    fitting = list(_fitting(request.user, activity)[:1])
    chosen = _chosen(request, request.GET.get("vraag", "")) or next(iter(fitting), None)
    if chosen is None:
        return _new_request(activity)
    going = Booking.objects.live().filter(request=chosen, activity=activity).first()
    if going:
        messages.info(request, _("This was asked already. Here you see how it stands."))
        return redirect(going)
    side = Side.SCHOOL if may_act(request.user, chosen) else Side.COORDINATOR
    return _ask(request, activity, chosen, person(request.user, side))


@login_required
@either
def offer(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Offer one of the own activities for a request that is put before it."""
    assert isinstance(request.user, User)
    placed = Match.objects.placed().filter(activity__provider__in=own_providers(request.user))
    pair = placed.select_related("activity__provider", "request__school__municipality")
    match = get_object_or_404(pair, activity__slug=slug, request__uuid=uuid)
    going = Booking.objects.live().filter(request=match.request, activity=match.activity).first()
    if going:
        messages.info(request, _("You are in touch with this school already. Here you see how it stands."))
        return redirect(going)
    return _ask(request, match.activity, match.request, person(request.user, Side.PROVIDER))


def _new_request(activity: Activity) -> HttpResponse:
    """Who has no request yet posts one; the activity is asked for as soon as it is open."""
    return redirect(f"{reverse('requests:new')}?{urlencode({'activiteit': activity.slug})}")


def _chosen(request: HttpRequest, text: str) -> Request | None:
    """The request of the address: one's own, or of a school in the own region. 404 for another's."""
    if not text:
        return None
    try:
        uuid = UUID(text)
    except ValueError:
        raise Http404 from None
    return get_request(request.user, uuid)


def _fitting(user: User, activity: Activity) -> QuerySet[Request]:
    """The own open requests that this activity fits, and for which it was not asked; the newest first."""
    fits = Match.objects.open().filter(request=OuterRef("pk"), activity=activity)
    asked = Booking.objects.live().filter(request=OuterRef("pk"), activity=activity)
    found = own_requests(user).open().filter(Exists(fits), ~Exists(asked))  # type: ignore[attr-defined]
    return found.select_related("school__municipality").order_by("-created_at", "-pk")


def _ask(request: HttpRequest, activity: Activity, asked: Request, by: Actor) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    form = AskForm(data, activity=activity, request=asked, offers=by.side == Side.PROVIDER)
    if form.is_valid():
        try:
            booking = actions.ask(request_id=asked.pk, activity_id=activity.pk, by=by, **form.asked())
        except BookingError as error:
            form.refuse(error)
        else:
            messages.success(request, _asked_words(booking, by.side))
            return redirect(booking)
    context = {
        "form": form,
        "activity": activity,
        "asked": asked,
        "facts": request_facts(asked),
        "offers": by.side == Side.PROVIDER,
        "for_school": by.side == Side.COORDINATOR,
        "new_url": _new_request(activity).headers["Location"],
    }
    return render(request, "bookings/ask.html", context, status=status_of(form))


def _asked_words(booking: Booking, side: str) -> str:
    if booking.state == State.QUEUED:
        return _("You stand in the queue for this day. As soon as there is a place, you get a mail.")
    if side == Side.PROVIDER:
        return _("The school has your offer by mail. Here you see how it stands.")
    return _("Asked. The provider has your question by mail. Here you see how it stands.")
