"""The sweeper of matches."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Q
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.mail.models import Heartbeat
from techfinder.matches import telling
from techfinder.matches.actions.answers import release_places
from techfinder.matches.actions.matching import match_activity, match_request
from techfinder.matches.actions.rematching import rematch, unmatched, waiting_requests
from techfinder.matches.actions.weighing import wake_previews
from techfinder.matches.models import Match
from techfinder.requests.actions import close_past

# From here on one run over everything is cheaper than one run each.
MANY = 100
NIGHTLY = "rematch"
# A sweep that takes longer leaves the rest to the next one.
SECONDS_PER_SWEEP = 60


def sweep(*, today: dt.date | None = None) -> int:
    """Find what was committed and not yet matched, close what is past, once a day match everything anew.

    Returns how many items were matched.
    """
    today = today or timezone.localdate()
    close_past()
    wake_previews()
    request_ids = list(waiting_requests().values_list("pk", flat=True)[: MANY + 1])
    activity_ids = _activities_to_match()
    if _night_has_passed(today) or len(request_ids) + len(activity_ids) > MANY:
        rematch(today=today, everything=_take_the_night(today), seconds=SECONDS_PER_SWEEP)
    else:
        _match_each(request_ids, activity_ids, today)
    release_places()
    telling.tell_waiting()
    return len(request_ids) + len(activity_ids)


def _activities_to_match() -> list[int]:
    """A draft that was never public waits for nothing."""
    with_matches = Match.objects.open().values("activity_id")
    due = Activity.objects.filter(unmatched()).filter(
        Q(pk__in=with_matches) | Q(pk__in=Activity.objects.public().values("pk"))
    )
    return list(due.order_by("pk").values_list("pk", flat=True)[: MANY + 1])


def _match_each(request_ids: Collection[int], activity_ids: Collection[int], today: dt.date) -> None:
    for request_id in request_ids:
        match_request(request_id=request_id, today=today)
    for activity_id in activity_ids:
        match_activity(activity_id=activity_id, today=today)


def _night_has_passed(today: dt.date) -> bool:
    """Days pass: lead times and windows change what fits although nobody wrote anything."""
    last = Heartbeat.objects.filter(name=NIGHTLY).first()
    return last is None or timezone.localdate(last.at) < today


def _take_the_night(today: dt.date) -> bool:
    """Marked before the work, so that a night that fails does not come back every minute."""
    due = _night_has_passed(today)
    if due:
        Heartbeat.objects.update_or_create(name=NIGHTLY, defaults={"at": timezone.now()})
    return due
