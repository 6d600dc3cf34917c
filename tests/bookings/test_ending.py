"""What both sides and the coordinator tell of the day, in every order."""

from decimal import Decimal

import pytest

from techfinder.bookings import actions
from techfinder.bookings.actions import NotAllowedError
from techfinder.bookings.machine import AFTER, LIVE, OFF, PARTIES, SETTLED, Side, State, Step, other
from techfinder.bookings.models import Booking, Evaluation, Task
from techfinder.requests.models import Request
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR


@pytest.fixture
def been():
    """Agreed, and its day was yesterday."""
    booking = booking_in(State.AGREED)
    Booking.objects.update(date=in_days(-1))
    return booking


def tell(booking, side, outcome, **more):
    return Parties.of(booking).do("report", booking, side, outcome=outcome, **more)


def conflicts():
    return Task.objects.filter(kind=Task.Kind.CONFLICT, done_at=None).count()


@pytest.mark.parametrize("state", SETTLED)
@pytest.mark.parametrize("by", [*PARTIES, COORDINATOR])
@pytest.mark.parametrize("outcome", Evaluation.Outcome)
def test_the_first_word_sets_the_state(state, by, outcome):
    booking = booking_in(state)
    Booking.objects.update(date=in_days(0))
    told = tell(booking, by, outcome, words="Zo was het")
    assert (told.state, told.ended_by, told.next_step, told.version) == (outcome, by, "", booking.version + 1)
    assert told.events.last().action == Step.REPORT
    assert told.evaluations.count() == (by != COORDINATOR)
    happened = outcome == Evaluation.Outcome.HAPPENED
    assert Request.objects.get().status == ("fulfilled" if happened else "open")


def test_the_word_keeps_numbers_and_never_names(been):
    evaluation = actions.report(
        booking_id=been.pk,
        by=Parties.of(been).by(SCHOOL),
        outcome="happened",
        again="yes",
        pupils=27,
        hours=Decimal("2.5"),
        words="Leuk",
    )
    assert (evaluation.again, evaluation.pupils, evaluation.hours, evaluation.words) == (
        "yes",
        27,
        Decimal("2.5"),
        "Leuk",
    )


@pytest.mark.parametrize("first", PARTIES)
def test_the_same_word_of_both_leaves_it(been, first):
    tell(been, first, "happened")
    told = tell(been, other(first), "happened")
    assert (told.state, told.ended_by, conflicts()) == (State.HAPPENED, first, 0)
    assert told.evaluations.count() == 2


@pytest.mark.parametrize("first", PARTIES)
def test_a_different_word_leaves_it_and_asks_the_coordinator_who_decides(been, first):
    tell(been, first, "happened")
    told = tell(been, other(first), "not_happened")
    assert (told.state, conflicts()) == (State.HAPPENED, 1)
    task = Task.objects.get()
    assert (task.booking, task.region) == (been, been.request.school.municipality)
    told = tell(been, COORDINATOR, "not_happened", words="Gebeld")
    assert (told.state, conflicts()) == (State.NOT_HAPPENED, 0)
    told = tell(been, first, "happened")
    assert (told.state, conflicts()) == (State.NOT_HAPPENED, 0)


def test_who_was_mistaken_says_so(been):
    tell(been, SCHOOL, "not_happened")
    assert tell(been, SCHOOL, "happened").state == State.HAPPENED
    assert Evaluation.objects.get().outcome == "happened"
    tell(been, PROVIDER, "school_absent")
    assert conflicts() == 1
    assert tell(been, PROVIDER, "happened").state == State.HAPPENED
    assert conflicts() == 0


def test_who_gives_in_to_the_other_side_changes_it(been):
    tell(been, SCHOOL, "happened")
    tell(been, PROVIDER, "school_absent")
    told = tell(been, SCHOOL, "school_absent")
    assert (told.state, conflicts()) == (State.SCHOOL_ABSENT, 0)


def test_a_word_after_nobody_told_still_counts(been):
    Booking.objects.update(state=State.UNKNOWN, next_step="", next_step_at=None, ended_at=been.created_at)
    assert Request.objects.get().status == "fulfilled"
    assert tell(been, SCHOOL, "not_happened").state == State.NOT_HAPPENED
    assert Request.objects.get().status == "open"
    assert tell(been, SCHOOL, "happened").state == State.HAPPENED


@pytest.mark.parametrize("state", LIVE)
def test_nothing_is_told_before_the_day(state):
    booking = booking_in(state)
    for side in (*PARTIES, COORDINATOR):
        with pytest.raises(NotAllowedError):
            actions.report(booking_id=booking.pk, by=Parties.of(booking).by(side), outcome="happened")
    assert not Evaluation.objects.exists()


@pytest.mark.parametrize("state", sorted(set(OFF) - {State.EXPIRED, State.CANCELLED_LATE}))
def test_nothing_is_told_of_what_was_called_off(state):
    booking = booking_in(state)
    Booking.objects.update(date=in_days(-1))
    with pytest.raises(NotAllowedError):
        tell(booking, SCHOOL, "happened")


def test_an_outcome_that_does_not_exist(been):
    with pytest.raises(ValueError, match="unknown"):
        tell(been, SCHOOL, "unknown")
    assert Booking.objects.get().state == State.AGREED


def test_seats_of_a_day_that_has_been_stay_taken():
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), PROVIDER)
    Booking.objects.update(date=in_days(-1))
    told = parties.do("report", booking, SCHOOL, outcome="happened")
    parties.session.refresh_from_db()
    assert (told.seats_held, parties.session.taken) == (28, 28)


def test_a_day_that_was_proposed_beside_is_given_back():
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), PROVIDER)
    second = parties.day(30, after=70)
    booking = parties.do("propose_change", booking, PROVIDER, session_id=second.pk)
    Booking.objects.update(date=in_days(-1))
    told = parties.do("report", booking, SCHOOL, outcome="happened")
    second.refresh_from_db()
    assert (second.taken, told.turn) == (0, "")


def test_what_did_not_happen_opens_the_request_and_put_right_answers_it(been):
    tell(been, SCHOOL, "not_happened")
    assert Request.objects.get().status == "open"
    tell(been, SCHOOL, "happened")
    assert Request.objects.get().status == "fulfilled"


def test_another_request_is_left_alone(been):
    left = RequestFactory()
    tell(been, SCHOOL, "provider_absent")
    assert Request.objects.get(pk=left.pk).status == "open"
    assert Booking.objects.get().state in AFTER
