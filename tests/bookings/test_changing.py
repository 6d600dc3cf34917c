"""What was agreed and changes: details, the day, confirming, calling off, another contact."""

import datetime as dt

import pytest

from techfinder.activities.models import Session
from techfinder.bookings.actions import BadChangeError, NoDateError, NoSeatError, NotAllowedError, OvertakenError
from techfinder.bookings.machine import LIVE, PARTIES, SETTLED, Side, State, Step, other
from techfinder.bookings.models import Booking, DaySheet, Proposal, Task
from techfinder.requests.models import Request
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def agreed(parties):
    return parties.do("accept", parties.ask(date=in_days(40), start=dt.time(9)), PROVIDER)


@pytest.fixture
def seated():
    """Agreed on a day of 30 seats, of which 28 are taken."""
    parties = Parties(seats=30)
    return parties.do("accept", parties.ask(), PROVIDER)


def taken(session):
    return Session.objects.get(pk=session.pk).taken


def status():
    return Request.objects.get().status


# ------------------------------------------------------------------ details


@pytest.mark.parametrize("by", [*PARTIES, COORDINATOR])
@pytest.mark.parametrize("state", SETTLED)
def test_details_change_at_once_and_the_event_says_what(state, by):
    booking = booking_in(state)
    fields = {"start": dt.time(10), "adults": 2, "parking": "Achter de school", "pupils": 28}
    changed = Parties.of(booking).do("change", booking, by, fields=fields)
    assert (changed.state, changed.start, changed.adults) == (state, dt.time(10), 2)
    assert changed.sheet.parking == "Achter de school"
    assert (changed.version, changed.sequence) == (booking.version + 1, booking.sequence + 1)
    assert (changed.next_step, changed.next_step_at) == (booking.next_step, booking.next_step_at)
    assert changed.events.last().changed == {
        "start": [None, "10:00"], "adults": [None, 2], "parking": ["", "Achter de school"]
    }  # fmt: skip


def test_nothing_changed_leaves_everything(parties, agreed):
    same = parties.do("change", agreed, SCHOOL, fields={"start": dt.time(9), "parking": "", "school_phone": ""})
    assert (same.version, same.sequence, same.events.count()) == (agreed.version, agreed.sequence, 2)


@pytest.mark.parametrize("side", PARTIES)
def test_each_side_writes_its_own_name_and_telephone(parties, agreed, side):
    changed = parties.do("change", agreed, side, fields={f"{side}_phone": "06 12345678", f"{side}_name": "Elke"})
    assert changed.contact(side)[0::2] == ("Elke", "06 12345678")
    for field in (f"{other(side)}_phone", f"{side}_email", "state", "date", "uuid", "nonsense"):
        with pytest.raises(NotAllowedError):
            parties.do("change", changed, side, fields={field: "1"})
    parties.do("change", changed, COORDINATOR, fields={f"{other(side)}_phone": "06 87654321"})


@pytest.mark.parametrize(
    "fields", [{"end": dt.time(9)}, {"end": dt.time(8)}, {"pupils": 0}, {"pupils": None}, {"pupils": -3}]
)
def test_what_cannot_be_is_refused_whole(parties, agreed, fields):
    with pytest.raises(BadChangeError):
        parties.do("change", agreed, SCHOOL, fields={"parking": "Ergens", **fields})
    assert not DaySheet.objects.filter(parking="Ergens").exists()
    assert Booking.objects.get().version == agreed.version


@pytest.mark.parametrize(("pupils", "left"), [(30, 30), (20, 20), (1, 1)])
def test_more_pupils_take_seats_and_fewer_give_them_back(seated, pupils, left):
    changed = Parties.of(seated).do("change", seated, SCHOOL, fields={"pupils": pupils})
    assert (changed.pupils, changed.seats_held, taken(seated.session)) == (pupils, left, left)
    assert status() == Request.Status.FULFILLED


def test_a_part_that_grows_to_the_whole_group_answers_the_request():
    parties = Parties()
    part = parties.do("accept", parties.ask(pupils=14, date=in_days(40)), PROVIDER)
    for pupils, is_answered in ((28, True), (20, False), (30, True), (14, False)):
        part = parties.do("change", part, SCHOOL, fields={"pupils": pupils})
        assert (status() == Request.Status.FULFILLED) is is_answered


