"""Several at the same moment, each with a connection of its own: no seat twice, one answer, nobody waits in a ring."""

from functools import partial

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import F, Sum

from techfinder.activities.actions import take_seats
from techfinder.activities.models import Session
from techfinder.bookings import actions
from techfinder.bookings.actions import CannotAskError, NoSeatError, NotAllowedError, OvertakenError, Why
from techfinder.bookings.actors import person
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, Proposal
from techfinder.campaigns.models import Award
from techfinder.matches import actions as matches
from techfinder.matches.models import Match
from techfinder.organisations.actions import leave
from techfinder.requests.models import Request
from tests.campaigns.conftest import Fair
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.requests import RequestFactory
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
SCHOOL, PROVIDER, COORDINATOR = Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR
LOST = (OvertakenError, NotAllowedError)
ROUNDS = 8


def at_once(*works):
    """Do all of these at the same moment; what each gave, or the refusal that it met, in their order."""
    came: dict[int, object] = {}
    numbered = list(enumerate(works))

    def one():
        number, work = numbered.pop()
        try:
            came[number] = work()
        except (OvertakenError, NotAllowedError, NoSeatError, CannotAskError) as error:
            came[number] = error

    in_threads(len(works), one)
    return [came[number] for number in range(len(works))]


def held():
    """By day the seats that bookings, open proposals and awards without a booking yet hold."""
    found: dict[int, int] = {}
    for rows, count in ((Booking.objects, "seats_held"), (Proposal.objects, "seats_held")):
        for pk, seats in rows.exclude(session=None).values_list("session").annotate(seats=Sum(count)).order_by():
            found[pk] = found.get(pk, 0) + seats
    for award in Award.objects.filter(given=True, booking=None):
        found[award.session_id] = found.get(award.session_id, 0) + award.pupils
    return found


def no_seat_twice():
    assert not Session.objects.filter(taken__gt=F("seats")).exists()
    holding = held()
    for pk, taken in Session.objects.values_list("pk", "taken"):
        assert holding.get(pk, 0) == taken
    return True


def asking(parties, size=10, **details):
    asked = RequestFactory(group_size=size)
    return partial(parties.ask, request_id=asked.pk, **details)


def test_twelve_who_ask_for_three_places_get_three():
    parties = Parties(seats=30)
    came = at_once(*(asking(parties) for _ in range(12)))
    assert sorted(each.state for each in came) == [State.ASKED] * 3 + [State.QUEUED] * 9
    assert no_seat_twice()


def test_the_same_question_from_four_tabs_is_asked_once():
    parties = Parties(seats=30)
    came = at_once(*(parties.ask for _ in range(4)))
    refused = [each for each in came if isinstance(each, CannotAskError)]
    assert (Booking.objects.count(), [each.why for each in refused]) == (1, [Why.ALREADY] * 3)
    assert no_seat_twice()


@pytest.mark.parametrize("session", [True, False])
def test_a_yes_and_taking_back_at_the_same_moment(session):
    """The one who comes later sees what the other did."""
    for _ in range(ROUNDS):
        parties = Parties(seats=30 if session else 0)
        booking = parties.ask(**({} if session else {"date": in_days(40)}))
        yes, back = at_once(
            partial(parties.do, "accept", booking, PROVIDER), partial(parties.do, "withdraw", booking, SCHOOL)
        )
        state = Booking.objects.get(pk=booking.pk).state
        assert state in (State.AGREED, State.WITHDRAWN)
        lost = back if state == State.AGREED else yes
        assert isinstance(lost, OvertakenError)
        assert lost.booking.events.last().action == (Step.ACCEPT if state == State.AGREED else Step.WITHDRAW)
        assert parties.request.bookings.get().version == 2
    assert no_seat_twice()


def test_two_of_one_company_who_say_yes_and_no():
    for _ in range(ROUNDS):
        parties = Parties(seats=30)
        booking = parties.ask()
        came = at_once(
            partial(parties.do, "accept", booking, PROVIDER),
            partial(parties.do, "decline", booking, PROVIDER, reason="full"),
            partial(parties.do, "propose", booking, PROVIDER, date=in_days(90)),
        )
        assert sum(isinstance(each, LOST) for each in came) == 2
        assert Booking.objects.get(pk=booking.pk).version == 2
    assert no_seat_twice()


def test_the_same_yes_four_times_is_one():
    parties = Parties(seats=30)
    booking = parties.ask()
    came = at_once(*(partial(parties.do, "accept", booking, PROVIDER) for _ in range(4)))
    assert sum(isinstance(each, OvertakenError) for each in came) == 3
    assert Booking.objects.get().version == 2


def test_both_propose_another_day_at_the_same_moment():
    for _ in range(ROUNDS):
        parties = Parties(seats=30)
        days = [parties.day(30, after=70), parties.day(30, after=71)]
        booking = parties.do("accept", parties.ask(), PROVIDER)
        came = at_once(
            *(
                partial(parties.do, "propose_change", booking, side, session_id=day.pk)
                for side, day in zip((SCHOOL, PROVIDER), days, strict=True)
            )
        )
        assert [isinstance(each, OvertakenError) for each in came].count(True) == 1
        assert booking.proposals.get().state == Proposal.State.OPEN
    assert no_seat_twice()


