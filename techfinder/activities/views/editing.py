"""The form of an activity, step by step; every step is saved, and any step can be opened."""

from __future__ import annotations

from typing import Any, cast

import pghistory
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.base import ContentFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from techfinder.accounts.models import User
from techfinder.activities import access, actions, changes, contradictions
from techfinder.activities.forms import STEP_FORMS, NewActivityForm, SessionFormSet, StageFormSet, StepForm
from techfinder.activities.models import Activity
from techfinder.activities.places import point_of
from techfinder.activities.presenting import page_of
from techfinder.activities.proposed import fill_in
from techfinder.activities.readiness import missing
from techfinder.organisations.access import providers_of
from techfinder.taxonomy.http import either

CHECK = "controle"
STEPS = {
    "wat": _("What"), "voor-wie": _("For whom"), "waar": _("Where"), "wanneer": _("When"), "praktisch": _("Practical"),
    "veilig": _("Picture and safety"), CHECK: _("Check"),
}  # fmt: skip
# Which rows a step has besides its fields.
ROWS: dict[str, Any] = {"wanneer": ("sessions", SessionFormSet), "praktisch": ("stages", StageFormSet)}
MOST_BLANK = 12


@either
def activity_new(request: HttpRequest) -> HttpResponse:
    """Start a draft; who is nobody's member yet is told how to become one."""
    providers = providers_of(request.user)
    if not providers:
        return render(request, "activities/invite.html", {"login_url": _login_url(request)})
    form = NewActivityForm(request.POST or None, providers=providers)
    if not form.is_valid():
        return render(request, "activities/new.html", {"form": form}, status=422 if form.is_bound else 200)
    draft = actions.create_draft(provider=form.cleaned_data["provider"], title=form.cleaned_data["title"])
    return redirect("activities:edit", draft.slug, "wat")


def _login_url(request: HttpRequest) -> str:
    return f"{reverse('account_login')}?next={request.path}"


@login_required
@either
def activity_edit(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """Show or save one step."""
    activity = access.editable_activity(cast(User, request.user), slug)
    if step not in STEPS or not activity.is_changeable:
        raise Http404
    if step == CHECK:
        return _check(request, activity)
    form, rows = _form(request, activity, step), _rows(request, activity, step)
    if request.method != "POST":
        return _show(request, activity, step, form, rows)
    if not all([form.is_valid(), rows is None or rows.is_valid()]):
        return _show(request, activity, step, form, rows, status=422)
    _save(activity, step, form, rows)
    return _onward(request, activity, step)


def _form(request: HttpRequest, activity: Activity, step: str) -> StepForm:
    shown = changes.with_pending(activity)
    if request.method == "GET" and fill_in(shown, request.GET):
        messages.info(request, gettext("This is filled in for you and not saved yet. Look at it, and save it below."))
    strict = activity.is_approved or activity.status == Activity.Status.SUBMITTED
    posted = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    return STEP_FORMS[step](*posted, instance=shown, strict=strict)


def _rows(request: HttpRequest, activity: Activity, step: str) -> Any:
    if step not in ROWS:
        return None
    name, formset = ROWS[step]
    is_dates = name == "sessions"
    found: list[Any] = (changes.sessions_of if is_dates else changes.stages_of)(activity, pending=True)
    keys = changes.SESSION_KEYS if is_dates else changes.STAGE_KEYS
    initial = [{key: getattr(row, key) for key in keys} for row in found]
    extra = {"taken": found} if is_dates else {}
    rows = formset(request.POST if request.method == "POST" else None, initial=initial, prefix=name, **extra)
    rows.extra += _blank_rows(request)
    return rows


def _blank_rows(request: HttpRequest) -> int:
    asked = request.GET.get("rijen", "")
    return min(int(asked), MOST_BLANK) if asked.isascii() and asked.isdigit() and len(asked) < 4 else 0


def _show(
    request: HttpRequest, activity: Activity, step: str, form: StepForm, rows: Any, *, status: int = 200
) -> HttpResponse:
    # What is kept, not what was posted: a refused picture has no file.
    now = changes.with_pending(activity)
    context = {
        "activity": activity, "form": form, "rows": rows, "step": step, "steps": _steps(activity, step), "now": now,
        "faulty": [form, rows],
    }  # fmt: skip
    return render(request, "activities/edit.html", context, status=status)


def _steps(activity: Activity, current: str) -> list[tuple[str, Any, bool]]:
    return [
        (reverse("activities:edit", args=[activity.slug, step]), name, step == current) for step, name in STEPS.items()
    ]


def _save(activity: Activity, step: str, form: StepForm, rows: Any) -> None:
    values = form.values()
    picture = values.pop("picture", None)
    if picture == "":
        values["picture"] = ""
    if step == "waar":
        values |= point_of(values, before=form.initial)
    kept = {ROWS[step][0]: rows.rows()} if rows is not None else {}
    with pghistory.context(step=step):
        actions.save_step(
            activity=activity, values=values, picture=picture if isinstance(picture, ContentFile) else None, **kept
        )


def _onward(request: HttpRequest, activity: Activity, step: str) -> HttpResponse:
    if "more" in request.POST:
        return redirect(f"{reverse('activities:edit', args=[activity.slug, step])}?rijen=2#rijen")
    if "later" in request.POST:
        messages.success(request, gettext("Saved. You can go on whenever you like."))
        return redirect(activity)
    order = list(STEPS)
    return redirect("activities:edit", activity.slug, order[order.index(step) + 1])


def _check(request: HttpRequest, activity: Activity) -> HttpResponse:
    shown = changes.with_pending(activity)
    stages = changes.stages_of(activity, pending=True)
    sessions = changes.sessions_of(activity, pending=True)
    lacking = missing(shown)
    if request.method == "POST" and not lacking:
        return _send(request, activity)
    context = {
        "activity": activity,
        "missing": [(reverse("activities:edit", args=[activity.slug, step]), text) for step, text in lacking],
        "warnings": [
            (reverse("activities:edit", args=[activity.slug, each.step]), each)
            for each in contradictions.find(shown, sessions)
        ],
        "changed": shown,
        "shown": page_of(shown, stages, sessions),
        "steps": _steps(activity, CHECK),
        "step": CHECK,
    }
    return render(request, "activities/check.html", context, status=422 if request.method == "POST" else 200)


def _send(request: HttpRequest, activity: Activity) -> HttpResponse:
    if not actions.submit(activity=activity):
        messages.info(request, gettext("A moderator looks at it. You get a mail."))
    else:
        messages.success(
            request, gettext("Sent. A moderator looks at it, mostly within 3 working days. You get a mail.")
        )
    return redirect(activity)


@login_required
@require_POST
def activity_act(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause, resume, copy or archive."""
    activity = access.editable_activity(cast(User, request.user), slug)
    do = request.POST.get("do", "")
    if do == "copy":
        draft = actions.copy(activity=activity)
        messages.success(request, gettext("This is your copy. Only you and your colleagues see it."))
        return redirect("activities:edit", draft.slug, "wat")
    act = {"pause": actions.pause, "resume": actions.resume, "archive": actions.archive}.get(do)
    if act is None:
        return HttpResponse(status=400)
    told = {
        "pause": gettext("Paused. Schools do not see it now."),
        "resume": gettext("Published again."),
        "archive": gettext("Archived. You can still copy it."),
    }
    if act(activity=activity):
        messages.success(request, told[do])
    else:
        messages.info(request, gettext("It was done already."))
    return redirect(activity)
