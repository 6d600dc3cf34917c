"""The link of a mail: GET and HEAD show one question, POST answers it."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from techfinder.bookings import show
from techfinder.bookings.forms.answering import StepForm
from techfinder.bookings.links import tokens
from techfinder.bookings.links.opening import Opened, again, done_path, open_link, step_of
from techfinder.bookings.links.tokens import Purpose
from techfinder.bookings.machine import Step, other, overtaking
from techfinder.bookings.queries.alternatives import alternatives
from techfinder.bookings.show.stages import next_words
from techfinder.bookings.show.words import name_of
from techfinder.bookings.views.after import report_page
from techfinder.bookings.views.guard import secret
from techfinder.bookings.views.links import taking, words
from techfinder.bookings.views.links.leaving import gone
from techfinder.bookings.views.links.others import ask_url
from techfinder.bookings.views.messages import thread_by_link
from techfinder.taxonomy.http import either

# After these the side looks for something else.
REFUSALS = (Step.DECLINE, Step.WITHDRAW, Step.CANCEL)


@secret
@either
def link(request: HttpRequest, token: str) -> HttpResponse:
    """One question, and what happens next; of an older link, what happened since."""
    opened = open_link(token, request.user)
    if opened.actor is None:
        return _overview(request, opened)
    if own := PAGES.get(opened.purpose):
        return own(request, opened)
    step = step_of(opened.purpose, opened.booking)
    if request.method == "POST":
        return _answer(request, opened, step)
    if step is None or not _can_ask(opened, step):
        return _overview(request, opened)
    return _ask(request, opened, step, taking.filled_in(opened, step))


def _can_ask(opened: Opened, step: Step) -> bool:
    """It is still the question that was mailed: nothing happened that makes it another one."""
    passed_by = {event.action for event in opened.since} & overtaking(step)
    return taking.is_possible(opened, step) and not passed_by


def _ask(
    request: HttpRequest, opened: Opened, step: Step, form: StepForm, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    """The page with one question."""
    words_of = words.ASKS[step]
    context = {
        "form": form,
        "question": words.question(step, opened.booking, opened.side),
        "then": words.filled(words_of.then, opened.booking, opened.side),
        "button": taking.words_of_submit(opened, step),
        "rather": gettext("Something else"),
    }
    return render(request, "bookings/link.html", _context(opened) | context, status=status)


def _answer(request: HttpRequest, opened: Opened, step: Step | None) -> HttpResponse:
    if step is None:
        return redirect(opened.url(Purpose.PAGE))
    result = taking.answer(opened, step, request.POST.dict())
    now = again(opened, request.user)
    if result.outcome is taking.Outcome.TAKEN:
        return redirect(done_path(now, result.version))
    if result.outcome is taking.Outcome.FAULTY:
        return _ask(request, now, step, result.form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _overview(request, now, HTTPStatus.CONFLICT)


def _report(request: HttpRequest, opened: Opened) -> HttpResponse:
    """How it was; a page of its own."""
    if opened.actor is None or not taking.is_possible(opened, Step.REPORT):
        return _overview(request, opened)
    page = opened.url(Purpose.PAGE)
    again_url = reverse(
        "bookings:again_by_link",
        args=[tokens.token(opened.booking, opened.side, Purpose.PAGE, holder=opened.link.holder)],
    )
    return report_page(request, opened.booking, by=opened.actor, page_url=page, again_url=again_url)


def _change(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What changes goes to the sheet of the day."""
    if not taking.is_possible(opened, Step.CHANGE):
        return _overview(request, opened)
    return redirect("bookings:sheet_by_link", opened.token)


PAGES: dict[Purpose, Callable[[HttpRequest, Opened], HttpResponse]] = {
    Purpose.REPORT: _report,
    Purpose.CHANGE: _change,
    Purpose.GONE: gone,
    Purpose.MESSAGE: thread_by_link,
}


@secret
@require_safe
def done(request: HttpRequest, token: str) -> HttpResponse:
    """What was done, and what happens next. Read again later, it says what happened since."""
    opened = open_link(token, request.user)
    if opened.purpose is Purpose.GONE and opened.actor is None:
        return render(request, "bookings/link_gone_done.html", _context(opened))
    step = _done_step(opened)
    if step is None or opened.actor is None:
        return redirect(opened.url(Purpose.PAGE))
    return render(request, "bookings/link_done.html", _context(opened) | _done(opened, step))


def _done_step(opened: Opened) -> Step | None:
    """What this side did as the last thing before the link was made; a yes to another day than asked is a proposal."""
    mine = opened.booking.events.filter(version=opened.link.version, side=opened.side).last()
    step = Step(mine.action) if mine else None
    return step if step in words.ASKS else None


def _done(opened: Opened, step: Step) -> dict[str, Any]:
    booking, side = opened.booking, opened.side
    return {
        "done": words.filled(words.ASKS[step].done, booking, side),
        "after": words.filled(words.ASKS[step].after, booking, side),
        "next": next_words(booking, side) if booking.is_live else "",
        "alternatives": alternatives(booking, side) if step in REFUSALS else None,
    }


def _overview(request: HttpRequest, opened: Opened, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    """How it stands, what happened since the mail, and all that can be done now."""
    shown = show.page_of(opened.booking, opened.side)
    context = {"shown": shown, "buttons": taking.buttons(opened), "alternatives": shown.alternatives}
    return render(request, "bookings/link_page.html", _context(opened) | context, status=status)


def _context(opened: Opened) -> dict[str, Any]:
    booking = opened.booking
    return {
        "opened": opened,
        "booking": booking,
        "title": booking.activity.title,
        "rows": words.rows(booking, opened.side),
        "happened": words.happened(opened),
        "organisation": name_of(booking, opened.side),
        "other": name_of(booking, other(opened.side)),
        "page": opened.url(Purpose.PAGE),
        "message_url": opened.url(Purpose.MESSAGE),
        "ask_url": ask_url(opened),
    }
