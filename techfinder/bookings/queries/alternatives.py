"""What else there is for a side whose question came to nothing, or waits too long: never a dead end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.text import capfirst

from techfinder.activities.models import Activity
from techfinder.bookings.machine import OFF, WAITING, Next, Side, State
from techfinder.bookings.models import Booking
from techfinder.mail.compose import absolute
from techfinder.matches.models import Match
from techfinder.matches.queries import matches_of_request, why_not
from techfinder.matches.telling.labels import FOR_PROVIDER, Labels, deliveries, levels
from techfinder.matches.telling.words import activity_url, dict_of
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Delivery
from techfinder.taxonomy.templatetags.ui import period, pupils

MOST = 3
Kind = Literal["", "activities", "online", "steps", "requests"]


@dataclass(frozen=True, slots=True)
class Alternative:
    """One way on, in words of the active language. `url` is a path; of an activity `ask_path` is the form to ask for it
    with the same request, and `activity_id` what can be asked for at once."""

    title: str
    line: str
    url: str
    reasons: list[str] = field(default_factory=list)
    shortfalls: list[str] = field(default_factory=list)
    activity_id: int | None = None
    ask_path: str = ""

    @property
    def mail_url(self) -> str:
        return absolute(self.url)


@dataclass(frozen=True, slots=True)
class Alternatives:
    """At most three of one kind: activities that fit, such as fit when they are online, changes of the request that
    would help, or other requests; `all_url` is the path of the page with all of them. False when there is nothing."""

    kind: Kind = ""
    items: list[Alternative] = field(default_factory=list)
    all_url: str = ""

    def __bool__(self) -> bool:
        return bool(self.items)


def alternatives(booking: Booking, side: str) -> Alternatives:
    """For the school other activities for its request, for the provider other requests for its activities.

    Nothing for a school whose request is not open. Words are in the active language.
    """
    return _for_provider(booking) if side == Side.PROVIDER else _for_school(booking)


def looks_on(booking: Booking, side: str) -> bool:
    """Whether this side is shown what else there is: it came to nothing, has no place yet, or no answer came."""
    if booking.state == State.QUEUED:
        return side == Side.SCHOOL
    is_late = booking.state in WAITING and booking.next_step == Next.EXPIRE and booking.turn != side
    return is_late or booking.state in OFF


# ------------------------------------------------------------------ for the school


def _for_school(booking: Booking) -> Alternatives:
    request = Request.objects.open().filter(pk=booking.request_id).first()
    if request is None:
        return Alternatives()
    all_url = reverse("matches:request", args=[request.uuid])
    fits = list(_not_asked_yet(request)[:MOST])
    if fits:
        labels = Labels()
        return Alternatives("activities", [_activity(match, labels, request) for match in fits], all_url)
    return _nearly(request, all_url)


def _not_asked_yet(request: Request) -> QuerySet[Match]:
    known = Booking.objects.filter(request=request).order_by().values("activity")
    return matches_of_request(request).filter(asked_at=None).exclude(activity__in=known)


def _activity(match: Match, labels: Labels, request: Request) -> Alternative:
    where = deliveries(dict_of(match.reasons).get("delivery", []))
    return Alternative(
        title=match.activity.title,
        line=_line(match.activity, labels, where),
        url=match.activity.get_absolute_url(),
        reasons=labels.reasons(match.reasons),
        shortfalls=labels.shortfalls(match.shortfalls),
        activity_id=match.activity_id,
        ask_path=_ask_path(match.activity, request),
    )


def _line(activity: Activity, labels: Labels, where: str) -> str:
    """Write Gastles op school. Sloewind Onderhoud, Nieuwdorp."""
    kind = labels.kinds.get(activity.kind, activity.kind)
    town = activity.venue_city or activity.provider.city
    by = f"{activity.provider.name}, {town}" if town else activity.provider.name
    return f"{capfirst(f'{kind} {where}'.strip())}. {by}"


def _nearly(request: Request, all_url: str) -> Alternatives:
    """What can be had online, else which change of the request would help."""
    found = why_not(request)
    if found.online:
        labels = Labels()
        online = [_online(each, labels, request) for each in found.online.activities[:MOST]]
        return Alternatives("online", online, all_url)
    steps = [Alternative(title=each.title, line=strip_tags(each.gain), url=all_url) for each in found.steps[:MOST]]
    return Alternatives("steps", steps, all_url) if steps else Alternatives()


def _online(activity: Activity, labels: Labels, request: Request) -> Alternative:
    return Alternative(
        title=activity.title,
        line=_line(activity, labels, deliveries([Delivery.ONLINE])),
        url=activity.get_absolute_url(),
        activity_id=activity.pk,
        ask_path=_ask_path(activity, request),
    )


def _ask_path(activity: Activity, request: Request) -> str:
    return f"{reverse('bookings:ask', args=[activity.slug])}?{urlencode({'vraag': str(request.uuid)})}"


# ---------------------------------------------------------------- for the provider


def _for_provider(booking: Booking) -> Alternatives:
    labels = Labels()
    found = _not_spoken_of(booking).select_related("request__school__municipality", "activity")
    items = [_request(match, labels) for match in found.order_by("-score", "pk")[:MOST]]
    return Alternatives("requests", items, reverse("matches:dashboard")) if items else Alternatives()


def _not_spoken_of(booking: Booking) -> QuerySet[Match]:
    """The best match of each open request that fits this provider, and of which the two have not spoken."""
    provider = booking.activity.provider_id
    known = Booking.objects.filter(activity__provider=provider).order_by().values("request")
    fits = (
        Match.objects.placed()
        .filter(activity__in=Activity.objects.public().filter(provider=provider), asked_at=None, offered_at=None)
        .filter(request__status=Request.Status.OPEN, request__date_until__gte=timezone.localdate())
        .exclude(request__in=known)
    )
    best = fits.order_by("request_id", "-score", "activity_id").distinct("request_id")
    return Match.objects.filter(pk__in=best.values("pk"))


def _request(match: Match, labels: Labels) -> Alternative:
    request = match.request
    group = f"{levels(request.levels)}, {pupils(request.group_size)}"
    when = period(request.date_from, request.date_until)
    place = request.school.city or request.school.municipality.name
    return Alternative(
        title=request.title,
        line=f"{request.school.name}, {place}. {capfirst(group)}, {when}.",
        url=activity_url(match.activity),
        reasons=labels.reasons(match.reasons, only=FOR_PROVIDER),
        shortfalls=labels.shortfalls(match.shortfalls),
    )
