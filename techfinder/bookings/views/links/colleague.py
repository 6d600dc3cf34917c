"""A mail that was forwarded: who is not the one it was for shows by a code that she works there too."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from http import HTTPStatus
from typing import Any

from django.core import signing
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from techfinder.accounts.codes import Verdict
from techfinder.accounts.limits import over_limit, over_limit_of_mailbox
from techfinder.bookings import actions
from techfinder.bookings.actions import taking_over
from techfinder.bookings.actions.errors import BookingError
from techfinder.bookings.actions.taking_over import Refused
from techfinder.bookings.forms.links import ColleagueCodeForm, ColleagueForm
from techfinder.bookings.links.opening import Opened, colleague_of, open_link, path_of
from techfinder.bookings.models import TakeOverCode
from techfinder.bookings.show.words import name_of
from techfinder.bookings.views.guard import secret
from techfinder.mail.compose import absolute
from techfinder.taxonomy.http import either, status_of

CODES_PER_HOUR, CODES_PER_MAILBOX, TRIES_PER_HOUR = 30, 5, 120
_signer = signing.Signer(salt="techfinder.bookings.take_over", sep="~")


@secret
@either
def colleague(request: HttpRequest, token: str) -> HttpResponse:
    """Who are you? A code goes to an address of the same organisation."""
    opened = open_link(token, request.user)
    form = ColleagueForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, opened, form, status_of(form))
    if _too_many(request, form.cleaned_data["email"]):
        form.add_error("email", _("Too many codes in a short time. Try again in an hour"))
        return _show(request, opened, form, HTTPStatus.TOO_MANY_REQUESTS)
    return _send(request, opened, form)


def _too_many(request: HttpRequest, email: str) -> bool:
    if over_limit(request, action="booking-code", per_hour=CODES_PER_HOUR):
        return True
    return over_limit_of_mailbox(email, action="booking-code", per_hour=CODES_PER_MAILBOX)


def _send(request: HttpRequest, opened: Opened, form: ColleagueForm) -> HttpResponse:
    sent = taking_over.send_code(
        booking_id=opened.booking.pk,
        side=opened.side,
        **form.cleaned_data,
        url_of=lambda code: absolute(code_path(opened, code)),
    )
    if isinstance(sent, TakeOverCode):
        return redirect(code_path(opened, sent))
    form.add_error("email", _why_not(sent, name_of(opened.booking, opened.side)))
    return _show(request, opened, form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _why_not(refused: Refused, organisation: str) -> str:
    if refused is Refused.TOO_SOON:
        return _("A code was sent a moment ago. Look in your spam folder too, or wait a minute")
    words = _("We do not know this address as one of %(organisation)s. Use your address at work")
    return words % {"organisation": organisation}


def code_path(opened: Opened, code: TakeOverCode) -> str:
    """The path of the page where the code is typed."""
    return reverse("bookings:link_code", args=[opened.token, _signer.sign(str(code.pk))])


@secret
@either
def code(request: HttpRequest, token: str, signed: str) -> HttpResponse:
    """The code from the mail; who has it goes on in her own name, and may become the contact."""
    opened = open_link(token, request.user)
    sent = _sent(opened, signed)
    form = ColleagueCodeForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _show(request, opened, form, status_of(form), sent)
    if over_limit(request, action="booking-code-try", per_hour=TRIES_PER_HOUR):
        form.add_error("code", _("Too many attempts in a short time. Try again in an hour"))
        return _show(request, opened, form, HTTPStatus.TOO_MANY_REQUESTS, sent)
    verdict = taking_over.use_code(code_id=sent.pk, digits=form.cleaned_data["code"])
    if verdict is not Verdict.RIGHT:
        form.add_error("code", _why_wrong(verdict))
        return _show(request, opened, form, HTTPStatus.UNPROCESSABLE_ENTITY, sent)
    return _go_on(opened, sent, becomes_contact=form.cleaned_data["contact"])


def _sent(opened: Opened, signed: str) -> TakeOverCode:
    """The code that this page is about, of this booking and side."""
    try:
        code_id = int(_signer.unsign(signed))
    except (signing.BadSignature, ValueError):
        raise Http404 from None
    return get_object_or_404(TakeOverCode, pk=code_id, booking=opened.booking, side=opened.side)


def _why_wrong(verdict: Verdict) -> str:
    return {
        Verdict.WRONG: _("This is not the code from the newest mail"),
        Verdict.USED_UP: _("This code was tried too often. Ask for a new one"),
        Verdict.TOO_OLD: _("This code is too old or used. Ask for a new one"),
    }[verdict]


def _go_on(opened: Opened, sent: TakeOverCode, *, becomes_contact: bool) -> HttpResponse:
    """To the page that the mail was about, now as this colleague."""
    actor = colleague_of(sent)
    if becomes_contact:
        # When it ended meanwhile there is nothing to be the contact of, and the page says so.
        with suppress(BookingError):
            actions.take_over(booking_id=opened.booking.pk, side=opened.side, by=actor)
    opened.booking.refresh_from_db()
    link = replace(opened.link, holder=f"c{sent.pk}")
    return redirect(path_of(opened.booking, link, opened.purpose))


def _show(
    request: HttpRequest, opened: Opened, form: Form, status: HTTPStatus, sent: TakeOverCode | None = None
) -> HttpResponse:
    context: dict[str, Any] = {
        "form": form,
        "opened": opened,
        "sent": sent,
        "title": opened.booking.activity.title,
        "organisation": name_of(opened.booking, opened.side),
        "whom": opened.booking.contact(opened.side)[0],
        "back": reverse("bookings:link", args=[opened.token]),
    }
    return render(request, f"bookings/link_{'code' if sent else 'colleague'}.html", context, status=status)
