import pytest

from techfinder.organisations import actions
from techfinder.organisations.models import Provider
from techfinder.organisations.tasks import place_provider
from tests.factories.organisations import ProviderFactory
from tests.organisations.test_geocode import Locatieserver

pytestmark = pytest.mark.django_db


@pytest.fixture
def server(settings):
    server = Locatieserver()
    settings.GEOCODER_URL = server.url
    server.finds("POINT(3.89 51.50)")
    yield server
    server.close()


def test_the_worker_finds_the_point_of_an_address(server):
    provider = ProviderFactory(lat=None, lon=None)
    place_provider(provider.pk)
    provider.refresh_from_db()
    assert (provider.lat, provider.lon) == (51.50, 3.89)
    assert "Ritthemsestraat 500 4389 PA Vlissingen" in server.asked[0]


def test_a_point_that_is_there_stays(server):
    provider = ProviderFactory(lat=51.0, lon=4.0)
    place_provider(provider.pk)
    assert server.asked == []
    assert Provider.objects.get().lat == 51.0


def test_an_answer_for_an_older_address_is_dropped(server, monkeypatch):
    provider = ProviderFactory(lat=None, lon=None)

    class MovesMeanwhile:
        def locate(self, address):
            Provider.objects.update(city="Goes")
            return (51.50, 3.89)

    monkeypatch.setattr(actions, "geocoder", MovesMeanwhile)
    assert not actions.place_provider(provider_id=provider.pk)
    assert Provider.objects.get().lat is None


def test_without_a_geocoder_nothing_happens():
    provider = ProviderFactory(lat=None, lon=None)
    assert not actions.place_provider(provider_id=provider.pk)
    assert not actions.place_provider(provider_id=0)


def test_registering_wakes_the_worker_only_with_a_geocoder(server, settings, monkeypatch):
    woken = []
    monkeypatch.setattr(actions, "wake", lambda name, *args: woken.append(name))
    provider = ProviderFactory()
    actions.update_provider(provider=provider, city="Goes")
    settings.GEOCODER_URL = ""
    actions.update_provider(provider=provider, city="Kapelle")
    assert woken == ["organisations.place_provider", "matches.sweep", "matches.sweep"]
