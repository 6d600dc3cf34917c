"""The queue of a day with seats."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from techfinder.activities.models import Activity, Session
from techfinder.bookings import actions
from techfinder.bookings.actions import NoDateError, NoSeatError, NotAllowedError, OvertakenError
from techfinder.bookings.actions.queueing import wake_queues
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking
from techfinder.bookings.queries.queue import queue_position
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from tests.factories.bookings import Parties, in_days
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR


@pytest.fixture
def parties():
    return Parties(seats=30)


@pytest.fixture
def first(parties):
    """Has 28 of 30 seats."""
    return parties.ask()


@pytest.fixture
def stand_in_queue(parties, first, time_machine):
    moment = dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)

    def stand(pupils=28):
        nonlocal moment
        time_machine.move_to(moment, tick=False)
        moment += dt.timedelta(minutes=1)
        return parties.ask(request_id=RequestFactory(group_size=pupils).pk)

    return stand


def states(*bookings):
    return [Booking.objects.get(pk=each.pk).state for each in bookings]


def taken():
    return Session.objects.get().taken


def test_a_seat_that_falls_free_goes_to_the_first_who_fits(parties, first, stand_in_queue):
    large, second, third = stand_in_queue(30), stand_in_queue(20), stand_in_queue(10)
    assert [queue_position(each) for each in (large, second, third, first)] == [1, 2, 3, None]
    assert actions.promote_next(session_id=parties.session.pk) == 0
    parties.do("change", parties.do("accept", first, PROVIDER), SCHOOL, fields={"pupils": 1})
    assert actions.promote_next(session_id=parties.session.pk) == 1
    assert states(large, second, third) == [State.QUEUED, State.ASKED, State.QUEUED]
    assert (taken(), queue_position(third)) == (21, 2)


def test_who_gets_a_place_is_asked_of_the_provider(parties, first, stand_in_queue):
    waiting = stand_in_queue()
    parties.do("withdraw", first, SCHOOL)
    actions.promote_next(session_id=parties.session.pk)
    promoted = Booking.objects.get(pk=waiting.pk)
    assert (promoted.state, promoted.turn, promoted.seats_held, promoted.queued_at) == (State.ASKED, PROVIDER, 28, None)
    assert (promoted.next_step, promoted.version) == ("remind_first", 2)
    event = promoted.events.last()
    assert (event.action, event.side, event.before) == (Step.PROMOTE, Side.CLOCK, State.QUEUED)
    assert parties.do("accept", promoted, PROVIDER).state == State.AGREED


def test_nobody_is_promoted_by_itself_when_the_provider_chooses(parties, first, stand_in_queue):
    Provider.objects.update(auto_promote=False)
    early, late = stand_in_queue(), stand_in_queue()
    parties.do("withdraw", first, SCHOOL)
    assert actions.promote_next(session_id=parties.session.pk) == 0
    assert wake_queues() == 0
    chosen = parties.do("promote", late, PROVIDER)
    assert (chosen.state, chosen.seats_held, chosen.turn) == (State.AGREED, 28, "")
    assert Request.objects.get(pk=late.request_id).status == Request.Status.FULFILLED
    with pytest.raises(NoSeatError):
        parties.do("promote", early, PROVIDER)
    assert states(early) == [State.QUEUED]


def test_who_may_promote_and_who_may_leave(parties, first, stand_in_queue):
    waiting = stand_in_queue()
    for step, details in [("promote", {}), ("decline", {"reason": "other"})]:
        with pytest.raises(NotAllowedError):
            parties.do(step, waiting, SCHOOL, **details)
    with pytest.raises(NotAllowedError):
        parties.do("withdraw", waiting, PROVIDER)
    parties.do("withdraw", waiting, SCHOOL)
    again = parties.do("decline", stand_in_queue(), PROVIDER, reason="full")
    assert (again.state, taken()) == (State.DECLINED, 28)
    with pytest.raises(OvertakenError):
        parties.do("promote", waiting, PROVIDER)


def test_a_coordinator_may_promote(parties, first, stand_in_queue):
    waiting = stand_in_queue()
    parties.do("withdraw", first, SCHOOL)
    assert parties.do("promote", waiting, COORDINATOR).state == State.AGREED


@pytest.mark.parametrize("change", [{"status": "paused"}, {"status": "archived"}])
def test_nobody_is_promoted_to_what_is_not_public(parties, first, stand_in_queue, change):
    waiting = stand_in_queue()
    parties.do("withdraw", first, SCHOOL)
    Activity.objects.update(**change)
    assert actions.promote_next(session_id=parties.session.pk) == 0
    assert states(waiting) == [State.QUEUED]


def test_nobody_is_promoted_to_a_day_that_passed_or_is_no_more(parties, first, stand_in_queue):
    waiting = stand_in_queue()
    parties.do("withdraw", first, SCHOOL)
    Session.objects.update(date=in_days(-1))
    assert actions.promote_next(session_id=parties.session.pk) == 0
    with pytest.raises(NoDateError):
        parties.do("promote", waiting, PROVIDER)
    parties.session.delete()
    assert actions.promote_next(session_id=parties.session.pk) == 0
    with pytest.raises(NoDateError):
        parties.do("promote", waiting, PROVIDER)
    assert queue_position(Booking.objects.get(pk=waiting.pk)) is None


def test_seats_of_which_nobody_was_woken_are_found(parties, first, stand_in_queue, django_capture_on_commit_callbacks):
    waiting = stand_in_queue()
    assert wake_queues() == 0
    Session.objects.update(seats=60)
    with django_capture_on_commit_callbacks() as woken:
        assert wake_queues() == 1
    assert woken[0].args == ("bookings.promote_next", (parties.session.pk,))
    actions.promote_next(session_id=parties.session.pk)
    assert (states(waiting), taken(), wake_queues()) == ([State.ASKED], 56, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_looking_for_free_seats_is_one_query_whatever_waits(parties, first, stand_in_queue, count):
    for _ in range(count):
        stand_in_queue()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        wake_queues()
    assert len(queries) == 1
