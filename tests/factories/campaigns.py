"""Campaigns of Zeeland that are being prepared, unless told otherwise."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from techfinder.campaigns.models import Award, Campaign, CampaignRequest, CampaignSession, Round
from techfinder.taxonomy.models import Region


class CampaignFactory(DjangoModelFactory[Campaign]):
    class Meta:
        model = Campaign

    title = factory.Sequence(lambda n: f"Week van de techniek {n}")
    slug = factory.Sequence(lambda n: f"week-van-de-techniek-{n}")
    description = "Elke klas een keer naar een bedrijf."
    region = factory.LazyFunction(lambda: Region.objects.get(code="NL-ZE"))
    first_day = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=30))
    last_day = factory.LazyAttribute(lambda campaign: campaign.first_day + dt.timedelta(days=60))


class CampaignSessionFactory(DjangoModelFactory[CampaignSession]):
    """A day of a public activity with 30 seats, all of them given."""

    class Meta:
        model = CampaignSession

    campaign = factory.SubFactory(CampaignFactory)
    session = factory.SubFactory("tests.factories.activities.SessionFactory")
    seats = 30


class CampaignRequestFactory(DjangoModelFactory[CampaignRequest]):
    class Meta:
        model = CampaignRequest

    campaign = factory.SubFactory(CampaignFactory)
    request = factory.SubFactory("tests.factories.requests.RequestFactory")


class RoundFactory(DjangoModelFactory[Round]):
    """A proposal."""

    class Meta:
        model = Round

    campaign = factory.SubFactory(CampaignFactory)
    number = factory.Sequence(lambda n: n + 1)
    version = 1
    state = Round.State.PROPOSED


class AwardFactory(DjangoModelFactory[Award]):
    class Meta:
        model = Award

    round = factory.SubFactory(RoundFactory)
    request = factory.SubFactory("tests.factories.requests.RequestFactory")
    session = factory.SubFactory("tests.factories.activities.SessionFactory")
    activity = factory.LazyAttribute(lambda award: award.session.activity)
    date = factory.LazyAttribute(lambda award: award.session.date)
    pupils = 28
    score = 700
    reasons = factory.LazyFunction(lambda: [["distance_km", 3.5], ["delivery", ["at_school"]]])
