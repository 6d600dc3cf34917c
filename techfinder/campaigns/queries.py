"""Reads of campaigns that several callers share: what may take part, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from techfinder.activities.access import codes_under
from techfinder.activities.gone import gone_of, is_nowhere
from techfinder.activities.models import Activity, Session
from techfinder.activities.search import Criteria, find_all
from techfinder.activities.vocabulary import overlapping
from techfinder.bookings.machine import OFF
from techfinder.campaigns.models import Award, Campaign, CampaignRequest, CampaignSession, Pin
from techfinder.requests.models import Request, RequestQuerySet
from techfinder.taxonomy.data import COUNTRY
from techfinder.taxonomy.queries import municipality_ids

# ---------------------------------------------------------- what may take part


def activities_in_reach(campaign: Campaign) -> QuerySet[Activity]:
    """Public activities that are offered in, or come from, the region of the campaign."""
    if campaign.region.code == COUNTRY:
        return Activity.objects.public()
    codes = sorted(codes_under([campaign.region]))
    near = Q(regions__overlap=codes) | Q(provider__municipality__in=municipality_ids(campaign.region))
    return Activity.objects.public().filter(near)


def sessions_in_reach(campaign: Campaign, criteria: Criteria | None = None) -> QuerySet[Session]:
    """Coming days with free seats within the campaign, of activities in its reach that meet the criteria."""
    activities = activities_in_reach(campaign)
    if criteria is not None and criteria != Criteria():
        activities = activities.filter(pk__in=find_all(criteria).ids.tolist())
    return (
        Session.objects.filter(activity__in=activities.order_by().values("pk"))
        .filter(date__gte=max(campaign.first_day, timezone.localdate()), date__lte=campaign.last_day)
        .filter(taken__lt=F("seats"))
        .select_related("activity__provider")
        .order_by("date", "activity__title", "start", "id")
    )


def requests_in_reach(campaign: Campaign) -> RequestQuerySet:
    """Open requests of the region whose days meet those of the campaign, and that do not take part yet."""
    found = Request.objects.open().filter(
        date_from__lte=campaign.last_day,
        date_until__gte=max(campaign.first_day, timezone.localdate()),
        school__closed_at=None,
    )
    found = found.exclude(pk__in=campaign.asked.values("request"))
    found = found.select_related("school__municipality").order_by("confirmed_at", "id")
    if campaign.region.code == COUNTRY:
        return found
    return found.filter(school__municipality__in=municipality_ids(campaign.region))


def narrowed(requests: RequestQuerySet, *, text: str = "", theme: str = "", level: str = "") -> RequestQuerySet:
    """Of these requests those of which title, school or town has the text, and theme and level suit."""
    if text:
        requests = requests.filter(
            Q(title__icontains=text) | Q(school__name__icontains=text) | Q(school__city__icontains=text)
        )
    if theme:
        requests = requests.filter(Q(themes=[]) | Q(themes__contains=[theme]))
    return requests.filter(levels__overlap=overlapping([level])) if level else requests


# ------------------------------------------------------------ what is in the way


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What was chosen and cannot take part now."""

    not_public: list[Activity]
    no_region: list[Activity]
    full: list[Activity]
    past: list[Activity]
    closed_requests: list[str]

    def __bool__(self) -> bool:
        return bool(self.not_public or self.no_region or self.full or self.past or self.closed_requests)


def left_out(campaign: Campaign) -> LeftOut:
    """Activities that are no longer public or lost their region, days that are full or past, closed requests."""
    places = list(chosen_places(campaign))
    public = set(Activity.objects.public().filter(sessions__campaigns__campaign=campaign).values_list("pk", flat=True))
    gone = gone_of(place.session.activity for place in places)
    today = timezone.localdate()
    shown = [place for place in places if place.session.activity_id in public]
    return LeftOut(
        not_public=_activities(place for place in places if place.session.activity_id not in public),
        no_region=_activities(
            place for place in shown if is_nowhere(place.session.activity, gone.get(place.session.activity_id, ()))
        ),
        full=_activities(place for place in shown if place.session.free < 1),
        past=_activities(place for place in shown if place.session.date < today),
        closed_requests=list(
            campaign.asked.exclude(request__status=Request.Status.OPEN)
            .order_by("request__title", "pk")
            .values_list("request__title", flat=True)
        ),
    )


def _activities(places: Iterable[CampaignSession]) -> list[Activity]:
    found = {place.session.activity_id: place.session.activity for place in places}
    return sorted(found.values(), key=lambda activity: (activity.title, activity.pk))


def chosen_places(campaign: Campaign) -> QuerySet[CampaignSession]:
    """The days that the campaign shares out, with all that is said of them."""
    return campaign.places.select_related("session__activity__provider").order_by(
        "session__date", "session__activity__title", "session__start", "session_id"
    )


def chosen_requests(campaign: Campaign) -> QuerySet[CampaignRequest]:
    """The requests that take part, the most urgent first."""
    return campaign.asked.select_related("request__school__municipality").order_by(
        "-priority", "request__confirmed_at", "request_id"
    )


def seats_of(campaign: Campaign) -> int:
    """The seats that it shares out."""
    return campaign.places.aggregate(all=Sum("seats"))["all"] or 0


def pinned_seats(campaign: Campaign) -> dict[int, int]:
    """Per day the pupils that were put there by hand."""
    pins = Pin.objects.filter(campaign=campaign, pupils__gt=0).values("session").annotate(all=Sum("pupils"))
    return dict(pins.order_by().values_list("session", "all"))


# ------------------------------------------------------------------ after it


def called_off(campaign: Campaign) -> QuerySet[Award]:
    """What was called off after it was published, the newest first."""
    off = Award.objects.filter(round__campaign=campaign, booking__state__in=OFF)
    return off.select_related("activity__provider", "session", "booking", "request__school__municipality").order_by(
        "-booking__ended_at", "id"
    )
