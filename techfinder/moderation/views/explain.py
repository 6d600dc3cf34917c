"""Why a pair fits or not, for moderators."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from techfinder.moderation.access import desk_of
from techfinder.moderation.explaining import PairForm, told


@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    """A form for a request and an activity, and the story of that pair; what is not of this desk is not found."""
    asked = {"vraag", "aanbod"} & request.GET.keys()
    form = PairForm(request.GET if asked else None, desk=desk_of(request))
    found = told(form.story()) if form.is_valid() else None
    status = 422 if form.is_bound and found is None else 200
    return render(request, "moderation/explain.html", {"form": form, "told": found}, status=status)
