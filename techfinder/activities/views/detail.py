"""One activity, as a teacher wants to read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from techfinder.activities import access
from techfinder.activities.beside import beside
from techfinder.activities.changes import sessions_of, stages_of, with_pending
from techfinder.activities.favourites.queries import kept_among
from techfinder.activities.gone import gone_regions, warning
from techfinder.activities.maps import coverage_map
from techfinder.activities.models import Activity
from techfinder.activities.presenting import page_of
from techfinder.activities.structured import json_ld


@require_safe
def activity_detail(request: HttpRequest, slug: str) -> HttpResponse:
    """The public page; before approval the same page as a preview."""
    activity = access.visible_activity(request.user, slug)
    member = access.is_member(request.user, activity)
    as_changed = "wijziging" in request.GET and (member or access.moderates(request.user, activity))
    context = _context(activity, member=member, as_changed=as_changed)
    context |= beside(request, activity)
    context["is_kept"] = activity.pk in kept_among(request, [activity.pk])
    if member or access.moderates(request.user, activity):
        context["gone"] = warning(context["activity"], gone_regions(context["activity"]))
    return render(request, "activities/detail.html", context)


def _context(activity: Activity, *, member: bool, as_changed: bool) -> dict[str, Any]:
    shown = with_pending(activity) if as_changed else activity
    stages, sessions = stages_of(activity, pending=as_changed), sessions_of(activity, pending=as_changed)
    public = access.is_public(activity)
    return {
        "activity": shown,
        "is_public": public,
        "is_member": member,
        "as_changed": as_changed,
        "has_change": bool(activity.pending),
        "shown": page_of(shown, stages, sessions),
        "map": coverage_map(shown),
        "ask_url": f"{reverse('requests:new')}?{urlencode({'activiteit': activity.slug})}",
        "json_ld": json_ld(activity, sessions) if public else "",
    }
