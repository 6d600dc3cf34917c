"""The days with places of an activity, as choices: how many places are left, or how many wait."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from techfinder.activities.models import Activity, Session
from techfinder.bookings.machine import State
from techfinder.bookings.show.words import day_words, hours_words

ANOTHER_DAY = "other"
MOST_DAYS = 60


def coming_sessions(activity: Activity) -> QuerySet[Session]:
    """The days from today on, each with `queue`: how many wait for a place."""
    queued = Count("bookings", filter=Q(bookings__state=State.QUEUED))
    return activity.sessions.filter(date__gte=timezone.localdate()).annotate(queue=queued).order_by("date", "start")


def session_words(session: Session, pupils: int = 1) -> str:
    """Write vrijdag 18 juni, 10.00 tot 11.30: nog 12 plekken; or: nog geen plek, 3 wachten."""
    hours = hours_words(session)
    day = f"{day_words(session.date)}, {hours}" if hours else day_words(session.date)
    return _("%(day)s: %(places)s") % {"day": day, "places": places_words(session, pupils)}


def places_words(session: Session, pupils: int = 1) -> str:
    """How many places are left; when they are too few, how many wait before you."""
    left = ngettext("%(count)d place left", "%(count)d places left", session.free) % {"count": session.free}
    queue: int = getattr(session, "queue", 0)
    if session.free >= pupils and not queue:
        return left
    words = ngettext("%(count)d group waits", "%(count)d groups wait", queue) % {"count": queue}
    if session.free <= 0:
        left = _("no place yet")
    return _("%(left)s, %(waiting)s") % {"left": left, "waiting": words} if queue else left
