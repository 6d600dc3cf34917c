"""The campaign of the demo: the coordinator of Zeeland shares out the days of a season; the worker solves its round."""

import datetime as dt

from django.db import connection
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.campaigns.actions import add_requests, create_campaign, give_seats, start_round
from techfinder.campaigns.models import Campaign
from techfinder.campaigns.queries import requests_in_reach, sessions_in_reach
from techfinder.pages.demo.people import MODERATOR
from techfinder.taxonomy.models import Region

# Fewer than a day has, so that not everyone finds a place.
SEATS = 30


def make_campaign() -> Campaign:
    """All days and questions of Zeeland of the coming months, and a round that waits for the worker."""
    # PostgreSQL takes tables that were filled a moment ago for empty ones, and would look through them row by row.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE activities_activity, activities_session, organisations_provider, requests_request")
    today, coordinator = timezone.localdate(), User.objects.get(email=MODERATOR)
    campaign = create_campaign(
        user=coordinator,
        title="Op pad met techniek in Zeeland",
        description="Zoveel mogelijk klassen een dag naar een bedrijf, een race of een techniekdag.",
        region=Region.objects.get(code="NL-ZE"),
        first_day=today + dt.timedelta(days=14),
        last_day=today + dt.timedelta(days=365),
        parts_max=2,
        providers_max=2,
    )
    seats = {day.pk: min(SEATS, day.free) for day in sessions_in_reach(campaign)}
    give_seats(campaign_id=campaign.pk, seats=seats)
    add_requests(campaign_id=campaign.pk, request_ids=list(requests_in_reach(campaign).values_list("pk", flat=True)))
    start_round(campaign_id=campaign.pk, user=coordinator)
    return campaign
