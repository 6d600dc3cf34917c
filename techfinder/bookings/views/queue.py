"""Who waits for a place on the days of an activity: for its provider, who may give one by hand."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from techfinder.activities.access import editable_activity
from techfinder.bookings import show
from techfinder.bookings.queries.lists import queues_of

PER_PAGE = 50


@login_required
@require_safe
def queue(request: HttpRequest, slug: str) -> HttpResponse:
    """The queue of each day, the longest waiting first."""
    activity = editable_activity(request.user, slug)
    page = Paginator(queues_of(activity), PER_PAGE).get_page(request.GET.get("page"))
    context = {"activity": activity, "page": page, "days": show.queue_days(page.object_list)}
    return render(request, "bookings/queue.html", context)
