"""The matches of one item, in the order in which people see them. What is held back is before nobody yet."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet

from techfinder.activities.models import Activity
from techfinder.matches.models import BEST_FIRST, Match
from techfinder.requests.models import Request


def matches_of_request(request: Request) -> QuerySet[Match]:
    """The matches put before a request whose activity is still public, best first."""
    found = Match.objects.placed().filter(request=request, activity__in=Activity.objects.public())
    return found.select_related("activity__provider").order_by(*BEST_FIRST)


def rank_of(match: Match) -> int | None:
    """The place of a match among the open ones of its request, from 1; None when it is not open. One query."""
    listed = Match.objects.open().filter(request=match.request_id).order_by(*BEST_FIRST).values_list("pk", flat=True)
    return next((rank for rank, pk in enumerate(listed, start=1) if pk == match.pk), None)


def matches_of_activity(activity: Activity) -> QuerySet[Match]:
    """The matches put before an activity whose request is still open, best first."""
    found = Match.objects.placed().filter(activity=activity, request__status=Request.Status.OPEN)
    return found.select_related("request__school__municipality", "activity").order_by("-score", "request_id")


def best_matches(limit: int) -> Prefetch[str, QuerySet[Match], str]:
    """To prefetch with requests: their best matches, as `best`."""
    best = Match.objects.placed().select_related("activity__provider").order_by(*BEST_FIRST)[:limit]
    return Prefetch("matches", queryset=best, to_attr="best")
