"""Asking for a school by hand: any public activity, for it alone or with neighbours who wait too."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.activities.models import Activity
from techfinder.bookings.access import side_of
from techfinder.bookings.actions import brokering
from techfinder.bookings.actions.errors import BookingError, CannotAskError, NoSeatError
from techfinder.bookings.actors import person
from techfinder.bookings.forms.asking import REFUSALS, AskForm
from techfinder.bookings.machine import Side
from techfinder.bookings.queries.neighbours import neighbours
from techfinder.bookings.queries.waiting import waiting_of
from techfinder.matches.show import request_facts
from techfinder.moderation.access import Desk, desk_of
from techfinder.moderation.forms.waiting import DISTANCES, SearchForm, TogetherForm, choices_of, distance_of
from techfinder.moderation.showing import waiting as showing
from techfinder.moderation.waiting_list import request_of
from techfinder.moderation.waiting_list import waiting_of as waiting_of_desk
from techfinder.requests.models import Request
from techfinder.taxonomy.http import either, status_of


@require_safe
def broker(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Choose an activity for a request: of what fits, what nearly fits, or any that is found."""
    asked = request_of(desk_of(request), uuid)
    form = SearchForm(request.GET)
    text = form.cleaned_data["zoek"] if form.is_valid() else ""
    context = {"asked": asked, "form": form, "sought": text, "meta": showing.meta_of(asked),
               "offers": showing.offers_of(asked, text)}  # fmt: skip
    return render(request, "moderation/broker.html", context)


def _activity(slug: str) -> Activity:
    return get_object_or_404(Activity.objects.public().select_related("provider"), slug=slug)


def _subject(asked: Request, activity: Activity) -> dict[str, Any]:
    return {"asked": asked, "activity": activity, "facts": request_facts(asked), "meta": showing.meta_of(asked)}


@either
def broker_ask(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Ask for one activity for one school; both are told."""
    desk = desk_of(request)
    asked, activity = request_of(desk, uuid), _activity(slug)
    form = AskForm(request.POST if request.method == "POST" else None, activity=activity, request=asked)
    if form.is_valid():
        try:
            booking = brokering.broker(
                request_id=asked.pk,
                activity_id=activity.pk,
                by=person(desk.user, Side.COORDINATOR),
                **form.asked(),
            )
        except BookingError as error:
            form.refuse(error)
        else:
            messages.success(request, gettext("Asked. The school and the provider both get a mail."))
            # Who helps another region may not see its bookings.
            return redirect(booking if side_of(desk.user, booking) else "moderation:waiting")
    return render(
        request, "moderation/broker_ask.html", {"form": form, **_subject(asked, activity)}, status=status_of(form)
    )


@either
def together(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Ask for one visit, or one bus, for a school and neighbours who wait too."""
    desk = desk_of(request)
    asked, activity = request_of(desk, uuid), _activity(slug)
    km = distance_of(request.GET.get("km", ""))
    choices = choices_of(_neighbours(desk, asked, km))
    form = TogetherForm(request.POST if request.method == "POST" else None, activity=activity,
                        own=asked.group_size, neighbours=choices)  # fmt: skip
    if form.is_valid() and _merge(form, desk, asked, activity):
        told = gettext("Asked for all of them together. Everybody gets a mail.")
        messages.success(request, told)
        return redirect("moderation:waiting")
    context = {"form": form, "km": km, "distances": DISTANCES, "choices": choices, **_subject(asked, activity)}
    return render(request, "moderation/together.html", context, status=status_of(form))


def _neighbours(desk: Desk, asked: Request, km: int) -> list[Any]:
    """Of those that wait within the distance the ones that this desk may ask for."""
    waiting = waiting_of(asked)
    if waiting is None:
        raise Http404
    found = neighbours(waiting, km=km)
    own = waiting_of_desk(desk).filter(pk__in=[each.waiting.pk for each in found])
    mine = set(own.values_list("pk", flat=True))
    return [each for each in found if each.waiting.pk in mine]


def _merge(form: TogetherForm, desk: Desk, asked: Request, activity: Activity) -> bool:
    """Ask for all, or say at the form why not."""
    others = [int(pk) for pk in form.cleaned_data["neighbours"]]
    try:
        brokering.merge(
            request_ids=[asked.pk, *others],
            activity_id=activity.pk,
            by=person(desk.user, Side.COORDINATOR),
            **form.asked(),
        )
    except NoSeatError:
        form.add_error("neighbours", gettext("This day has too few places for all of them together."))
    except CannotAskError as error:
        form.add_error("neighbours", str(REFUSALS[error.why][1]))
    except BookingError:
        form.add_error(None, gettext("This cannot be asked now. Choose another day."))
    return form.is_valid()
