"""Who waits for a place, which place that is, and what came online meanwhile.

The rule of the place: among the requests of the same province that have a theme in common, or of which one says
nothing of themes, whoever waits longest is first.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from techfinder.activities.models import Activity
from techfinder.bookings.machine import SETTLED, WAITING
from techfinder.bookings.models import Booking, Waiting
from techfinder.matches.models import Match
from techfinder.matches.queries import Step, WhyNot
from techfinder.requests.models import Request, RequestQuerySet

# What a booking must be for its request to wait no more; in the queue of a full day there is no place yet.
HAS_PLACE = (*WAITING, *SETTLED)
NEWS_SHOWN = 5
NEAR_KM = 25


def with_place(request: Any) -> QuerySet[Booking]:
    """The bookings that keep a request from the waiting list."""
    return Booking.objects.filter(request=request, state__in=HAS_PLACE)


def without_place() -> RequestQuerySet:
    """The open requests that wait."""
    return Request.objects.open().filter(~Exists(with_place(OuterRef("pk"))))


def waiting_now() -> QuerySet[Waiting]:
    """The waiting list, the longest first; who got a place a moment ago is not on it, swept or not."""
    listed = Waiting.objects.filter(ended_at=None, request__status=Request.Status.OPEN)
    return listed.filter(~Exists(with_place(OuterRef("request"))))


def waiting_of(request: Request) -> Waiting | None:
    """The row of a request that is on the list now."""
    return waiting_now().select_related("request__school__municipality__parent").filter(request=request).first()


# ----------------------------------------------------------------------- place


@dataclass(frozen=True, slots=True)
class Place:
    """The how manyth of how many."""

    number: int
    total: int


def place_of(waiting: Waiting) -> Place:
    """Where a request stands on the list, by the rule above; one query."""
    request = waiting.request
    beside = waiting_now().filter(_same_province(request) & _theme_in_common(request.themes))
    earlier = Q(since__lt=waiting.since) | Q(since=waiting.since, pk__lt=waiting.pk or 0)
    counted = beside.exclude(pk=waiting.pk).order_by().aggregate(
        earlier=Count("pk", filter=earlier), others=Count("pk")
    )  # fmt: skip
    return Place(counted["earlier"] + 1, counted["others"] + 1)


def _same_province(request: Request) -> Q:
    town = request.school.municipality
    if town.parent_id is None:
        return Q(request__school__municipality=town.pk)
    return Q(request__school__municipality__parent=town.parent_id)


def _theme_in_common(themes: list[str]) -> Q:
    if not themes:
        return Q()
    return Q(request__themes__overlap=themes) | Q(request__themes=[])


# ------------------------------------------------------------------------ news


@dataclass(frozen=True, slots=True)
class News:
    """An activity that came online since the request waits. `phrase`: what would make it fit; empty when it fits."""

    activity: Activity
    phrase: str = ""


def news_of(waiting: Waiting, why: WhyNot | None) -> list[News]:
    """What came online since, the newest first: what fits, and what fits after one of the steps of `why`."""
    fits = set(fitting(waiting.request_id).values_list("activity_id", flat=True))
    phrases = {pk: step.phrase for step in reversed(_steps(why)) for pk in step.ids}
    found = Activity.objects.public().filter(pk__in=fits | phrases.keys(), published_at__gt=waiting.since)
    newest = found.select_related("provider").order_by("-published_at", "-pk")[:NEWS_SHOWN]
    return [News(each, "" if each.pk in fits else phrases[each.pk]) for each in newest]


def _steps(why: WhyNot | None) -> list[Step]:
    if why is None:
        return []
    return [*why.steps, *([why.online.step] if why.online else [])]


def fitting(request_id: int) -> QuerySet[Match]:
    """What is put before a request now."""
    return Match.objects.placed().filter(request=request_id, activity__in=Activity.objects.public())


def fits_of(request_ids: Collection[int]) -> dict[int, int]:
    """How many activities fit each of these requests; one query. Those that none fits are left out."""
    found = Match.objects.placed().filter(request__in=request_ids, activity__in=Activity.objects.public())
    return dict(found.order_by().values_list("request").annotate(count=Count("pk")))


# --------------------------------------------------------------- for companies

# A school asks for what an activity is: it waits, lies near, and has a class and a theme in common. The degrees are a
# coarse sieve before the distance along the earth (design.md, chapter 5).
NEARBY = """
    SELECT count(DISTINCT asked.school_id)
    FROM bookings_waiting AS waiting
    JOIN matches_askedrow AS asked ON asked.request_id = waiting.request_id AND asked.live
    JOIN matches_offeredrow AS offered ON offered.activity_id = ANY(%(ids)s) AND offered.live
        AND asked.levels & offered.levels <> 0
        AND (asked.themes_low & offered.themes_low <> 0 OR asked.themes_high & offered.themes_high <> 0
             OR (asked.themes_low = 0 AND asked.themes_high = 0))
        AND abs(asked.lat - offered.lat) <= %(degrees)s
        AND 2 * 6371.0088 * asin(sqrt(least(1,
            power(sin(radians(asked.lat - offered.lat) / 2), 2)
            + cos(radians(asked.lat)) * cos(radians(offered.lat))
            * power(sin(radians(asked.lon - offered.lon) / 2), 2)))) <= %(km)s
    WHERE waiting.ended_at IS NULL
"""
KM_PER_DEGREE = 111.0


def schools_nearby(activity_ids: Iterable[int], *, km: float = NEAR_KM) -> int:
    """How many schools within so many kilometres wait for something like these activities; one query."""
    values: dict[str, Any] = {"ids": list(activity_ids), "km": km, "degrees": km / KM_PER_DEGREE}
    with connection.cursor() as cursor:
        cursor.execute(NEARBY, values)
        (count,) = cursor.fetchone()
        return int(count)
