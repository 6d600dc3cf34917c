"""What the worker does with a change: match, and then tell."""

from techfinder.matches import actions
from techfinder.matches.telling import notifications
from techfinder.requests.models import Request


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
