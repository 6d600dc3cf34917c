"""Asking once more: next year, for parallel classes, as a row of lessons. The day is proposed; people check it."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from techfinder.activities.models import Activity
from techfinder.bookings.access import booking_for, bookings_of, coordinated_by, with_both_sides
from techfinder.bookings.actions.again import ask_again, ask_in_parts, ask_several
from techfinder.bookings.actions.asking import Part
from techfinder.bookings.actions.errors import BookingError, CannotAskError, NoSeatError
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.forms.again import (
    FEWEST_CLASSES,
    MOST_CLASSES,
    AgainForm,
    ClassFormSet,
    CountForm,
    RowForm,
    TogetherForm,
)
from techfinder.bookings.forms.asking import REFUSALS
from techfinder.bookings.links.opening import Opened, open_link
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.links.tokens import token as token_of
from techfinder.bookings.machine import AFTER, Side
from techfinder.bookings.models import Booking, Series
from techfinder.bookings.queries.next_year import nearest_session, suggested_day
from techfinder.bookings.show.more import REPEATABLE
from techfinder.bookings.show.parts import Part as Shown
from techfinder.bookings.show.parts import parts_of, told
from techfinder.bookings.show.words import day_words
from techfinder.bookings.views.guard import secret
from techfinder.matches.access import may_act
from techfinder.requests.access import get_request
from techfinder.requests.models import Request
from techfinder.taxonomy.http import either, status_of
from techfinder.taxonomy.workdays import Workdays

DEFAULT_CLASSES = 4


@dataclass(frozen=True)
class Source:
    """What is asked again: the request with its activity; of a booking it is copied first."""

    request: Request
    activity: Activity
    by: Actor
    booking: Booking | None = None

    @property
    def back_url(self) -> str:
        about = self.booking or self.request
        return about.get_absolute_url()

    def ask(self, kind: Series.Kind, parts: list[Part], *, all_or_none: bool = False, words: str = "") -> list[Booking]:
        wanted: dict[str, Any] = {"kind": kind, "parts": parts, "all_or_none": all_or_none, "words": words}
        if self.booking:
            return ask_several(booking_id=self.booking.pk, by=self.by, **wanted)
        return ask_in_parts(request_id=self.request.pk, activity_id=self.activity.pk, by=self.by, **wanted)


# ---------------------------------------------------------------- once more


@login_required
@either
def again(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The same next year, in one click: the day is filled in."""
    source = _of_booking(request, uuid)
    assert source.booking
    return _again(request, source.booking, source.by, lambda asked: asked.get_absolute_url())


@secret
@either
def again_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """The same, from the mail and without signing in."""
    opened = open_link(token, request.user)
    if opened.actor is None or opened.side != Side.SCHOOL or opened.booking.state not in REPEATABLE:
        raise Http404
    return _again(request, opened.booking, opened.actor, lambda asked: _link_to(opened, asked))


def _link_to(opened: Opened, asked: Booking) -> str:
    """The page of the new booking, for who holds the link of the old one."""
    return reverse("bookings:link", args=[token_of(asked, opened.side, Purpose.PAGE)])


def _again(request: HttpRequest, booking: Booking, by: Actor, page_of: Any) -> HttpResponse:
    day = suggested_day(booking)
    session = nearest_session(booking.activity, day)
    initial = {
        "date": day,
        "start": booking.start,
        "end": booking.end,
        "pupils": booking.pupils,
        "delivery": booking.delivery,
        "session": str(session.pk) if session else "",
    }
    data = request.POST if request.method == "POST" else None
    form = AgainForm(data, activity=booking.activity, request=booking.request, initial=initial)
    if form.is_valid():
        try:
            asked = ask_again(booking_id=booking.pk, by=by, **form.asked())
        except BookingError as error:
            form.refuse(error)
        else:
            messages.success(request, told([asked]))
            return redirect(page_of(asked))
    context = {
        "form": form,
        "booking": booking,
        "proposed": day_words(day),
        "has_places": "session" in form.fields,
        "is_public": _is_public(booking.activity),
    }
    return render(request, "bookings/again.html", context, status=status_of(form))


def _is_public(activity: Activity) -> bool:
    return Activity.objects.public().filter(pk=activity.pk).exists()


# ------------------------------------------------------------ several at once


