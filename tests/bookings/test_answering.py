"""Every answer, by both sides and the coordinator: what becomes of the booking, its seats, request and match."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.activities.models import Activity, Session
from techfinder.bookings import actions
from techfinder.bookings.actions import NoDateError, NoSeatError, NotAllowedError, OvertakenError
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import PARTIES, WAITING, Side, State, Step, other
from techfinder.bookings.models import Booking, Proposal
from techfinder.bookings.reasons import CANCEL_REASONS, DECLINE_REASONS, reason_words
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.organisations import MembershipFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR
LATER = dt.timedelta(days=7)


@pytest.fixture
def parties():
    return Parties()


def taken(session):
    return Session.objects.get(pk=session.pk).taken


def status():
    return Request.objects.get().status


# ------------------------------------------------------------------ yes


@pytest.mark.parametrize(("asker", "by"), [(SCHOOL, PROVIDER), (PROVIDER, SCHOOL), (COORDINATOR, PROVIDER),
                                           (SCHOOL, COORDINATOR), (PROVIDER, COORDINATOR)])  # fmt: skip
def test_a_yes_settles_the_day_and_the_request(parties, asker, by):
    booking = parties.do("accept", parties.ask(asker, date=in_days(40)), by)
    assert (booking.state, booking.turn, booking.date, booking.version) == (State.AGREED, "", in_days(40), 2)
    assert bool(booking.answered_at) is (by != COORDINATOR)
    assert booking.next_step
    assert booking.due_on is None
    assert status() == Request.Status.FULFILLED
    event = booking.events.last()
    assert (event.action, event.side, event.before, event.after) == (Step.ACCEPT, by, State.ASKED, State.AGREED)


@pytest.mark.parametrize("by", PARTIES)
def test_who_asked_cannot_say_yes(parties, by):
    booking = parties.ask(by, date=in_days(40))
    for step, details in [("accept", {}), ("propose", {"date": in_days(41)}), ("decline", {"reason": "other"})]:
        with pytest.raises(NotAllowedError):
            parties.do(step, booking, by, **details)
    assert Booking.objects.get().version == 1


def test_who_answers_becomes_the_contact_unless_there_is_one(parties):
    booking = parties.do("accept", parties.ask(date=in_days(40)), PROVIDER)
    assert booking.provider_contact == parties.member
    other_member = Parties(provider=parties.provider)
    again = other_member.do("confirm", booking, PROVIDER)
    assert again.provider_contact == parties.member


@pytest.mark.parametrize("colleagues", [0, 1])
def test_a_yes_by_the_link_of_a_mail_to_several_names_somebody(parties, colleagues):
    """Without people the general address of the provider; with some who acts for it longest."""
    for _ in range(colleagues):
        MembershipFactory(provider=parties.provider)
    if not colleagues:
        parties.provider.membership_set.all().delete()
    booking = parties.ask(date=in_days(40))
    assert booking.provider_email == ""
    actions.accept(booking_id=booking.pk, version=booking.version, by=Actor(PROVIDER))
    booking.refresh_from_db()
    wanted = parties.member.email if colleagues else parties.provider.email
    assert (booking.state, booking.provider_email) == (State.AGREED, wanted)
    assert booking.provider_name


def test_a_yes_needs_a_date_to_come(parties):
    booking = parties.ask()
    with pytest.raises(NoDateError):
        parties.do("accept", booking, PROVIDER)
    with pytest.raises(NoDateError):
        parties.do("accept", booking, PROVIDER, date=in_days(-1))
    Booking.objects.update(date=in_days(-1))
    with pytest.raises(NoDateError):
        parties.do("accept", booking, PROVIDER)
    assert Booking.objects.get().state == State.ASKED


def test_a_provider_settles_a_day_in_the_window_of_the_request(parties):
    window = parties.request
    booking = parties.do("accept", parties.ask(), PROVIDER, date=window.date_until, start=dt.time(9))
    assert (booking.state, booking.date, booking.start) == (State.AGREED, window.date_until, dt.time(9))
    assert booking.events.last().changed == {"date": [None, str(window.date_until)], "start": [None, "09:00"]}


@pytest.mark.parametrize("days", [29, 91])
def test_a_day_outside_the_window_is_a_proposal(parties, days):
    booking = parties.do("accept", parties.ask(), PROVIDER, date=in_days(days))
    assert (booking.state, booking.turn, booking.date) == (State.PROPOSED, SCHOOL, in_days(days))
    assert booking.events.last().action == Step.PROPOSE


def test_a_school_that_names_the_day_of_an_offer_proposes_it(parties):
    booking = parties.do("accept", parties.ask(PROVIDER), SCHOOL, date=in_days(40))
    assert (booking.state, booking.turn) == (State.PROPOSED, PROVIDER)


def test_a_school_takes_one_of_the_days_with_seats_of_an_offer(parties):
    day = parties.day(30)
    booking = parties.do("accept", parties.ask(PROVIDER), SCHOOL, session_id=day.pk)
    assert (booking.state, booking.session, booking.seats_held, taken(day)) == (State.AGREED, day, 28, 28)


@pytest.mark.parametrize("other_day", [{"date": in_days(41)}, {"date": in_days(40), "start": dt.time(13)}])
def test_a_yes_to_another_day_or_time_is_a_proposal(parties, other_day):
    booking = parties.ask(date=in_days(40), start=dt.time(9))
    booking = parties.do("accept", booking, PROVIDER, **other_day)
    assert (booking.state, booking.turn) == (State.PROPOSED, SCHOOL)


def test_a_yes_may_add_the_hours_that_nobody_named(parties):
    booking = parties.do(
        "accept", parties.ask(date=in_days(40)), PROVIDER, date=in_days(40), start=dt.time(9), end=dt.time(10)
    )
    assert (booking.state, booking.start, booking.end) == (State.AGREED, dt.time(9), dt.time(10))


def test_a_coordinator_settles_whatever_day(parties):
    booking = parties.do("accept", parties.ask(date=in_days(40)), COORDINATOR, date=in_days(100))
    assert (booking.state, booking.date) == (State.AGREED, in_days(100))


def test_a_coordinator_who_settles_another_day_gives_the_seats_back():
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), COORDINATOR, date=in_days(90))
    assert (booking.session, booking.seats_held, taken(parties.session)) == (None, 0, 0)


def test_seats_stay_held_from_question_to_agreement():
    parties = Parties(seats=30)
    booking = parties.do("accept", parties.ask(), PROVIDER)
    assert (booking.seats_held, taken(parties.session)) == (28, 28)


def test_part_of_a_group_does_not_answer_the_request():
    parties = Parties(group=50)
    booking = parties.do("accept", parties.ask(pupils=25, date=in_days(40)), PROVIDER)
    assert status() == Request.Status.OPEN
    # One of them falls ill: the place of 25 stays one of 25.
    parties.do("change", booking, SCHOOL, fields={"pupils": 24})
    parties.do("accept", parties.ask(pupils=25, part=2, date=in_days(41)), PROVIDER)
    assert status() == Request.Status.FULFILLED


# ------------------------------------------------------------- another date


@pytest.mark.parametrize("asker", PARTIES)
def test_dates_go_to_and_fro_until_one_says_yes(parties, asker):
    booking = parties.ask(asker, date=in_days(40))
    side = other(asker)
    for days in (41, 42, 43):
        booking = parties.do("propose", booking, side, date=in_days(days), words="Liever dan")
        assert (booking.state, booking.turn, booking.date) == (State.PROPOSED, other(side), in_days(days))
        assert booking.next_step == "remind_first"
        side = other(side)
    proposals = list(booking.proposals.values_list("state", "date"))
    assert [state for state, _day in proposals] == ["overtaken", "overtaken", "open"]
    booking = parties.do("accept", booking, side)
    assert (booking.state, booking.date, booking.version) == (State.AGREED, in_days(43), 5)
    assert booking.proposals.last().state == Proposal.State.ACCEPTED


def test_a_coordinator_proposes_for_whose_turn_it_is(parties):
    booking = parties.do("propose", parties.ask(date=in_days(40)), COORDINATOR, date=in_days(41))
    assert (booking.turn, booking.proposals.get().by) == (SCHOOL, PROVIDER)
    assert booking.answered_at is None


def test_a_proposal_needs_a_day_to_come(parties):
    booking = parties.ask(date=in_days(40))
    for day in ({}, {"date": in_days(-1)}, {"session_id": Parties(seats=30).session.pk}):
        with pytest.raises(NoDateError):
            parties.do("propose", booking, PROVIDER, **day)
    assert not Proposal.objects.exists()


def test_a_proposal_moves_the_seats_to_its_day():
    parties = Parties(seats=30)
    second = parties.day(30, after=61)
    booking = parties.do("propose", parties.ask(), PROVIDER, session_id=second.pk)
    assert (booking.session, booking.seats_held) == (second, 28)
    assert (taken(parties.session), taken(second)) == (0, 28)
    booking = parties.do("propose", booking, SCHOOL, date=in_days(80))
    assert (booking.session, booking.seats_held, taken(second)) == (None, 0, 0)


def test_a_proposal_of_a_full_day_changes_nothing():
    parties = Parties(seats=30)
    full = parties.day(30, after=61)
    booking = parties.ask()
    parties.ask(request_id=RequestFactory().pk, session_id=full.pk)
    with pytest.raises(NoSeatError):
        parties.do("propose", booking, PROVIDER, session_id=full.pk)
    booking = Booking.objects.get(pk=booking.pk)
    assert (booking.state, booking.session, taken(parties.session)) == (State.ASKED, parties.session, 28)


# ------------------------------------------------------------- no, never mind


@pytest.mark.parametrize("state", WAITING)
@pytest.mark.parametrize("by", [*PARTIES, COORDINATOR])
def test_a_no_ends_it_and_the_pair_never_comes_back(state, by):
    booking = booking_in(state)
    parties, turn = Parties.of(booking), booking.turn
    match = Match.objects.create(request=booking.request, activity=booking.activity, score=80)
    if by not in (turn, COORDINATOR):
        with pytest.raises(NotAllowedError):
            parties.do("decline", booking, by, reason="other")
        return
    booking = parties.do("decline", booking, by, reason="other", words="Helaas niet")
    assert (booking.state, booking.turn, booking.next_step, booking.ended_by) == (State.DECLINED, "", "", by)
    assert (booking.end_reason, booking.end_words) == ("other", "Helaas niet")
    match.refresh_from_db()
    assert match.state == ("declined" if turn == SCHOOL else "withdrawn")
    assert status() == Request.Status.OPEN


@pytest.mark.parametrize("step", ["decline", "withdraw"])
def test_seats_are_given_back_at_every_end(step):
    parties = Parties(seats=30)
    booking = parties.ask()
    side, details = (PROVIDER, {"reason": "full"}) if step == "decline" else (SCHOOL, {})
    booking = parties.do(step, booking, side, **details)
    assert (booking.seats_held, taken(parties.session)) == (0, 0)


def test_seats_of_an_activity_that_was_archived_are_given_back_too():
    parties = Parties(seats=30)
    booking = parties.ask()
    Activity.objects.update(status="archived")
    parties.do("withdraw", booking, SCHOOL)
    assert taken(parties.session) == 0


@pytest.mark.parametrize("asker", PARTIES)
def test_who_asked_takes_it_back(parties, asker):
    booking = parties.ask(asker, date=in_days(40))
    with pytest.raises(NotAllowedError):
        parties.do("withdraw", booking, other(asker))
    booking = parties.do("withdraw", booking, asker, words="Toch niet")
    assert (booking.state, booking.ended_by, booking.end_words) == (State.WITHDRAWN, asker, "Toch niet")


def test_a_proposal_is_closed_with_its_booking(parties):
    booking = parties.do("propose", parties.ask(date=in_days(40)), PROVIDER, date=in_days(41))
    parties.do("decline", booking, SCHOOL, reason="date")
    assert Proposal.objects.get().state == Proposal.State.OVERTAKEN


# ------------------------------------------------------- answered another way


@pytest.mark.parametrize("by", [*PARTIES, COORDINATOR])
def test_answered_another_way_stops_the_clock_once(parties, by):
    booking = parties.do("elsewhere", parties.ask(date=in_days(40)), by)
    assert (booking.state, booking.turn, booking.elsewhere_by) == (State.ASKED, PROVIDER, by)
    assert booking.next_step == "elsewhere"
    assert bool(booking.answered_at) is (by == PROVIDER)
    assert parties.do("elsewhere", booking, by).version == booking.version


def test_a_proposal_after_that_starts_the_clock_anew(parties):
    booking = parties.do("elsewhere", parties.ask(date=in_days(40)), PROVIDER)
    booking = parties.do("propose", booking, PROVIDER, date=in_days(41))
    assert (booking.elsewhere_by, booking.elsewhere_at, booking.next_step) == ("", None, "remind_first")


# -------------------------------------------------------------- who was first


def test_the_later_of_two_sees_what_happened(parties):
    seen = parties.ask(date=in_days(40))
    parties.do("withdraw", seen, SCHOOL)
    with pytest.raises(OvertakenError) as caught:
        parties.do("accept", seen, PROVIDER)
    assert caught.value.booking.state == State.WITHDRAWN
    assert caught.value.booking.events.last().action == Step.WITHDRAW


@pytest.mark.parametrize(("step", "details"), [("accept", {}), ("propose", {"date": in_days(41)}),
                                               ("decline", {"reason": "full"})])  # fmt: skip
def test_the_same_twice_is_overtaken_the_second_time(parties, step, details):
    seen = parties.ask(date=in_days(40))
    parties.do(step, seen, PROVIDER, **details)
    with pytest.raises(OvertakenError):
        parties.do(step, seen, PROVIDER, **details)
    assert Booking.objects.get().version == 2


def test_an_answer_is_to_what_was_seen(parties):
    """The school was asked about the 41st day, and the company moved on to the 42nd."""
    booking = parties.do("propose", parties.ask(date=in_days(40)), PROVIDER, date=in_days(41))
    seen = parties.do("propose", booking, SCHOOL, date=in_days(42))
    parties.do("propose", seen, PROVIDER, date=in_days(43))
    with pytest.raises(OvertakenError):
        parties.do("accept", booking, SCHOOL)


def test_what_does_not_matter_overtakes_nothing(parties):
    seen = parties.ask(date=in_days(40))
    parties.do("elsewhere", seen, PROVIDER)
    parties.do("take_over", seen, SCHOOL, side=SCHOOL)
    assert parties.do("accept", seen, PROVIDER).state == State.AGREED


@pytest.mark.parametrize("table", [DECLINE_REASONS, CANCEL_REASONS])
def test_every_side_has_reasons_that_fit_and_words_for_them(table):
    state = "declined" if table is DECLINE_REASONS else "cancelled_late"
    for side in (*PARTIES, COORDINATOR):
        assert all(len(value) <= 16 for value in table[side].values)
        assert all(reason_words(state=state, side=side, reason=value) for value in table[side].values)
        assert "other" in table[side].values
    assert reason_words(state="expired", side="clock", reason="other") == ""


def test_an_unknown_reason_is_refused(parties):
    booking = parties.ask(date=in_days(40))
    with pytest.raises(ValueError, match="nonsense"):
        actions.decline(booking_id=booking.pk, version=1, by=parties.by(PROVIDER), reason="nonsense")
    assert Booking.objects.get().created_at <= timezone.now()
