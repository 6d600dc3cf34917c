"""The machine, and the database that refuses what it does not know."""

import re
from itertools import product
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from techfinder.bookings import machine
from techfinder.bookings.machine import (
    AFTER,
    ENDS,
    LIVE,
    MAY,
    OFF,
    PARTIES,
    SETTLED,
    STARTS,
    TRANSITIONS,
    WAITING,
    Side,
    State,
    Step,
    may,
)
from techfinder.bookings.models import Booking
from tests.factories.bookings import BookingFactory, in_days

pytestmark = pytest.mark.django_db

# What the constraints ask of a row in each state.
LIVES = {"next_step": "remind_first", "next_step_at": timezone.now(), "ended_at": None}
ENDED = {"next_step": "", "next_step_at": None, "turn": "", "ended_at": timezone.now()}


def row_in(state):
    """The fields with which a booking may be in a state."""
    fields = {"state": state, "date": in_days(40), **(LIVES if state in LIVE else ENDED)}
    if state in LIVE:
        fields["turn"] = Side.PROVIDER if state in WAITING else ""
    return fields


def put(state):
    """A row in this state, whatever the steps to it: the trigger looks away for a moment."""
    booking = BookingFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; ALTER TABLE bookings_booking DISABLE TRIGGER USER")
        Booking.objects.filter(pk=booking.pk).update(**row_in(state))
        cursor.execute("ALTER TABLE bookings_booking ENABLE TRIGGER USER")
    return Booking.objects.get(pk=booking.pk)


def is_refused(write):
    try:
        with transaction.atomic():
            write()
    except DatabaseError:
        return True
    return False


@pytest.mark.parametrize("before", State)
def test_the_database_takes_the_steps_of_the_machine_and_no_other(before):
    booking = put(before)
    rows = Booking.objects.filter(pk=booking.pk)
    for after in State:
        legal = after in TRANSITIONS.get(before, ()) or after == before
        with transaction.atomic():
            assert is_refused(lambda after=after: rows.update(**row_in(after))) is not legal, (before, after)
            transaction.set_rollback(True)
    assert rows.get().state == before


@pytest.mark.parametrize("state", State)
def test_a_booking_begins_asked_in_a_queue_or_given(state):
    write = lambda: BookingFactory(**row_in(state))  # noqa: E731
    assert is_refused(write) is (state not in STARTS)


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize(
    "broken", [{"next_step": ""}, {"next_step_at": None}, {"ended_at": timezone.now()}, {"pupils": 0}]
)
def test_what_lives_has_a_next_step(state, broken):
    booking = put(state)
    assert is_refused(lambda: Booking.objects.filter(pk=booking.pk).update(**broken))


@pytest.mark.parametrize("state", ENDS)
@pytest.mark.parametrize(
    "broken",
    [{"next_step": "settle"}, {"next_step_at": timezone.now()}, {"ended_at": None}, {"turn": "school"}],
)
def test_what_ended_waits_for_nothing(state, broken):
    booking = put(state)
    assert is_refused(lambda: Booking.objects.filter(pk=booking.pk).update(**broken))


@pytest.mark.parametrize("state", State)
def test_only_who_takes_part_holds_seats(state):
    booking = put(state)
    holds = state in (*WAITING, *SETTLED, *AFTER)
    assert is_refused(lambda: Booking.objects.filter(pk=booking.pk).update(seats_held=28)) is not holds


@pytest.mark.parametrize("state", State)
def test_what_is_settled_or_proposed_has_a_date(state):
    booking = put(state)
    asked = state in (State.PROPOSED, *SETTLED, *AFTER)
    assert is_refused(lambda: Booking.objects.filter(pk=booking.pk).update(date=None)) is asked


@pytest.mark.parametrize("state", LIVE)
@pytest.mark.parametrize("turn", ["", *Side])
def test_whose_turn_it_can_be(state, turn):
    booking = put(state)
    legal = turn in PARTIES if state in WAITING else not turn if state == State.QUEUED else True
    assert is_refused(lambda: Booking.objects.filter(pk=booking.pk).update(turn=turn)) is not legal


def test_one_pair_has_one_booking_that_lives():
    booking = BookingFactory()
    same = {"request": booking.request, "activity": booking.activity}
    assert is_refused(lambda: BookingFactory(**same))
    assert not is_refused(lambda: BookingFactory(**same, part=2))
    Booking.objects.filter(pk=booking.pk).update(**row_in(State.EXPIRED))
    assert not is_refused(lambda: BookingFactory(**same))


def test_every_state_is_a_start_or_reached_and_ends_or_goes_on():
    reached = {after for later in TRANSITIONS.values() for after in later}
    assert reached | set(STARTS) == set(State)
    assert {state for state in State if not TRANSITIONS.get(state)} == set(OFF)
    assert set(LIVE) | set(ENDS) == set(State)
    assert not set(LIVE) & set(ENDS)


def test_every_live_state_has_a_way_out_for_a_party_and_by_time():
    for state in LIVE:
        ways = TRANSITIONS[state]
        assert set(ways) & set(ENDS), state
        turns = ("",) if state == State.QUEUED else PARTIES
        for turn, side in product(turns, PARTIES):
            ends = {Step.DECLINE, Step.WITHDRAW, Step.CANCEL} & set(machine.allowed(state=state, turn=turn, side=side))
            assert ends, (state, turn, side)


def test_a_coordinator_may_all_that_a_party_may_and_the_clock_nothing():
    for step, states in MAY.items():
        for state in states:
            assert may(step, state=state, turn=Side.SCHOOL, side=Side.COORDINATOR)
            assert not may(step, state=state, turn=Side.SCHOOL, side=Side.CLOCK)


@pytest.mark.parametrize("state", OFF)
@pytest.mark.parametrize("side", Side)
def test_after_an_end_nobody_may_do_anything(state, side):
    assert machine.allowed(state=state, turn="", side=side) == []


def test_the_page_draws_the_machine_as_it_is():
    drawing = (Path(__file__).parents[2] / "docs" / "bookings.md").read_text()
    several = {"told": AFTER, "cancelled": (State.CANCELLED_EARLY, State.CANCELLED_LATE), "[*]": ("",)}
    drawn = {
        (str(before), str(after))
        for one, two in re.findall(r"^    (\S+) --> ([^\s:]+)", drawing, re.MULTILINE)
        for before, after in product(several.get(one, (one,)), several.get(two, (two,)))
        if before != after
    }
    steps = {(str(before), str(after)) for before, later in TRANSITIONS.items() for after in later}
    assert drawn == steps | {("", str(state)) for state in STARTS} | {(str(state), "") for state in ENDS}
    for step in MAY:
        assert f"`{step}`" in drawing
