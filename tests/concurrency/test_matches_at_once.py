"""Workers that match at the same moment: one row per pair, one mail per person, the newest version wins."""

from functools import partial

import pytest

from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import DigestRun, Match, Notification
from techfinder.matches.telling import digest
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.matches.steps import match_activity, match_request
from tests.matches.test_telling import MORNING
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    town = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    provider = ProviderFactory(municipality=town)
    MembershipFactory(user=UserFactory(), provider=provider)
    activities = [ActivityFactory(provider=provider) for _ in range(3)]
    requests = [RequestFactory(school=SchoolFactory(municipality=town)) for _ in range(3)]
    return requests, activities


def test_the_same_request_by_four_workers(world):
    requests, _ = world
    in_threads(4, partial(match_request, requests[0]))
    assert Match.objects.count() == 3
    assert OutgoingMail.objects.count() == 2


def test_requests_and_activities_across_each_other(world):
    requests, activities = world

    def everything():
        for request, activity in zip(requests, activities, strict=True):
            match_request(request)
            match_activity(activity)

    in_threads(4, everything)
    assert Match.objects.count() == 9
    assert not Match.objects.exclude(state=Match.State.OPEN).exists()
    assert OutgoingMail.objects.filter(to=requests[0].contact.email).count() == 1


def test_two_beats_send_one_digest(world):
    requests, _ = world
    actions.match_request(request_id=requests[0].pk)
    Notification.objects.update(told_at=None, mail=None)
    in_threads(4, partial(digest.send_digests, now=MORNING))
    assert DigestRun.objects.count() == 2
    assert OutgoingMail.objects.filter(kind="match_digest").count() == 2
