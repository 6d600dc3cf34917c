"""Alerts: a search that somebody keeps, and the pages that its mails lead to. No account is needed for any of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.limits import over_limit, over_limit_of_mailbox
from techfinder.accounts.models import User
from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved import actions, queries
from techfinder.activities.saved.access import get_saved
from techfinder.activities.saved.forms import FrequencyForm, LessForm, SaveForm
from techfinder.activities.saved.reading import Reading, clean, read, reading_of
from techfinder.activities.saved.words import Shown, left_out, less_choices
from techfinder.taxonomy.http import either, status_of

PER_PAGE = 20
SAVES_PER_HOUR, MAILS_PER_HOUR = 60, 10
# Which of somebody's alerts gets the next search: in the session, so that the search page needs to know nothing.
CHANGING = "changing_alert"
State, Frequency = SavedSearch.State, SavedSearch.Frequency
View = Callable[..., HttpResponse]


def private(view: View) -> View:
    """The address is a key: it is not kept, and not told to the next page."""

    @wraps(view)
    @never_cache
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


# ------------------------------------------------------------------- saving


@either
@never_cache
def new(request: HttpRequest) -> HttpResponse:
    """Keep the search that is in the address."""
    reading = read(clean(request.GET))
    if not reading.is_possible:
        return _show_new(request, reading, None, _status_of(request))
    known = request.user.is_authenticated
    data = request.POST if request.method == "POST" else None
    form = SaveForm(data, known=known, initial={"frequency": Frequency.DAILY})
    if not form.is_valid():
        return _show_new(request, reading, form, status_of(form))
    if _too_many(request, form):
        form.add_error(None if known else "email", gettext("Too many alerts in a short time. Try again in an hour"))
        return _show_new(request, reading, form, HTTPStatus.TOO_MANY_REQUESTS)
    return _save(request, reading, form)


def _too_many(request: HttpRequest, form: SaveForm) -> bool:
    if over_limit(request, action="save-search", per_hour=SAVES_PER_HOUR):
        return True
    email = form.cleaned_data.get("email", "")
    return bool(email) and over_limit_of_mailbox(email, action="save-search", per_hour=MAILS_PER_HOUR)


def _save(request: HttpRequest, reading: Reading, form: SaveForm) -> HttpResponse:
    values = {"params": reading.params, "frequency": form.cleaned_data["frequency"]}
    if request.user.is_authenticated:
        saved = actions.save_for_person(user=User.objects.get(pk=request.user.pk), **values)
        messages.success(request, gettext("Your alert is on. You get a mail when something new fits."))
        return redirect("saved:manage", saved.uuid)
    language = (get_language() or "nl")[:2]
    actions.save_for_address(email=form.cleaned_data["email"], language=language, **values)
    return redirect("saved:sent")


def _show_new(request: HttpRequest, reading: Reading, form: SaveForm | None, status: HTTPStatus) -> HttpResponse:
    return render(request, "activities/saved/new.html", {"reading": reading, "form": form}, status=status)


def _status_of(request: HttpRequest) -> HTTPStatus:
    return HTTPStatus.UNPROCESSABLE_ENTITY if request.method == "POST" else HTTPStatus.OK


@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """Look in your mail: the same whatever we know of the address."""
    return render(request, "activities/saved/sent.html")


# -------------------------------------------------------- pages of one alert


@either
@private
def manage(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """What it searches for, how often it mails, what was left out."""
    saved = get_saved(uuid)
    if saved.state == State.UNCONFIRMED:
        return redirect("saved:confirm", uuid)
    data = request.POST if request.method == "POST" else None
    form = FrequencyForm(data, initial={"frequency": saved.frequency})
    if form.is_valid():
        actions.change_frequency(saved=saved, **form.cleaned_data)
        messages.success(request, gettext("Saved."))
        return redirect("saved:manage", uuid)
    context = {"shown": Shown(saved), "form": form, "left_out": left_out(saved)}
    return render(request, "activities/saved/manage.html", context, status=status_of(form))


@login_required
@require_safe
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    """The alerts of somebody who is signed in."""
    rows = queries.of_person(cast(User, request.user))
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/saved/mine.html", {"page": page, "alerts": [Shown(row) for row in page]})


@require_POST
@private
def act(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One of the buttons of the page: resume, start again, put back what was left out, search for something else."""
    saved, do = get_saved(uuid), request.POST.get("do", "")
    if do == "change":
        request.session[CHANGING] = str(uuid)
        return redirect(reading_of(saved).url)
    acts: dict[str, tuple[Callable[[], object], str]] = {
        "resume": (lambda: actions.resume(saved=saved), gettext("Your alert is on again.")),
        "again": (lambda: actions.start_again(saved=saved), gettext("Your alert is on again.")),
        "keep": (lambda: request.session.pop(CHANGING, None), gettext("Your alert stays as it is.")),
        "back": (lambda: _put_back(saved, request.POST.get("what", "")), gettext("You get this again.")),
    }
    if do not in acts:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if do in ("resume", "again") and (problem := Shown(saved).problem):
        messages.warning(request, problem)
        return redirect("saved:manage", uuid)
    run, told = acts[do]
    run()
    messages.success(request, told)
    return redirect("saved:manage", uuid)


