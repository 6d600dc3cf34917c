"""The weights of the score, for administrators: what holds, proposals with what they would change, and the history."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from techfinder.accounts.access import administrator_of
from techfinder.matches.actions import weighing
from techfinder.matches.fairness.weights import current_weight_set, current_weights, default_weights, weights_of
from techfinder.matches.models import WeightSet
from techfinder.moderation.forms.decisions import ApplyForm, WeightsForm
from techfinder.moderation.showing import weights as showing
from techfinder.taxonomy.templatetags.ui import long_day

PER_PAGE = 10
READ = ["GET", "HEAD", "POST"]


@require_http_methods(READ)
def weights(request: HttpRequest) -> HttpResponse:
    """What holds now, a form for others, and what was proposed and applied before."""
    user = administrator_of(request)
    start = default_weights() if "standaard" in request.GET else current_weights()
    form = WeightsForm(request.POST or None, initial=dict(start.items()))
    if request.method == "POST" and form.is_valid():
        proposed = weighing.propose_weights(user=user, values=form.values(), note=form.cleaned_data["note"])
        return redirect("moderation:weight_set", proposed.pk)
    current = current_weight_set()
    sets = WeightSet.objects.select_related("created_by", "applied_by")
    page = Paginator(sets, PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "current": current,
        "rows": [(line, form[line.component.name]) for line in showing.lines(current, current)],
        "page": page,
        "history": [_entry(each, current) for each in page],
    }
    return render(request, "moderation/weights.html", context, status=422 if form.is_bound else 200)


def _entry(each: WeightSet, current: WeightSet | None) -> dict[str, Any]:
    sentence = showing.first_sentence(each.preview) if each.preview else ""
    return {"set": each, "state": showing.state_of(each, current), "sentence": sentence}


@require_safe
def weight_set(request: HttpRequest, pk: int) -> HttpResponse:
    """One proposal: what it changes, counted; and applying it."""
    administrator_of(request)
    return _page(request, _found(pk), ApplyForm(), 200)


def _found(pk: int) -> WeightSet:
    return get_object_or_404(WeightSet.objects.select_related("created_by", "applied_by"), pk=pk)


def _page(request: HttpRequest, proposed: WeightSet, form: ApplyForm, status: int, refused: str = "") -> HttpResponse:
    preview = proposed.preview
    context = {
        "proposed": proposed,
        "state": showing.state_of(proposed, current_weight_set()),
        "lines": showing.lines(showing.compared_with(proposed), proposed),
        "form": form,
        "refused": refused,
    }
    if preview:
        context |= {
            "sentence": showing.first_sentence(preview),
            "top_sentence": showing.top_sentence(preview),
            "groups": showing.groups(preview),
            "provinces": showing.provinces(preview),
            "examples": showing.examples(preview),
        }
    return render(request, "moderation/weight_set.html", context, status=status)


@require_POST
def apply_weights(request: HttpRequest, pk: int) -> HttpResponse:
    """From now on everything is scored with these weights; when that may not be, the page says why."""
    user = administrator_of(request)
    proposed = _found(pk)
    form = ApplyForm(request.POST)
    if not form.is_valid():
        return _page(request, proposed, form, 422)
    try:
        weighing.apply_weights(weight_set_id=proposed.pk, user=user)
    except weighing.RefusedError as error:
        return _page(request, _found(pk), ApplyForm(), 409, refused=str(error))
    messages.success(request, gettext("Applied. All requests are matched anew with these weights."))
    return redirect("moderation:weight_set", proposed.pk)


@require_POST
def bring_back_weights(request: HttpRequest, pk: int) -> HttpResponse:
    """Propose the weights of an earlier set anew."""
    user = administrator_of(request)
    old = _found(pk)
    values = dict(weights_of(old.values).items())
    if values == dict(current_weights().items()):
        messages.info(request, gettext("These are the weights that hold now."))
        return redirect("moderation:weight_set", old.pk)
    proposed = weighing.propose_weights(user=user, values=values, note=_note_again(old)[:250])
    return redirect("moderation:weight_set", proposed.pk)


def _note_again(old: WeightSet) -> str:
    if not old.applied_at:
        return old.note
    return gettext("Back to those of %(day)s: %(note)s") % {"day": long_day(old.created_at), "note": old.note}