def test_more_pupils_than_there_are_seats(seated):
    with pytest.raises(NoSeatError):
        Parties.of(seated).do("change", seated, SCHOOL, fields={"pupils": 31})
    assert (Booking.objects.get().pupils, taken(seated.session)) == (28, 28)


def test_another_number_counts_for_the_day_that_is_proposed_too(seated):
    parties = Parties.of(seated)
    second = parties.day(29, after=70)
    seated = parties.do("propose_change", seated, PROVIDER, session_id=second.pk)
    with pytest.raises(NoSeatError):
        parties.do("change", seated, SCHOOL, fields={"pupils": 30})
    seated = parties.do("change", seated, SCHOOL, fields={"pupils": 29})
    assert (taken(seated.session), taken(second), seated.proposals.get().seats_held) == (29, 29, 29)
    seated = parties.do("accept", seated, SCHOOL)
    assert (seated.seats_held, taken(parties.session), taken(second)) == (29, 0, 29)


def test_two_who_change_at_once_see_each_other(parties, agreed):
    parties.do("change", agreed, SCHOOL, fields={"adults": 2})
    with pytest.raises(OvertakenError):
        parties.do("change", agreed, PROVIDER, fields={"adults": 3})


# -------------------------------------------------------------- another day


@pytest.mark.parametrize("state", SETTLED)
@pytest.mark.parametrize("side", PARTIES)
def test_another_day_is_proposed_and_what_was_agreed_stands_until_a_yes(state, side):
    booking = booking_in(state)
    parties, day = Parties.of(booking), booking.date
    proposed = parties.do("propose_change", booking, side, date=in_days(90), words="Verbouwing")
    assert (proposed.state, proposed.turn, proposed.date) == (state, other(side), day)
    assert (proposed.proposals.get().date, proposed.proposals.get().by) == (in_days(90), side)
    for step in ("accept", "refuse_change"):
        with pytest.raises(NotAllowedError):
            parties.do(step, proposed, side)
    accepted = parties.do("accept", proposed, other(side))
    assert (accepted.state, accepted.turn, accepted.date) == (State.AGREED, "", in_days(90))
    assert (accepted.school_confirmed_at, accepted.provider_confirmed_at) == (None, None)
    assert accepted.sequence == booking.sequence + 1
    assert accepted.events.last().changed == {"date": [str(day), str(in_days(90))]}
    assert accepted.proposals.get().state == Proposal.State.ACCEPTED


@pytest.mark.parametrize("state", SETTLED)
def test_a_no_to_another_day_changes_nothing(state):
    booking = booking_in(state)
    parties = Parties.of(booking)
    proposed = parties.do("propose_change", booking, SCHOOL, date=in_days(90))
    refused = parties.do("refuse_change", proposed, PROVIDER, words="Dan niet")
    assert (refused.state, refused.turn, refused.date) == (state, "", booking.date)
    assert refused.proposals.get().state == Proposal.State.REFUSED
    for step in ("accept", "refuse_change"):
        with pytest.raises((NotAllowedError, NoDateError)):
            parties.do(step, refused, PROVIDER)


def test_the_last_day_that_was_proposed_counts(parties, agreed):
    once = parties.do("propose_change", agreed, SCHOOL, date=in_days(90))
    twice = parties.do("propose_change", once, PROVIDER, date=in_days(91))
    assert twice.turn == SCHOOL
    assert list(twice.proposals.values_list("state", flat=True)) == ["overtaken", "open"]
    assert parties.do("accept", twice, SCHOOL).date == in_days(91)


def test_both_propose_another_day_and_one_is_first(parties, agreed):
    parties.do("propose_change", agreed, SCHOOL, date=in_days(90))
    with pytest.raises(OvertakenError):
        parties.do("propose_change", agreed, PROVIDER, date=in_days(91))


def test_a_coordinator_proposes_a_day_for_the_school(parties, agreed):
    assert parties.do("propose_change", agreed, COORDINATOR, date=in_days(90)).turn == PROVIDER