def test_both_cancel_while_a_third_changes_the_number():
    for _ in range(ROUNDS):
        parties = Parties(seats=30)
        booking = parties.do("accept", parties.ask(), PROVIDER)
        came = at_once(
            partial(parties.do, "cancel", booking, SCHOOL, reason="ill"),
            partial(parties.do, "cancel", booking, PROVIDER, reason="ill"),
            partial(parties.do, "change", booking, COORDINATOR, fields={"pupils": 30}),
        )
        assert isinstance(came[0], LOST) is not isinstance(came[1], LOST)
        assert Booking.objects.get(pk=booking.pk).seats_held == 0
        assert Request.objects.get(pk=booking.request_id).status == "open"
    assert no_seat_twice()


def test_two_parts_that_are_agreed_at_once_answer_the_request():
    for _ in range(ROUNDS):
        parties = Parties(group=50)
        parts = [parties.ask(part=part, pupils=25, date=in_days(40)) for part in (1, 2)]
        at_once(*(partial(parties.do, "accept", part, PROVIDER) for part in parts))
        assert Request.objects.get(pk=parties.request.pk).status == "fulfilled"


def test_a_queue_moves_up_beside_those_who_leave_ask_and_choose():
    parties = Parties(seats=60)
    seated = [asking(parties, 20)() for _ in range(3)]
    queue = [asking(parties, 10)() for _ in range(8)]
    promote = partial(actions.promote_next, session_id=parties.session.pk)
    at_once(
        *(partial(parties.do, "withdraw", each, SCHOOL) for each in seated),
        promote,
        promote,
        partial(parties.do, "promote", queue[5], PROVIDER),
        partial(parties.do, "withdraw", queue[1], SCHOOL),
        asking(parties, 10),
        asking(parties, 30),
        partial(take_seats, seats={parties.session.pk: 0}),
    )
    promote()
    assert no_seat_twice()
    waits = Booking.objects.filter(state=State.QUEUED)
    session = Session.objects.get(pk=parties.session.pk)
    assert not waits.filter(pupils__lte=session.free).exists()


def test_a_day_with_two_proposals_for_its_last_seats():
    parties = Parties()
    day = parties.day(30)
    bookings = [asking(parties, 20, date=in_days(40))() for _ in range(4)]
    came = at_once(*(partial(parties.do, "propose", each, PROVIDER, session_id=day.pk) for each in bookings))
    assert sum(isinstance(each, NoSeatError) for each in came) == 3
    assert no_seat_twice()


def test_moving_to_and_fro_between_days_waits_in_no_ring():
    parties = Parties()
    days = [parties.day(90, after=after) for after in (60, 61)]
    bookings = [asking(parties, 10, session_id=days[number % 2].pk)() for number in range(8)]
    works = [
        partial(parties.do, "propose", each, PROVIDER, session_id=days[(number + 1) % 2].pk)
        for number, each in enumerate(bookings)
    ]
    came = at_once(*works)
    assert all(isinstance(each, Booking) for each in came)
    assert no_seat_twice()


def test_a_round_that_is_published_beside_those_who_ask():
    fair = Fair(UserFactory())
    days = [fair.day(seats=60) for _ in range(4)]
    for _ in range(8):
        fair.ask()
    found = fair.solve()
    works = [partial(fair.publish, found)]
    # Who comes first on two of the days is chance; the other two are the round's.
    for day in days[:2]:
        for asked in [RequestFactory(group_size=size) for size in (30, 10, 10, 10)]:
            pair = {"request_id": asked.pk, "activity_id": day.activity_id}
            works.append(partial(actions.ask, **pair, session_id=day.pk, by=person(asked.contact, SCHOOL)))
    at_once(*works)
    assert no_seat_twice()
    assert Award.objects.filter(given=True).exists()


def test_who_leaves_keeps_nobody_waiting_who_writes_about_the_provider():
    """Rows of a booking point at its provider; waiting for it at the end of a step, with the booking in hand, was a
    ring with who leaves and hands the bookings on."""
    parties = Parties()
    refused = []

    def point_at():
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(
                    "SELECT 1 FROM organisations_provider WHERE id = %s FOR KEY SHARE NOWAIT", [parties.provider.pk]
                )
        except OperationalError as error:
            refused.append(error)

    with transaction.atomic():
        leave(membership=parties.provider.membership_set.get())
        in_threads(1, point_at)
    assert refused == []


def test_matching_and_answering_wait_for_each_other_in_no_ring():
    parties = Parties(seats=300)
    requests = [RequestFactory() for _ in range(6)]
    bookings = [parties.ask(request_id=each.pk) for each in requests[:3]]
    for each in requests:
        matches.match_request(request_id=each.pk)
    works = [
        *(partial(parties.do, "decline", each, PROVIDER, reason="full") for each in bookings),
        *(partial(parties.ask, request_id=each.pk) for each in requests[3:]),
        *(partial(matches.match_request, request_id=each.pk) for each in requests),
        *(partial(matches.match_activity, activity_id=parties.activity.pk) for _ in range(3)),
    ]
    at_once(*works)
    assert no_seat_twice()
    assert Match.objects.filter(state="withdrawn").count() == Booking.objects.filter(state="declined").count() == 3
