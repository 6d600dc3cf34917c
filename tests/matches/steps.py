"""What the worker does with a change: match, and then tell."""

import datetime as dt

from techfinder.matches import actions
from techfinder.matches.telling import notifications
from techfinder.requests.models import Request
from techfinder.taxonomy.workdays import at


def match_request(request):
    actions.match_request(request_id=request.pk)
    notifications.tell_waiting()


def match_activity(activity):
    actions.match_activity(activity_id=activity.pk)
    notifications.tell_waiting()


def match_all():
    """Every request by itself."""
    for request in Request.objects.order_by("pk"):
        match_request(request)


def rematch(**how):
    actions.rematch(**how)
    notifications.tell_waiting()


def release(**how):
    actions.release_places(**how)
    notifications.tell_waiting()


def morning_after(day, *, weekday):
    """Eight o'clock on the first such weekday from this day on: 0 is Monday."""
    return at(day + dt.timedelta(days=(weekday - day.weekday()) % 7), dt.time(8))
