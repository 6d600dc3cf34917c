"""Asking: what becomes of it at once, and why something cannot be asked."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from techfinder.activities.models import Activity, Session
from techfinder.bookings import actions
from techfinder.bookings.actions import CannotAskError, NoSeatError, Part, Why
from techfinder.bookings.actions.asking import wake_wanted
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, Series
from techfinder.mail.models import OutgoingMail
from techfinder.matches.models import Match
from techfinder.requests.models import Request
from tests.factories.bookings import DAY, Parties, booking_in, in_days
from tests.factories.organisations import MembershipFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties():
    return Parties()


def taken(session):
    return Session.objects.get(pk=session.pk).taken


@pytest.mark.parametrize(
    ("side", "turn"),
    [(Side.SCHOOL, Side.PROVIDER), (Side.COORDINATOR, Side.PROVIDER), (Side.PROVIDER, Side.SCHOOL)],
)
def test_each_side_asks_and_the_other_is_to_answer(parties, side, turn):
    booking = parties.ask(side, date=in_days(40), words="Graag in de ochtend")
    assert (booking.state, booking.turn, booking.asked_by, booking.version) == (State.ASKED, turn, side, 1)
    assert (booking.pupils, booking.covers, booking.seats_held, booking.date) == (28, 28, 0, in_days(40))
    assert booking.next_step
    assert booking.next_step_at
    assert booking.due_on
    assert (booking.school_contact, booking.school_email) == (parties.request.contact, parties.request.contact_email)
    event = booking.events.get()
    assert (event.action, event.side, event.before, event.after) == (Step.ASK, side, "", State.ASKED)
    assert (event.version, event.actor, event.words) == (1, parties.by(side).user, "Graag in de ochtend")


def test_who_offers_is_the_contact_of_the_provider(parties):
    assert parties.ask(Side.PROVIDER).contact(Side.PROVIDER) == (parties.member.name, parties.member.email, "")


@pytest.mark.parametrize(("side", "field"), [(Side.SCHOOL, "asked_at"), (Side.PROVIDER, "offered_at")])
def test_the_match_keeps_who_asked(parties, side, field):
    match = Match.objects.create(request=parties.request, activity=parties.activity, score=80, placed_at=timezone.now())
    parties.ask(side)
    match.refresh_from_db()
    assert [name for name in ("asked_at", "offered_at") if getattr(match, name)] == [field]


def why(parties, side=Side.SCHOOL, **details):
    with pytest.raises(CannotAskError) as caught:
        parties.ask(side, **details)
    return caught.value.why


@pytest.mark.parametrize("status", sorted(set(Request.Status) - {Request.Status.OPEN}))
def test_only_an_open_request_is_asked_for(parties, status):
    Request.objects.update(status=status)
    assert why(parties) is Why.CLOSED
    assert not Booking.objects.exists()


@pytest.mark.parametrize("change", [{"status": "paused"}, {"status": "draft"}, {"status": "archived"}])
def test_only_a_public_activity_is_asked_for(parties, change):
    Activity.objects.update(**change)
    assert why(parties) is Why.GONE


def test_nothing_of_a_provider_that_pauses(parties):
    parties.provider.paused = True
    parties.provider.save()
    assert why(parties) is Why.GONE


@pytest.mark.parametrize("side", [Side.SCHOOL, Side.PROVIDER, Side.COORDINATOR])
def test_what_still_runs_is_not_asked_twice(parties, side):
    parties.ask()
    assert why(parties, side) is Why.ALREADY
    assert parties.ask(part=2).part == 2


def test_a_no_of_the_other_side_stands_and_the_own_one_may_be_taken_back(parties):
    booking = parties.ask()
    parties.do("decline", booking, Side.PROVIDER, reason="full")
    assert why(parties) is Why.DECLINED
    assert parties.ask(Side.PROVIDER).state == State.ASKED


def test_a_coordinator_may_ask_after_a_no(parties):
    parties.do("decline", parties.ask(), Side.PROVIDER, reason="full")
    assert parties.ask(Side.COORDINATOR).state == State.ASKED


def test_what_was_taken_back_or_ran_out_may_be_asked_again(parties):
    parties.do("withdraw", parties.ask(), Side.SCHOOL)
    assert parties.ask().state == State.ASKED


def test_a_day_must_be_to_come_and_a_school_gives_the_provider_its_time(parties):
    assert why(parties, date=in_days(-1)) is Why.PAST
    Activity.objects.update(lead_days=14)
    assert why(parties, date=in_days(13)) is Why.PAST
    assert parties.ask(Side.PROVIDER, date=in_days(13)).date == in_days(13)
    assert parties.ask(part=2, date=in_days(14)).date == in_days(14)


def test_times_must_follow_each_other(parties):
    assert why(parties, date=in_days(40), start=dt.time(11), end=dt.time(10)) is Why.PAST


def test_a_day_of_another_activity_is_none(parties):
    assert why(parties, session_id=Parties(seats=30).session.pk) is Why.NO_SESSION
    assert why(parties, session_id=10**9) is Why.NO_SESSION


def test_a_group_larger_than_the_activity_takes(parties):
    Activity.objects.update(group_max=20)
    assert why(parties) is Why.TOO_MANY
    Activity.objects.update(splittable=True)
    assert parties.ask().pupils == 28


def test_a_group_larger_than_the_day_never_gets_a_place():
    parties = Parties(seats=27, splittable=True)
    assert why(parties) is Why.TOO_MANY


def test_where_it_is_follows_both(parties):
    Activity.objects.update(delivery=["at_provider", "at_school"])
    assert parties.ask().delivery == "at_provider"
    Request.objects.update(delivery=["online", "at_school"])
    assert parties.ask(part=2).delivery == "at_school"
    assert parties.ask(part=3, delivery="online").delivery == "online"


# ------------------------------------------------------------------ days with seats


def test_a_day_with_seats_brings_its_times_and_holds_the_seats():
    parties = Parties(seats=30)
    Session.objects.update(start=dt.time(9), end=dt.time(11))
    booking = parties.ask()
    assert (booking.date, booking.start, booking.end) == (parties.session.date, dt.time(9), dt.time(11))
    assert (booking.seats_held, taken(parties.session)) == (28, 28)
    assert Activity.objects.get().version == 2


def test_a_school_that_finds_it_full_stands_in_the_queue():
    parties = Parties(seats=30)
    parties.ask()
    second = parties.ask(request_id=RequestFactory().pk)
    assert (second.state, second.turn, second.seats_held) == (State.QUEUED, "", 0)
    assert second.queued_at
    assert second.next_step == "queue"
    assert second.events.get().action == Step.QUEUE
    assert taken(parties.session) == 28


def test_a_provider_offers_no_seat_that_is_not_there():
    parties = Parties(seats=30)
    parties.ask()
    with pytest.raises(NoSeatError):
        parties.ask(Side.PROVIDER, request_id=RequestFactory().pk)
    assert (Booking.objects.count(), taken(parties.session)) == (1, 28)


def test_nobody_passes_a_queue_who_fits():
    parties = Parties(seats=40, group=30)
    first = parties.ask()
    parties.ask(request_id=RequestFactory(group_size=20).pk)
    assert parties.ask(request_id=RequestFactory(group_size=10).pk).state == State.ASKED
    Session.objects.update(seats=70)
    assert parties.ask(request_id=RequestFactory(group_size=10).pk).state == State.QUEUED
    assert taken(parties.session) == first.pupils + 10


def test_a_group_is_split_over_days_all_or_nothing():
    parties = Parties(group=50, splittable=True)
    days = [parties.day(30), parties.day(30, after=61)]
    whole = [Part(25, day.pk) for day in days]
    asked = {"request_id": parties.request.pk, "activity_id": parties.activity.pk, "by": parties.by(Side.SCHOOL)}
    with pytest.raises(CannotAskError):
        actions.ask_parts(**asked, parts=[whole[0], Part(31, days[1].pk)])
    assert not Booking.objects.exists()
    assert not Series.objects.exists()
    assert [taken(day) for day in days] == [0, 0]
    parts = actions.ask_parts(**asked, parts=whole)
    assert [(each.part, each.seats_held) for each in parts] == [(1, 25), (2, 25)]
    assert parts[0].series == parts[1].series == Series.objects.get()
    for number, part in enumerate(parts, start=1):
        parties.do("accept", part, Side.PROVIDER)
        assert (Request.objects.get().status == Request.Status.FULFILLED) is (number == 2)


# --------------------------------------------------- what a request was written for


@pytest.fixture
def question():
    school = SchoolFactory(name="De Loefzijde", city="Arnemuiden", holiday_region="Zuid")
    return {
        "school": school.code,
        "title": "Zonne-energie: zelf iets bouwen",
        "levels": ["po-7"],
        "group_size": "28",
        "date_from": in_days(30).isoformat(),
        "date_until": in_days(60).isoformat(),
        "email": "elke@deloefzijde.example",
        "name": "Elke",
    }


def test_a_question_from_an_activity_page_asks_for_it_once_it_is_open(
    client, parties, question, django_capture_on_commit_callbacks
):
    form = client.get(reverse("requests:new"), {"activiteit": parties.activity.slug}).content.decode()
    hidden = re.search(r'<input type="hidden" name="wanted" value="([^"]+)"', form)
    question["wanted"] = hidden[1]
    kept = client.post(reverse("requests:new"), {**question, "title": ""})
    assert kept.status_code == 422
    assert f'name="wanted" value="{parties.activity.slug}"' in kept.content.decode()
    confirm = client.post(reverse("requests:new"), question).url
    asked = Request.objects.latest("pk")
    assert asked.wanted == parties.activity.slug
    assert actions.ask_wanted(request_id=asked.pk) is None
    code = re.search(r"\b\d{6}\b", OutgoingMail.objects.get(kind="request_code").text)[0]
    with django_capture_on_commit_callbacks() as woken:
        client.post(confirm, {"code": code})
    assert ("bookings.ask_wanted", (asked.pk,)) in [getattr(each, "args", ()) for each in woken]
    booking = actions.ask_wanted(request_id=asked.pk)
    assert (booking.request, booking.activity, booking.state) == (asked, parties.activity, State.ASKED)
    assert booking.school_email == "elke@deloefzijde.example"
    assert actions.ask_wanted(request_id=asked.pk) is None
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("wanted", ["", "no/slug", "a" * 141, "\x00", "<script>"])
def test_a_wish_that_is_no_address_is_left_out(client, question, wanted):
    assert client.post(reverse("requests:new"), {**question, "wanted": wanted}).status_code == 302
    assert Request.objects.get().wanted == ""


@pytest.mark.parametrize("change", [{"status": "paused"}, {"slug": "elsewhere"}])
def test_a_wish_that_cannot_be_is_forgotten(parties, change):
    Request.objects.update(wanted=parties.activity.slug)
    Activity.objects.update(**change)
    assert actions.ask_wanted(request_id=parties.request.pk) is None
    assert Request.objects.get().wanted == ""


def test_a_wish_of_which_nobody_was_woken_is_found(parties, django_capture_on_commit_callbacks):
    Request.objects.update(wanted=parties.activity.slug)
    with django_capture_on_commit_callbacks() as woken:
        assert wake_wanted() == 1
    assert woken[0].args == ("bookings.ask_wanted", (parties.request.pk,))
    actions.ask_wanted(request_id=parties.request.pk)
    assert wake_wanted() == 0


@pytest.mark.parametrize("state", [State.QUEUED, State.ASKED, State.PROPOSED, State.AGREED, State.CONFIRMED])
def test_every_booking_that_lives_has_a_next_step(state):
    booking = booking_in(state)
    assert booking.state == state
    assert booking.next_step
    assert booking.next_step_at > timezone.now() - DAY


def test_who_alone_acts_for_the_provider_is_its_contact_from_the_start():
    parties = Parties()
    booking = parties.ask()
    assert (booking.provider_contact, booking.provider_email) == (parties.member, parties.member.email)


def test_of_two_who_act_nobody_is_the_contact_until_one_answers():
    parties = Parties()
    MembershipFactory(provider=parties.provider)
    booking = parties.ask()
    assert (booking.provider_contact, booking.provider_email) == (None, "")
