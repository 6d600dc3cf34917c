"""What time does to alerts."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from techfinder.activities.models import SavedSearch
from techfinder.activities.saved import actions, tending
from tests.activities.saved_steps import a_saved, letters_to, run
from tests.factories.activities import ActivityFactory

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)


def days(number):
    return dt.timedelta(days=number)


def test_what_nobody_confirms_disappears():
    with time_machine.travel(NOON, tick=False) as clock:
        actions.save_for_address(email="a@school.example", params={"theme": ["ict"]}, frequency="daily", language="nl")
        a_saved()
        clock.shift(days(2.9))
        tending.tend()
        assert SavedSearch.objects.count() == 2
        clock.shift(days(0.2))
        tending.tend()
        assert [saved.state for saved in SavedSearch.objects.all()] == ["active"]


def test_after_a_year_it_is_asked_once_and_silence_stops_it(client):
    with time_machine.travel(NOON, tick=False) as clock:
        saved = a_saved()
        clock.shift(days(364))
        tending.tend()
        assert letters_to() == []
        clock.shift(days(2))
        for _ in range(2):
            tending.tend()
        (letter,) = letters_to()
        assert letter.subject == "Wil je dit bericht nog?"
        assert f"/bericht/nog/{saved.uuid}/" in letter.text
        clock.shift(days(29))
        tending.tend()
        saved.refresh_from_db()
        assert saved.state == "active"
        clock.shift(days(2))
        tending.tend()
        saved.refresh_from_db()
        assert (saved.state, saved.stopped_because) == ("stopped", "silent")
        page = client.get(f"/bericht/{saved.uuid}/").text
        assert "we vroegen of je het nog wilt" in page
        ActivityFactory()
        assert run() == 0


def test_one_press_is_another_year(client):
    with time_machine.travel(NOON, tick=False) as clock:
        saved = a_saved()
        clock.shift(days(366))
        tending.tend()
        client.get(f"/bericht/nog/{saved.uuid}/")
        saved.refresh_from_db()
        assert saved.wanted_asked_at
        client.post(f"/bericht/nog/{saved.uuid}/")
        clock.shift(days(60))
        tending.tend()
        saved.refresh_from_db()
        assert saved.state == "active"
        assert saved.wanted_asked_at is None
        clock.shift(days(310))
        tending.tend()
        assert len(letters_to()) == 2


def test_a_year_after_the_end_nothing_is_left():
    with time_machine.travel(NOON, tick=False) as clock:
        saved = a_saved()
        actions.stop(saved=saved)
        clock.shift(days(364))
        tending.tend()
        assert SavedSearch.objects.exists()
        clock.shift(days(2))
        tending.tend()
        assert not SavedSearch.objects.exists()


def test_one_that_was_never_confirmed_is_forgotten_when_stopped():
    saved = a_saved(state="unconfirmed", created_at=timezone.now())
    actions.stop(saved=saved)
    assert not SavedSearch.objects.exists()