def _put_back(saved: SavedSearch, what: str) -> None:
    by, _colon, value = what.partition(":")
    actions.put_back(saved=saved, by=by, value=value)


@either
@private
def change(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Give an alert the search that is in the address."""
    saved, reading = get_saved(uuid), read(clean(request.GET))
    context = {"shown": Shown(saved), "reading": reading}
    if request.method != "POST" or not reading.is_possible:
        return render(request, "activities/saved/change.html", context, status=_status_of(request))
    request.session.pop(CHANGING, None)
    if actions.change_criteria(saved=saved, params=reading.params):
        messages.success(request, gettext("Your alert has its new search."))
    else:
        messages.info(request, gettext("You have an alert with that search already. This one stays as it was."))
    return redirect("saved:manage", uuid)


@either
@private
def less(request: HttpRequest, uuid: UUID, slug: str) -> HttpResponse:
    """Less like this: choose what to leave out from now on."""
    saved = get_saved(uuid)
    activity = Activity.objects.public().select_related("provider").filter(slug=slug).first()
    if activity is None:
        messages.info(request, gettext("That activity is no longer offered: there is nothing to leave out."))
        return redirect("saved:manage", uuid)
    shown = Shown(saved)
    data = request.POST if request.method == "POST" else None
    form = LessForm(data, choices=less_choices(activity, shown.reading))
    if form.is_valid():
        by, _colon, value = form.cleaned_data["what"].partition(":")
        actions.leave_out(saved=saved, by=by, value=int(value) if by == "activity" else value)
        messages.success(request, gettext("You get no more of this. You can undo it below."))
        return redirect("saved:manage", uuid)
    context = {"shown": shown, "form": form, "activity": activity}
    return render(request, "activities/saved/less.html", context, status=status_of(form))


# ------------------------------------- one button: looking changes nothing


def _one_button(request: HttpRequest, what: str, saved: SavedSearch, **context: Any) -> HttpResponse:
    context |= {"shown": Shown(saved), "what": what}
    return render(request, f"activities/saved/{what}.html", context)


@either
@private
def confirm(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Turn it on. Looking changes nothing: mail scanners follow links."""
    saved = get_saved(uuid)
    if saved.state != State.UNCONFIRMED:
        return redirect("saved:manage", uuid)
    if request.method != "POST":
        return _one_button(request, "confirm", saved)
    actions.confirm(saved=saved)
    messages.success(request, gettext("Your alert is on. You get a mail when something new fits."))
    return redirect("saved:manage", uuid)


@either
@private
def pause(request: HttpRequest, uuid: UUID) -> HttpResponse:
    saved = get_saved(uuid)
    if saved.state != State.ACTIVE:
        return redirect("saved:manage", uuid)
    if request.method != "POST":
        return _one_button(request, "pause", saved)
    actions.pause(saved=saved)
    messages.success(request, gettext("Paused. You get no mail until you turn it on again."))
    return redirect("saved:manage", uuid)


# Mail programs post here without cookies (RFC 8058): the long number is the proof.
@csrf_exempt
@either
@private
def stop(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """POST stops it, or makes it weekly when asked, without a redirect."""
    saved = get_saved(uuid)
    weekly = request.POST.get("frequency") == Frequency.WEEKLY and saved.state == State.ACTIVE
    if request.method == "POST":
        saved = (
            actions.change_frequency(saved=saved, frequency=Frequency.WEEKLY) if weekly else actions.stop(saved=saved)
        )
    return _one_button(request, "stop", saved, done=request.method == "POST", weekly=weekly)


@either
@private
def wanted(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Still wanted, for another year."""
    saved = get_saved(uuid)
    if saved.state not in (State.ACTIVE, State.PAUSED):
        return redirect("saved:manage", uuid)
    if request.method != "POST":
        return _one_button(request, "wanted", saved)
    actions.still_wanted(saved=saved)
    messages.success(request, gettext("Good to know: your alert goes on."))
    return redirect("saved:manage", uuid)
