"""Who got a place, or gets a group, reads it on the own pages, and not in the mail only."""

import pytest
from django.urls import reverse

from techfinder.requests.models import Request
from tests.factories.campaigns import AwardFactory, CampaignSessionFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("given", [True, False])
def test_a_placed_request_shows_its_place_and_whom_to_reach(client, given):
    request = RequestFactory(status=Request.Status.FULFILLED)
    session = CampaignSessionFactory().session
    award = AwardFactory(request=request, session=session, given=given)
    client.force_login(request.contact)
    page = client.get(reverse("matches:request", args=[request.uuid])).content.decode()
    assert (award.activity.title in page) is given
    assert (award.activity.provider.email in page) is given
