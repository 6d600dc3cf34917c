"""The page of a provider: everything it offers, where, and how to ask."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from techfinder.activities.models import Activity
from techfinder.organisations.models import Provider
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def zilt():
    return ProviderFactory(name="Zilt", slug="zilt", description="Wij maken stroom van zout water.")


def page(client, provider, **query):
    response = client.get(provider.get_absolute_url(), query)
    assert response.status_code == 200
    return response.content.decode()


def test_it_has_every_public_offer_with_towns_and_a_way_to_ask(client, zilt):
    ActivityFactory(provider=zilt, title="Molens bouwen", venue_city="Goes", regions=["NL-ZE"], themes=["energie"])
    ActivityFactory(provider=zilt, title="Zoute stroom", venue_city="Veere", regions=["NL-ZE"], themes=["energie"])
    ActivityFactory(provider=zilt, title="Nog niet af", draft=True)
    ActivityFactory(title="Van een ander")
    text = page(client, zilt)
    assert "Molens bouwen" in text
    assert "Zoute stroom" in text
    assert "Nog niet af" not in text
    assert "Van een ander" not in text
    assert "Goes en Veere" in text
    assert 'href="/vraag/?thema=energie"' in text


def test_without_offers_it_leads_on(client, zilt):
    text = page(client, zilt)
    assert "Nu geen aanbod" in text
    assert 'href="/vraag/' in text


def test_a_pause_takes_the_offers_away(client, zilt):
    ActivityFactory(provider=zilt, title="Molens bouwen")
    Provider.objects.update(paused=True)
    assert "Molens bouwen" not in page(client, zilt)


def test_one_that_waits_shows_its_members_no_offers(client, zilt):
    ActivityFactory(provider=zilt, title="Molens bouwen")
    Provider.objects.update(status=Provider.Status.PENDING)
    assert client.get(zilt.get_absolute_url()).status_code == 404
    client.force_login(MembershipFactory(provider=zilt).user)
    assert "Molens bouwen" not in page(client, zilt)


def test_many_offers_come_in_pages_with_an_address_of_their_own(client, zilt):
    for number in range(13):
        ActivityFactory(provider=zilt, title=f"Les {number:02}")
    assert "Les 00" not in page(client, zilt)
    second = page(client, zilt, page=2)
    assert "Les 00" in second
    assert 'rel="canonical" href="http' in second
    assert '/organisatie/aanbieder/zilt/?page=2">' in second
    assert Activity.objects.count() == 13


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_questions_does_not_grow(client, zilt, count):
    for _ in range(count):
        ActivityFactory(provider=zilt, regions=["NL-ZE", "NL-DR"])
    page(client, zilt)
    with CaptureQueriesContext(connection) as queries:
        page(client, zilt)
    assert len(queries) == 7
