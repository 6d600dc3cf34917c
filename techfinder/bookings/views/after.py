"""What somebody tells afterwards: the two questions of the next day, and the longer ones of a term."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from techfinder.bookings import actions
from techfinder.bookings.access import booking_for
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.forms.evaluation import EvaluationForm, TermSurveyForm, initial_of
from techfinder.bookings.machine import PARTIES, Side
from techfinder.bookings.models import Booking, Evaluation, TermSurvey
from techfinder.bookings.queries.afterwards import differ, others_word
from techfinder.bookings.queries.terms import STOP
from techfinder.bookings.show.more import can_report
from techfinder.bookings.show.words import name_of, when_words
from techfinder.taxonomy.http import either, status_of


@login_required
@either
def report(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """How it was, told by somebody who is signed in."""
    booking, side = booking_for(request.user, uuid)
    if not can_report(booking, side):
        messages.info(request, _("There is nothing to tell about this yet, or no more."))
        return redirect(booking)
    by = person(request.user, side)  # type: ignore[arg-type]
    return report_page(request, booking, by=by, page_url=booking.get_absolute_url())


def report_page(
    request: HttpRequest, booking: Booking, *, by: Actor, page_url: str, again_url: str = ""
) -> HttpResponse:
    """The two questions, for a side that may answer them (`can_report`): GET shows, POST keeps and thanks.

    The address that it is shown at is posted to. `page_url` is the page of the booking for whom it is shown to.
    """
    told = _told(booking, by.side)
    data = request.POST if request.method == "POST" else None
    form = EvaluationForm(data, side=by.side, initial=initial_of(booking, told))
    context = {**_facts(booking, by.side), "form": form, "told": told, "page_url": page_url}
    if not form.is_valid():
        return render(request, "bookings/evaluation.html", context, status=status_of(form))
    actions.report(booking_id=booking.pk, by=by, **form.cleaned_data)
    booking.refresh_from_db()
    return render(request, "bookings/evaluation_done.html", {**context, **_next(booking, by, form, again_url)})


def _told(booking: Booking, side: str) -> Evaluation | None:
    return booking.evaluations.filter(side=side).first() if side in PARTIES else None


def _facts(booking: Booking, side: str) -> dict[str, Any]:
    other = Side.PROVIDER if side == Side.SCHOOL else Side.SCHOOL
    return {
        "booking": booking,
        "title": booking.activity.title,
        "other": name_of(booking, other),
        "when": when_words(booking),
        "is_school": side == Side.SCHOOL,
        "by_coordinator": side not in PARTIES,
    }


def _next(booking: Booking, by: Actor, form: EvaluationForm, again_url: str) -> dict[str, Any]:
    """What can be done after the answer; nobody is asked again for what they do not want again."""
    cleaned = form.cleaned_data
    happened = cleaned["outcome"] == Evaluation.Outcome.HAPPENED
    refused = others_word(booking, by.side) == Evaluation.Again.NO
    willing = happened and not refused and cleaned["again"] != Evaluation.Again.NO
    again = again_url or reverse("bookings:again", args=[booking.uuid])
    return {
        "happened": happened,
        "refused": happened and refused,
        "differs": differ(booking),
        "again_url": again if willing and by.side == Side.SCHOOL else "",
        "partner_url": reverse("bookings:propose_partnership", args=[booking.uuid]) if willing else "",
    }


@never_cache
@either
def stop_surveys(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """No more questions of a term, from the mail: GET shows, POST stops them."""
    asked = get_object_or_404(TermSurvey, uuid=uuid)
    if request.method == "POST":
        actions.stop_surveys(survey_id=asked.pk)
        asked.refresh_from_db()
    return render(request, "bookings/term_survey_stop.html", {"stopped": STOP in asked.answers})


@never_cache
@either
def survey(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The questions of a term, from the mail, without signing in: GET shows, POST keeps. Once answered it says so."""
    asked = get_object_or_404(TermSurvey, uuid=uuid)
    form = TermSurveyForm(request.POST if request.method == "POST" else None)
    if asked.answered_at is None and form.is_valid():
        actions.answer_survey(survey_id=asked.pk, answers=form.answers(), words=form.cleaned_data["words"])
        return redirect("bookings:survey", asked.uuid)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors and asked.answered_at is None else HTTPStatus.OK
    return render(request, "bookings/term_survey.html", {"asked": asked, "form": form}, status=status)