def test_both_days_are_held_until_it_is_settled(seated):
    parties, first = Parties.of(seated), seated.session
    second = parties.day(30, after=70)
    proposed = parties.do("propose_change", seated, PROVIDER, session_id=second.pk)
    assert (taken(first), taken(second)) == (28, 28)
    refused = parties.do("refuse_change", proposed, SCHOOL)
    assert (taken(first), taken(second)) == (28, 0)
    proposed = parties.do("propose_change", refused, PROVIDER, session_id=second.pk)
    parties.do("accept", proposed, SCHOOL)
    assert (taken(first), taken(second)) == (0, 28)


def test_a_day_on_which_there_is_no_seat_is_not_proposed(seated):
    parties = Parties.of(seated)
    with pytest.raises(NoSeatError):
        parties.do("propose_change", seated, PROVIDER, session_id=parties.day(27, after=70).pk)
    assert not Proposal.objects.exists()


def test_a_proposed_day_that_passed_cannot_be_said_yes_to(parties, agreed):
    proposed = parties.do("propose_change", agreed, SCHOOL, date=in_days(90))
    Proposal.objects.update(date=in_days(-1))
    with pytest.raises(NoDateError):
        parties.do("accept", proposed, PROVIDER)


# ------------------------------------------------------------- confirming


@pytest.mark.parametrize("first", PARTIES)
def test_it_is_confirmed_once_both_have(parties, agreed, first):
    once = parties.do("confirm", agreed, first)
    assert once.state == State.AGREED
    assert parties.do("confirm", once, first).version == once.version
    twice = parties.do("confirm", agreed, other(first))
    assert twice.state == State.CONFIRMED
    assert twice.school_confirmed_at
    assert twice.provider_confirmed_at


def test_a_coordinator_confirms_for_both(parties, agreed):
    assert parties.do("confirm", agreed, COORDINATOR).state == State.CONFIRMED


def test_a_day_that_was_moved_is_not_confirmed_by_an_old_link(parties, agreed):
    proposed = parties.do("propose_change", agreed, SCHOOL, date=in_days(90))
    parties.do("accept", proposed, PROVIDER)
    with pytest.raises(OvertakenError):
        parties.do("confirm", agreed, SCHOOL)


# -------------------------------------------------------------- calling off


@pytest.mark.parametrize("state", SETTLED)
@pytest.mark.parametrize("by", [*PARTIES, COORDINATOR])
def test_calling_off_opens_the_request_again(state, by):
    booking = booking_in(state)
    version = Request.objects.get().version
    ended = Parties.of(booking).do("cancel", booking, by, reason="other", words="Het lukt niet")
    assert (ended.state, ended.ended_by, ended.end_reason) == (State.CANCELLED_EARLY, by, "other")
    assert (ended.turn, ended.next_step, ended.sequence) == ("", "", booking.sequence + 1)
    assert (status(), Request.objects.get().version) == (Request.Status.OPEN, version + 1)
    assert not Task.objects.exists()


def test_a_request_past_its_last_day_does_not_open_again(parties, agreed):
    Request.objects.update(date_from=in_days(-9), date_until=in_days(-1))
    parties.do("cancel", agreed, SCHOOL, reason="ill")
    assert status() == Request.Status.EXPIRED


def test_a_request_that_its_school_closed_stays_closed(parties, agreed):
    Request.objects.update(withdrawn_reason=Request.Withdrawn.FOUND_HERE)
    parties.do("cancel", agreed, SCHOOL, reason="ill")
    assert status() == Request.Status.FULFILLED


def test_one_part_called_off_opens_the_request_and_a_second_answer_keeps_it(parties, agreed):
    Request.objects.update(status="open")
    second = parties.do("accept", parties.ask(part=2, date=in_days(41)), PROVIDER)
    parties.do("cancel", agreed, SCHOOL, reason="ill")
    assert status() == Request.Status.FULFILLED
    parties.do("cancel", second, SCHOOL, reason="ill")
    assert status() == Request.Status.OPEN


