"""What bookings add to the page of an activity: the way to ask for it, and how many wait for its days."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from techfinder.activities.beside import register
from techfinder.activities.models import Activity
from techfinder.bookings.queries.lists import queue_lengths


@register
def on_activity(request: HttpRequest, activity: Activity) -> dict[str, Any]:
    """Who is signed in asks with a request that fits; others post one first, as the page says by itself."""
    added: dict[str, Any] = {"queues": queue_lengths(activity)}
    if request.user.is_authenticated:
        added["ask_url"] = reverse("bookings:ask", args=[activity.slug])
    return added
