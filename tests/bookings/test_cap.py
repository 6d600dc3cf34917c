"""A provider gets no more open requests than it wants: what schools ask by themselves counts too."""

import datetime as dt

import pytest
import time_machine

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.matches import actions as matches
from techfinder.matches.models import Match
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import BookingFactory, Parties
from tests.factories.organisations import ProviderFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def provider():
    return ProviderFactory(max_open=1)


@pytest.fixture
def activity(provider):
    return ActivityFactory(provider=provider, themes=["energie"], months=[])


def placed():
    return Match.objects.placed().count()


def test_a_question_of_a_school_without_a_match_takes_a_place(activity):
    asked = RequestFactory(themes=["chemie"])
    BookingFactory(activity=activity, request=asked)
    RequestFactory()
    matches.rematch(everything=True)
    [match] = Match.objects.open()
    assert (match.held, match.placed_at) == (Match.Held.FULL, None)


def test_once_it_was_answered_the_place_is_free(activity):
    booking = BookingFactory(activity=activity, request=RequestFactory(themes=["chemie"]))
    RequestFactory()
    matches.rematch(everything=True)
    Booking.objects.update(state=State.PROPOSED, turn=Side.SCHOOL, date=dt.date(2027, 3, 1))
    assert matches.release_places() == 1
    assert placed() == 1
    assert booking.request.matches.count() == 0


def test_a_question_that_was_matched_takes_its_place_as_long_as_it_waits(activity):
    """Also after the two weeks in which a match that nobody speaks of takes one."""
    first = RequestFactory()
    matches.rematch(everything=True)
    matches.ask(match_id=Match.objects.get().pk)
    BookingFactory(activity=activity, request=first)
    RequestFactory()
    matches.rematch()
    assert placed() == 1
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(days=15)):
        assert matches.release_places() == 0
        Booking.objects.update(turn="", state=State.AGREED, date=dt.date(2027, 3, 1))
        assert matches.release_places() == 1


def test_a_school_may_always_ask():
    parties = Parties(provider=ProviderFactory(max_open=1))
    BookingFactory(activity=parties.activity)
    assert parties.ask().state == State.ASKED


def test_what_the_provider_offered_itself_awaits_the_school(activity):
    BookingFactory(
        activity=activity, request=RequestFactory(themes=["chemie"]), asked_by=Side.PROVIDER, turn=Side.SCHOOL
    )
    RequestFactory()
    matches.rematch(everything=True)
    assert placed() == 1
