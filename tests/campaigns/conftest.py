import datetime as dt
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from techfinder.campaigns import actions
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.campaigns import CampaignFactory, CampaignRequestFactory, CampaignSessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

DAY = dt.timedelta(days=1)


@pytest.fixture
def coordinator(db):
    """The moderator of Zeeland, signed in by `as_coordinator`."""
    user = UserFactory(name="Carla", moderates=[Region.objects.get(code="NL-ZE")])
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


@pytest.fixture
def as_coordinator(coordinator):
    client = Client()
    client.force_login(coordinator)
    return client


class Fair:
    """A campaign in one town, to which days and requests are added."""

    def __init__(self, coordinator):
        self.user = coordinator
        self.town = RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent_id=_zeeland().pk)
        self.campaign = CampaignFactory(title="Week van de techniek", slug="week", created_by=coordinator)

    def day(self, *, seats=30, given=None, after=45, provider=None, **activity):
        provider = provider or ProviderFactory(municipality=self.town)
        offered = ActivityFactory(provider=provider, regions=["NL-ZE"], **activity)
        session = SessionFactory(activity=offered, seats=seats, date=timezone.localdate() + after * DAY)
        CampaignSessionFactory(campaign=self.campaign, session=session, seats=given or seats)
        return session

    def ask(self, *, size=28, priority=1, bounds=None, **request):
        school = request.pop("school", None) or SchoolFactory(municipality=self.town)
        asked = RequestFactory(school=school, group_size=size, **request)
        CampaignRequestFactory(campaign=self.campaign, request=asked, priority=priority, **(bounds or {}))
        return asked

    def start(self):
        return actions.start_round(campaign_id=self.campaign.pk, user=self.user)

    def solve(self):
        """Start a round and do what the worker does; the round as it is afterwards."""
        started = self.start()
        actions.solve_round(round_id=started.pk)
        started.refresh_from_db()
        return started

    def publish(self, proposed):
        return actions.publish_round(round_id=proposed.pk, user=self.user)

    def outcomes(self):
        return {each.request_id: each.outcome for each in self.campaign.asked.all()}


def _zeeland():
    return Region.objects.get(code="NL-ZE")


@pytest.fixture
def fair(coordinator):
    return Fair(coordinator)


@pytest.fixture
def reload():
    def again(row):
        row.refresh_from_db()
        return row

    return again


def awards_of(found):
    """{(request, session): pupils} of a round."""
    return {(each.request_id, each.session_id): each.pupils for each in found.awards.all()}


def a_round(fair):
    """Two days, three groups of 28: one gets nothing."""
    days = [fair.day(), fair.day(after=50)]
    asked = [fair.ask() for _ in range(3)]
    return SimpleNamespace(days=days, asked=asked, found=fair.solve())
