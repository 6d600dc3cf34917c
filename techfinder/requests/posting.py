"""The views of a new request: the page, the school in it, and the code that confirms it."""

from http import HTTPStatus
from typing import Any, cast

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from techfinder.accounts.limits import over_limit
from techfinder.accounts.models import User
from techfinder.organisations.models import School
from techfinder.requests import actions
from techfinder.requests.access import acts_for, is_person
from techfinder.requests.actions import Confirmation, Outcome
from techfinder.requests.forms import CodeForm, NewRequestForm
from techfinder.requests.models import Request
from techfinder.requests.prefill import initial_of, schools_of
from techfinder.requests.queries import find_school, find_schools, ways_to_strengthen
from techfinder.requests.tokens import confirm_token, read_confirm_token
from techfinder.taxonomy.holidays import coming_holidays
from techfinder.taxonomy.http import either

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
POSTS_PER_HOUR, CODES_PER_HOUR = 60, 120


# ------------------------------------------------------------------ the page


@either
def new(request: HttpRequest) -> HttpResponse:
    """One page, no account first; without scripts the school is searched by its own button."""
    if request.method != "POST":
        return _show_empty(request)
    school = find_school(request.POST.get("school", ""))
    if _is_choosing(request, school):
        return _show_kept(request, school if "choose" in request.POST else None)
    form = NewRequestForm(request.POST, school=school, known_email=_known_email(request, school))
    if not form.is_valid():
        return _show(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _post(request, form)


def _is_choosing(request: HttpRequest, school: School | None) -> bool:
    """One of the buttons of the school was pressed, or Enter in its box before anything else was filled in."""
    data = request.POST
    pressed = any(button in data for button in ("find", "choose", "other_school"))
    return pressed or bool(school is None and data.get("school_q") and not data.get("title") and not data.get("email"))


def _show_empty(request: HttpRequest) -> HttpResponse:
    initial = initial_of(request.GET)
    schools = schools_of(request.user) if is_person(request.user) else []
    school = schools[0] if len(schools) == 1 else None
    if is_person(request.user):
        initial |= {"email": request.user.email, "name": request.user.name}
    form = NewRequestForm(initial=initial, school=school, known_email=_known_email(request, school))
    return _show(request, form, found=schools or find_schools(initial.get("school_q", "")))


def _show_kept(request: HttpRequest, school: School | None) -> HttpResponse:
    """The page again with all that was typed, and nothing judged yet: only the school is being chosen."""
    data = request.POST
    initial = {name: data.getlist(name) if name in LISTS else data.get(name) for name in NewRequestForm.base_fields}
    words = "" if "other_school" in data else data.get("school_q", "")
    initial["school_q"] = words
    form = NewRequestForm(initial=initial, school=school, known_email=_known_email(request, school))
    return _show(request, form, found=find_schools(words), searched="other_school" not in data)


LISTS = frozenset({"themes", "kinds", "levels", "audience", "delivery"})


def _known_email(request: HttpRequest, school: School | None) -> str:
    """The address of a person whose word for this school needs no code."""
    return request.user.email if school and acts_for(request.user, school) else ""


def _show(
    request: HttpRequest,
    form: NewRequestForm,
    status: HTTPStatus = HTTPStatus.OK,
    found: list[School] | None = None,
    searched: bool = False,
) -> HttpResponse:
    if found is None:
        found = find_schools(form["school_q"].value() or "")
    context = {"form": form, "found": found, "searched": searched, **_of_school(form.chosen)}
    return render(request, "requests/new.html", context, status=status)


def _of_school(school: School | None) -> dict[str, Any]:
    region = school.holiday_region if school else ""
    return {"school": school, "holidays": coming_holidays(region, today=timezone.localdate())}


def _post(request: HttpRequest, form: NewRequestForm) -> HttpResponse:
    school, email = cast(School, form.chosen), form.cleaned_data["email"]
    proven = request.user if acts_for(request.user, school) else None
    too_many = over_limit(request, action="request", per_hour=POSTS_PER_HOUR)
    if too_many or (proven is None and actions.too_many_codes(email=email)):
        form.add_error("email", _("Too many questions in a short time. Try again in an hour"))
        return _show(request, form, HTTPStatus.TOO_MANY_REQUESTS)
    posted = actions.post_request(
        school=school, email=email, name=form.cleaned_data["name"], fields=form.question(), proven=proven
    )
    if proven:
        return _say_what_happens(request, posted)
    return redirect("requests:confirm", confirm_token(posted.uuid))


def _say_what_happens(request: HttpRequest, posted: Request) -> HttpResponse:
    messages.success(
        request, _("Your question is open. We look for what fits now; you get a mail with what we find, and why.")
    )
    return redirect("matches:request", posted.uuid)


# ---------------------------------------------------- fragment for the school


@require_safe
def for_school(request: HttpRequest) -> HttpResponse:
    """The parts of the page that depend on the school: its card, its classes, its holidays."""
    school = find_school(request.GET.get("school", ""))
    if school is None:
        raise Http404
    form = NewRequestForm(initial={"levels": request.GET.getlist("levels")}, school=school)
    return render(request, "requests/_for_school.html", {"form": form, "swap": True, "found": [], **_of_school(school)})


# ------------------------------------------------------------------ the code


def _request_of(token: str) -> Request:
    """The request of the token; 404 for a forged or old one, and for one that vanished."""
    uuid = read_confirm_token(token)
    found = Request.objects.select_related("school").filter(uuid=uuid).first() if uuid else None
    if found is None:
        raise Http404
    return found


@either
@never_cache
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """Type the code from the mail. Looking changes nothing: mail scanners may open the link."""
    posted = _request_of(token)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method != "POST" and posted.status != Request.Status.UNCONFIRMED:
        return _after(request, Confirmation(Outcome.ALREADY, posted), form, token)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        return _show_confirm(request, posted, form, token, status)
    if over_limit(request, action="request-code", per_hour=CODES_PER_HOUR):
        form.add_error("code", _("Too many attempts in a short time. Try again in an hour"))
        return _show_confirm(request, posted, form, token, HTTPStatus.TOO_MANY_REQUESTS)
    outcome = actions.confirm_request(request_id=posted.pk, code=form.cleaned_data["code"])
    return _after(request, outcome, form, token)


def _after(request: HttpRequest, result: Confirmation, form: CodeForm, token: str) -> HttpResponse:
    if result.outcome is Outcome.CONFIRMED:
        return _welcome(request, result)
    if result.outcome in (Outcome.ALREADY, Outcome.CLOSED):
        messages.info(request, _("This question is confirmed already."))
        return redirect("matches:request", result.request.uuid)
    form.add_error("code", _why_not(result.outcome))
    return _show_confirm(request, result.request, form, token, HTTPStatus.UNPROCESSABLE_ENTITY)


def _why_not(outcome: Outcome) -> str:
    return {
        Outcome.WRONG: _("This is not the code from the newest mail"),
        Outcome.USED_UP: _("This code was tried too often. Ask for a new one"),
        Outcome.TOO_OLD: _("This code is too old. Ask for a new one"),
    }[outcome]


def _welcome(request: HttpRequest, result: Confirmation) -> HttpResponse:
    """Sign in whoever has proven the address, unless that person needs a second factor."""
    user = cast(User, result.user)
    if user.is_active and not needs_second_factor(user):
        login(request, user, backend=BACKEND)
        return _say_what_happens(request, result.request)
    messages.success(request, _("Your question is open. Sign in to see what fits."))
    return redirect(f"{reverse('account_login')}?next={reverse('matches:request', args=[result.request.uuid])}")


def needs_second_factor(user: User) -> bool:
    """Say whether a code from one mail is not enough to let this person in."""
    return user.is_staff or user.moderates.exists() or is_mfa_enabled(user)


def _show_confirm(
    request: HttpRequest, posted: Request, form: CodeForm, token: str, status: HTTPStatus
) -> HttpResponse:
    context = {"form": form, "posted": posted, "token": token, "stronger": ways_to_strengthen(posted)[:4]}
    return render(request, "requests/confirm.html", context, status=status)


@require_POST
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """Send the code once more, at most once a minute."""
    posted = _request_of(token)
    if actions.resend_code(request_id=posted.pk):
        messages.success(request, _("A new code is on its way. The earlier one no longer works."))
    else:
        messages.warning(request, _("Wait a minute before you ask for another code. Look in your spam folder too."))
    return redirect("requests:confirm", token)