@pytest.mark.parametrize(
    ("today", "state"),
    [
        ("2027-03-05", State.CANCELLED_EARLY),  # a Friday, six working days before
        ("2027-03-08", State.CANCELLED_LATE),  # the Monday, five
        ("2027-03-12", State.CANCELLED_LATE),
        ("2027-03-15", State.CANCELLED_LATE),  # the day itself
    ],
)
def test_late_is_within_five_working_days_and_asks_the_coordinator(time_machine, today, state):
    time_machine.move_to("2027-02-01 12:00+01:00")
    parties = Parties()
    booking = parties.do("accept", parties.ask(date=dt.date(2027, 3, 15)), PROVIDER)
    time_machine.move_to(f"{today} 12:00+01:00")
    assert parties.do("cancel", booking, PROVIDER, reason="busy").state == state
    assert Task.objects.filter(kind=Task.Kind.CANCELLED_LATE, booking=booking).exists() is (
        state == State.CANCELLED_LATE
    )


def test_holidays_of_the_school_are_no_working_days(time_machine):
    """Two weeks before, of which one is the spring holiday of Zuid: five working days."""
    time_machine.move_to("2027-01-11 12:00+01:00")
    parties = Parties()
    parties.request.school.holiday_region = "Zuid"
    parties.request.school.save()
    booking = parties.do("accept", parties.ask(date=dt.date(2027, 2, 26)), PROVIDER)
    time_machine.move_to("2027-02-12 12:00+01:00")
    assert parties.do("cancel", booking, SCHOOL, reason="ill").state == State.CANCELLED_LATE


def test_seats_of_both_days_are_given_back(seated):
    parties = Parties.of(seated)
    second = parties.day(30, after=70)
    proposed = parties.do("propose_change", seated, PROVIDER, session_id=second.pk)
    parties.do("cancel", proposed, SCHOOL, reason="ill")
    assert (taken(seated.session), taken(second)) == (0, 0)
    assert Proposal.objects.get().state == Proposal.State.OVERTAKEN


def test_what_has_been_is_told_and_not_called_off(parties, agreed):
    Booking.objects.update(date=in_days(-1))
    for step, details in [("cancel", {"reason": "ill"}), ("confirm", {}), ("propose_change", {"date": in_days(9)})]:
        with pytest.raises((NotAllowedError, NoDateError)):
            parties.do(step, agreed, SCHOOL, **details)
    assert Booking.objects.get().version == agreed.version


def test_the_link_of_an_older_mail_still_calls_it_off(parties, agreed):
    for side in PARTIES:
        parties.do("confirm", agreed, side)
    parties.do("change", Booking.objects.get(), SCHOOL, fields={"adults": 2})
    assert parties.do("cancel", agreed, SCHOOL, reason="ill").state == State.CANCELLED_EARLY
    with pytest.raises(OvertakenError):
        parties.do("cancel", agreed, PROVIDER, reason="ill")


# ------------------------------------------------------------- taking over


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("side", PARTIES)
def test_a_colleague_takes_over_and_the_clock_runs_on(state, side):
    booking = booking_in(state)
    colleague = Parties(provider=booking.activity.provider)
    before = (booking.state, booking.turn, booking.next_step, booking.next_step_at)
    taken_over = colleague.do("take_over", booking, side, side=side)
    assert getattr(taken_over, f"{side}_contact") == colleague.by(side).user
    assert (taken_over.state, taken_over.turn, taken_over.next_step, taken_over.next_step_at) == before
    assert taken_over.events.last().action == Step.TAKE_OVER
    assert colleague.do("take_over", booking, side, side=side).version == taken_over.version


def test_nobody_takes_over_the_other_side_but_a_coordinator(parties, agreed):
    with pytest.raises(NotAllowedError):
        parties.do("take_over", agreed, SCHOOL, side=PROVIDER)
    with pytest.raises(NotAllowedError):
        parties.do("take_over", agreed, COORDINATOR, side=COORDINATOR)
    assert parties.do("take_over", agreed, COORDINATOR, side=PROVIDER).provider_contact == parties.coordinator


def test_seats_that_fall_free_wake_the_queue(seated, django_capture_on_commit_callbacks):
    Parties.of(seated).ask(request_id=RequestFactory().pk)
    with django_capture_on_commit_callbacks() as woken:
        Parties.of(seated).do("cancel", seated, SCHOOL, reason="ill")
    assert ("bookings.promote_next", (seated.session_id,)) in [getattr(each, "args", ()) for each in woken]