@login_required
@either
def classes(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Parallel classes in one go, like a booking that there is."""
    return _classes(request, _of_booking(request, uuid))


@login_required
@either
def classes_of_request(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Parallel classes in one go, for a request that is open."""
    return _classes(request, _of_request(request, uuid, slug))


def _classes(request: HttpRequest, source: Source) -> HttpResponse:
    count = _count(request)
    pupils = source.booking.pupils if source.booking else max(1, -(-source.request.group_size // count))
    day = suggested_day(source.booking) if source.booking and source.booking.state in AFTER else None
    data = request.POST if request.method == "POST" else None
    formset = ClassFormSet(
        data,
        initial=[{"pupils": pupils, "date": day}] * count,
        form_kwargs={"activity": source.activity, "request": source.request},
    )
    together = TogetherForm(data, has_places=_has_places(formset))
    if data is not None and formset.is_valid() and together.is_valid():
        asked = _ask(source, Series.Kind.CLASSES, _parts(formset), together)
        if asked:
            return _done(request, asked)
    context = {"formset": formset, "together": together, "count": CountForm(initial={"klassen": count})}
    return _several(request, source, "bookings/classes.html", [formset, together], context)


@login_required
@either
def row(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """A row of lessons, like a booking that there is."""
    return _row(request, _of_booking(request, uuid))


@login_required
@either
def row_of_request(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """A row of lessons, for a request that is open."""
    return _row(request, _of_request(request, uuid, slug))


def _row(request: HttpRequest, source: Source) -> HttpResponse:
    data = request.POST if request.method == "POST" else None
    old = source.booking
    initial = {"pupils": old.pupils, "start": old.start, "end": old.end} if old else {}
    days = Workdays(source.request.school.holiday_region)
    form = RowForm(data, activity=source.activity, request=source.request, days=days, initial=initial)
    together = TogetherForm(data, has_places="dates" in form.fields)
    del together.fields["words"]
    parts = form.parts() if data is not None and form.is_valid() and together.is_valid() else []
    if parts and "sure" in request.POST:
        asked = _ask(source, Series.Kind.ROW, parts, together, words=form.cleaned_data["words"])
        if asked:
            return _done(request, asked)
    context = {"form": form, "together": together, "parts": parts}
    return _several(request, source, "bookings/row.html", [form, together], context)


def _ask(
    source: Source, kind: Series.Kind, parts: list[Part], together: TogetherForm, words: str = ""
) -> list[Booking]:
    """Ask for all parts; none when it cannot be: the form says why."""
    words = words or together.cleaned_data.get("words", "")
    try:
        return source.ask(kind, parts, all_or_none=together.all_or_none, words=words)
    except NoSeatError:
        together.add_error("fit", _("There are too few places for all. Choose other days, or as many as there are."))
    except CannotAskError as error:
        together.add_error(None, str(REFUSALS[error.why][1]))
    return []


def _parts(formset: Any) -> list[Part]:
    return [form.part() for form in formset]


def _has_places(formset: Any) -> bool:
    return bool(formset.forms) and "session" in formset.forms[0].fields


def _count(request: HttpRequest) -> int:
    text = request.GET.get("klassen", "")
    count = int(text) if text.isascii() and text.isdigit() and len(text) < 3 else DEFAULT_CLASSES
    return min(max(count, FEWEST_CLASSES), MOST_CLASSES)


def _several(
    request: HttpRequest, source: Source, template: str, forms: list[Any], context: dict[str, Any]
) -> HttpResponse:
    status = HTTPStatus.UNPROCESSABLE_ENTITY if any(_is_wrong(form) for form in forms) else HTTPStatus.OK
    return render(request, template, {"source": source, "all_forms": forms, **context}, status=status)


def _is_wrong(form: Any) -> bool:
    return bool(form.is_bound and not form.is_valid())


def _done(request: HttpRequest, asked: list[Booking]) -> HttpResponse:
    messages.success(request, told(asked))
    return redirect("bookings:series", asked[0].series_id)


@login_required
@require_safe
def series(request: HttpRequest, pk: int) -> HttpResponse:
    """All that was asked in one go, and how each stands."""
    mine = bookings_of(request.user) | coordinated_by(request.user)
    found = with_both_sides().filter(series=pk, pk__in=mine.values("pk")).order_by("date", "start", "part")
    shown: list[Shown] = parts_of(found)
    if not shown:
        raise Http404
    return render(request, "bookings/series.html", {"series": get_object_or_404(Series, pk=pk), "parts": shown})


# -------------------------------------------------------------------- whose


def _of_booking(request: HttpRequest, uuid: UUID) -> Source:
    """A booking that the school (or the coordinator for it) may ask again; 404 for the other side."""
    booking, side = booking_for(request.user, uuid)
    if side == Side.PROVIDER or booking.state not in REPEATABLE:
        raise Http404
    return Source(booking.request, booking.activity, person(request.user, side), booking)  # type: ignore[arg-type]


def _of_request(request: HttpRequest, uuid: UUID, slug: str) -> Source:
    asked = get_request(request.user, uuid)
    activity = get_object_or_404(Activity.objects.public().select_related("provider"), slug=slug)
    if asked.status != Request.Status.OPEN:
        raise Http404
    side = Side.SCHOOL if may_act(request.user, asked) else Side.COORDINATOR
    return Source(asked, activity, person(request.user, side))  # type: ignore[arg-type]
