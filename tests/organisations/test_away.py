"""A provider says that it is away, and who gets a place that falls free."""

import datetime as dt

import pytest
import time_machine

from techfinder.celery import publisher
from techfinder.organisations.models import Provider
from tests.factories.organisations import MembershipFactory, ProviderFactory
from tests.organisations.test_providers import FIELDS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("_today")]
AWAY = {"away_from": "7-12-2026", "away_until": "18-12-2026"}


@pytest.fixture
def _today():
    with time_machine.travel("2026-11-21 12:00:00+00:00", tick=True):
        yield


@pytest.fixture
def provider(client):
    provider = ProviderFactory(slug="zilt", size="small", kvk="12345678")
    client.force_login(MembershipFactory(provider=provider).user)
    return provider


@pytest.fixture
def woken(monkeypatch):
    found = []
    monkeypatch.setattr(publisher, "publish", lambda name, args: found.append((name, *args)) or True)
    return found


def send(client, **values):
    return client.post("/organisatie/aanbieder/zilt/wijzigen/", FIELDS | values)


def test_the_clocks_of_its_bookings_are_set_anew(client, provider, woken, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        assert send(client, **AWAY, auto_promote="on").status_code == 302
    provider.refresh_from_db()
    assert (provider.away_from, provider.away_until) == (dt.date(2026, 12, 7), dt.date(2026, 12, 18))
    assert provider.auto_promote
    assert ("bookings.reschedule", provider.pk) in woken
    woken.clear()
    with django_capture_on_commit_callbacks(execute=True):
        send(client, **AWAY)
    assert ("bookings.reschedule", provider.pk) not in woken
    assert not Provider.objects.get().auto_promote


@pytest.mark.parametrize(
    ("values", "word"),
    [
        ({"away_from": "7-12-2026"}, "Schrijf ook de laatste dag"),
        ({"away_until": "7-12-2026"}, "Schrijf ook de eerste dag"),
        ({"away_from": "8-12-2026", "away_until": "7-12-2026"}, "De laatste dag komt voor de eerste"),
        ({"away_from": "7-12-2026", "away_until": "7-3-2027"}, "Kies hoogstens 8 weken"),
        ({"away_from": "7-12-2028", "away_until": "8-12-2028"}, "Kies een dag in het komende jaar"),
        ({"away_from": "morgenochtend ofzo", "away_until": "8-12-2026"}, "Schrijf de dag als"),
        ({"away_from": "7-12-2026", "away_until": "31-2-2027"}, "Schrijf de dag als"),
    ],
)
def test_days_that_cannot_be_are_refused_at_the_field(client, provider, values, word):
    response = send(client, **values)
    assert response.status_code == 422
    text = response.content.decode()
    assert word in text
    for value in values.values():
        assert f'value="{value}"' in text
    assert Provider.objects.get().away_from is None


def test_the_form_shows_what_was_chosen_and_takes_it_away(client, provider):
    send(client, **AWAY)
    text = client.get("/organisatie/aanbieder/zilt/wijzigen/").content.decode()
    assert 'value="7-12-2026"' in text
    send(client, away_from="", away_until="")
    assert Provider.objects.get().away_until is None


def test_who_registers_is_not_asked_for_it(client, provider):
    assert "away_from" not in client.get("/organisatie/aanmelden/").content.decode()
    client.post("/organisatie/aanmelden/", FIELDS | {"name": "Nieuw", **AWAY})
    new = Provider.objects.get(name="Nieuw")
    assert new.auto_promote
    assert new.away_from is None
