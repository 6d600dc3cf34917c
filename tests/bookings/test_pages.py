"""The page of a booking for both sides and the coordinator, its steps, and the lists."""

import datetime as dt
import re

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actors import person
from techfinder.bookings.machine import SETTLED, Side, State, allowed
from techfinder.bookings.models import Booking
from techfinder.bookings.show import BY_SLUG, SLUGS
from techfinder.bookings.show.words import wished_words
from techfinder.organisations.queries import members_of
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import _WAYS, DAY, Parties, booking_in, in_days
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db

SIDES = (Side.SCHOOL, Side.PROVIDER)


def user_of(booking, side):
    if side == Side.SCHOOL:
        return booking.request.contact
    return members_of(booking.activity.provider).get()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


class By:
    """Who acts for a side of a booking that is there already."""

    def __init__(self, booking):
        self.booking = booking

    def by(self, side):
        return person(user_of(self.booking, side), side)


def step_url(booking, slug):
    return reverse("bookings:step", args=[booking.uuid, slug])


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("state", list(_WAYS))
def test_every_state_has_a_page_with_the_steps_of_that_side(state, side):
    booking = booking_in(state)
    booking.refresh_from_db()
    page = signed_in(user_of(booking, side)).get(booking.get_absolute_url())
    assert page.status_code == 200
    shown = page.context["shown"]
    may = {SLUGS[step] for step in allowed(state=booking.state, turn=booking.turn, side=side) if step in SLUGS}
    offered = {BY_SLUG[each.url.split("/")[-2]] for each in shown.steps}
    assert {SLUGS[step] for step in offered} <= may
    assert bool(shown.steps) == bool(may)
    assert shown.stages[-1]["title"]


@pytest.mark.parametrize("state", [State.QUEUED, State.ASKED, State.PROPOSED, State.DECLINED, State.WITHDRAWN])
def test_nobody_reads_an_address_before_there_is_an_agreement(state):
    booking = booking_in(state)
    Booking.objects.filter(pk=booking.pk).update(
        school_email="juf@school.example", school_phone="0612345678", provider_phone="0687654321"
    )
    for side in SIDES:
        page = signed_in(user_of(booking, side)).get(booking.get_absolute_url()).content.decode()
        theirs = "juf@school.example" if side == Side.PROVIDER else booking.provider_email or "0687654321"
        assert theirs not in page
        assert "06123" not in page
        assert "06876" not in page


@pytest.mark.parametrize("state", SETTLED)
def test_both_read_how_to_reach_each_other_once_it_is_agreed(state):
    booking = booking_in(state)
    Booking.objects.filter(pk=booking.pk).update(school_phone="0612345678", provider_phone="0687654321")
    for side, phone in ((Side.SCHOOL, "0687654321"), (Side.PROVIDER, "0612345678")):
        assert phone in signed_in(user_of(booking, side)).get(booking.get_absolute_url()).content.decode()


def test_an_address_in_place_of_a_name_is_not_shown_in_the_history():
    parties = Parties()
    parties.request.contact.name = ""
    parties.request.contact.save()
    booking = parties.ask()
    page = signed_in(parties.member).get(booking.get_absolute_url()).content.decode()
    assert parties.request.contact.email not in page
    assert parties.request.school.name in page


# ------------------------------------------------------------------- the steps


def test_get_shows_a_step_and_changes_nothing():
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    for slug in ("ja", "andere-dag", "nee", "al-geantwoord"):
        assert client.get(step_url(booking, slug)).status_code == 200
        assert client.head(step_url(booking, slug)).status_code == 200
    after = Booking.objects.get(pk=booking.pk)
    assert (after.state, after.version) == (booking.state, booking.version)


def test_the_provider_says_yes():
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    answer = client.post(step_url(booking, "ja"), {"version": booking.version}, follow=True)
    booking.refresh_from_db()
    assert booking.state == State.AGREED
    assert "Afgesproken" in answer.content.decode()


def test_the_provider_says_yes_with_a_day_when_none_was_named():
    parties = Parties()
    booking = parties.ask()
    client = signed_in(parties.member)
    empty = client.post(step_url(booking, "ja"), {"version": booking.version})
    assert empty.status_code == 422
    assert list(empty.context["form"].errors) == ["date"]
    day = parties.request.date_from
    client.post(
        step_url(booking, "ja"), {"version": booking.version, "date": day.isoformat(), "start": "10.00", "end": "11.30"}
    )
    booking.refresh_from_db()
    assert (booking.state, booking.date, f"{booking.end:%H.%M}") == (State.AGREED, day, "11.30")


def test_another_day_is_proposed_and_accepted():
    booking = booking_in(State.ASKED)
    school, provider = signed_in(user_of(booking, Side.SCHOOL)), signed_in(user_of(booking, Side.PROVIDER))
    later = booking.date + DAY
    data = {"version": booking.version, "date": f"{later:%d-%m-%Y}", "words": "Dan is de hal vrij"}
    provider.post(step_url(booking, "andere-dag"), data)
    booking.refresh_from_db()
    assert (booking.state, booking.turn) == (State.PROPOSED, Side.SCHOOL)
    assert "Dan is de hal vrij" in school.get(booking.get_absolute_url()).content.decode()
    school.post(step_url(booking, "ja"), {"version": booking.version})
    booking.refresh_from_db()
    assert (booking.state, booking.date) == (State.AGREED, later)


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({}, "date"),
        ({"date": "gisteren"}, "date"),
        ({"date": "1-1-2020"}, "date"),
        ({"date": "1-1-2099"}, "date"),
        ({"date": "3 mei", "start": "25.00"}, "start"),
        ({"date": "3 mei", "start": "11.00", "end": "10.00"}, "end"),
        ({"date": "3 mei", "end": "10.00"}, "start"),
        ({"date": "3 mei", "words": "x" * 501}, "words"),
        ({"date": "3 mei", "words": "Sem Jansen, geboren 3-4-2015, heeft een rolstoel"}, "words"),
    ],
)
def test_a_bad_proposal_says_so_at_the_field_and_writes_nothing(data, field):
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    answer = client.post(step_url(booking, "andere-dag"), {"version": booking.version, **data})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    after = Booking.objects.get(pk=booking.pk)
    assert (after.state, after.version, after.proposals.count()) == (State.ASKED, booking.version, 0)


def test_no_comes_with_a_reason_of_the_list_and_shows_it():
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    for reason in ("", "transport"):
        answer = client.post(step_url(booking, "nee"), {"version": booking.version, "reason": reason})
        assert answer.status_code == 422
    client.post(step_url(booking, "nee"), {"version": booking.version, "reason": "full", "words": "Tot de zomer vol"})
    booking.refresh_from_db()
    assert (booking.state, booking.end_reason) == (State.DECLINED, "full")
    page = signed_in(user_of(booking, Side.SCHOOL)).get(booking.get_absolute_url()).content.decode()
    assert "Tot de zomer vol" in page


def test_who_comes_second_reads_what_happened():
    booking = booking_in(State.ASKED)
    first, second = signed_in(user_of(booking, Side.PROVIDER)), signed_in(user_of(booking, Side.PROVIDER))
    first.post(step_url(booking, "nee"), {"version": booking.version, "reason": "full"})
    answer = second.post(step_url(booking, "ja"), {"version": booking.version})
    assert answer.status_code == 409
    assert "Dit is niet gedaan" in answer.content.decode()
    assert Booking.objects.get(pk=booking.pk).state == State.DECLINED


def test_an_answer_to_what_was_on_the_page_before_is_not_taken_for_what_is_there_now():
    """The school had the page of its question open; a proposal came meanwhile."""
    booking = booking_in(State.ASKED)
    old = booking.version
    provider, school = signed_in(user_of(booking, Side.PROVIDER)), signed_in(user_of(booking, Side.SCHOOL))
    provider.post(step_url(booking, "andere-dag"), {"version": old, "date": f"{booking.date + DAY:%d-%m-%Y}"})
    answer = school.post(step_url(booking, "ja"), {"version": old})
    assert answer.status_code == 409
    assert Booking.objects.get(pk=booking.pk).state == State.PROPOSED


def test_the_same_answer_twice_says_that_it_was_done():
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    for status in (302, 409):
        answer = client.post(step_url(booking, "ja"), {"version": booking.version})
        assert answer.status_code == status
    assert "Dit had je al gedaan" in answer.content.decode()
    assert [each.action for each in booking.events.all()] == ["ask", "accept"]


def test_a_yes_after_the_day_that_was_asked_names_another_one():
    booking = booking_in(State.ASKED)
    Booking.objects.filter(pk=booking.pk).update(date=in_days(-1))
    client = signed_in(user_of(booking, Side.PROVIDER))
    assert client.post(step_url(booking, "ja"), {"version": booking.version}).status_code == 422
    data = {"version": booking.version, "date": f"{in_days(50):%d-%m-%Y}"}
    answer = client.post(step_url(booking, "ja"), data, follow=True)
    booking.refresh_from_db()
    assert (booking.state, booking.turn) == (State.PROPOSED, Side.SCHOOL)
    assert "heeft je voorstel per mail" in answer.content.decode()


def test_a_colleague_takes_over_and_gets_the_mails():
    booking = booking_in(State.ASKED)
    colleague = MembershipFactory(provider=booking.activity.provider).user
    client = signed_in(colleague)
    url = reverse("bookings:take_over", args=[booking.uuid])
    assert url in client.get(booking.get_absolute_url()).content.decode()
    assert client.get(url).status_code == 405
    client.post(url)
    booking.refresh_from_db()
    assert (booking.provider_contact, booking.provider_email) == (colleague, colleague.email)
    assert url not in client.get(booking.get_absolute_url()).content.decode()
    assert signed_in(UserFactory()).post(url).status_code == 404


@pytest.mark.parametrize("code", ["NL-ZE", "NL-DR"], ids=["of the school", "of the provider"])
def test_a_coordinator_of_either_side_sees_both_and_acts(code):
    here = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    there = RegionFactory(parent=Region.objects.get(code="NL-DR"))
    parties = Parties(provider=ProviderFactory(municipality=there))
    parties.request.school = SchoolFactory(municipality=here)
    parties.request.save()
    booking = parties.ask(date=in_days(60))
    coordinator = UserFactory(moderates=[Region.objects.get(code=code)])
    Authenticator.objects.create(user=coordinator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client = signed_in(coordinator)
    page = client.get(booking.get_absolute_url()).content.decode()
    assert parties.request.school.name in page
    assert parties.provider.name in page
    assert (reverse("matches:request", args=[parties.request.uuid]) in page) == (code == "NL-ZE")
    client.post(step_url(booking, "ja"), {"version": booking.version})
    booking.refresh_from_db()
    assert booking.state == State.AGREED
    answer = client.post(step_url(booking, "afzeggen"), {"version": booking.version, "reason": "asked_to"})
    assert answer.status_code == 302
    booking.refresh_from_db()
    assert booking.ended_by == Side.COORDINATOR


def test_no_page_leads_to_one_that_its_reader_may_not_see():
    """A contact who is of no school here, and an activity that is away since."""
    booking = booking_in(State.DECLINED)
    contact = UserFactory()
    Booking.objects.filter(pk=booking.pk).update(school_contact=contact)
    booking.activity.status = "paused"
    booking.activity.save()
    for user in (contact, booking.request.contact):
        client = signed_in(user)
        page = client.get(booking.get_absolute_url()).content.decode()
        main = page[page.index("<main") : page.index("</main>")]
        for address in set(re.findall(r'href="(/[^"#]*)"', main)):
            assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("count", [1, 3])
def test_a_page_asks_the_same_number_of_queries_however_long_its_history(count):
    booking = booking_in(State.ASKED)
    sides = (Side.PROVIDER, Side.SCHOOL)
    for number in range(count):
        side = sides[number % 2]
        Parties.do(By(booking), "propose", booking, side, date=booking.date + (number + 1) * DAY)
        booking.refresh_from_db()
    client = signed_in(user_of(booking, Side.PROVIDER))
    with CaptureQueriesContext(connection) as queries:
        client.get(booking.get_absolute_url())
    assert len(queries) == 21


def test_a_step_that_is_not_this_sides_is_refused():
    booking = booking_in(State.ASKED)
    answer = signed_in(user_of(booking, Side.SCHOOL)).post(step_url(booking, "ja"), {"version": booking.version})
    assert answer.status_code == 409
    assert signed_in(UserFactory()).post(step_url(booking, "ja"), {"version": booking.version}).status_code == 404
    assert signed_in(user_of(booking, Side.SCHOOL)).get(step_url(booking, "onzin")).status_code == 404


def test_a_page_without_its_version_is_refused():
    booking = booking_in(State.ASKED)
    client = signed_in(user_of(booking, Side.PROVIDER))
    for version in ("", "x", "0"):
        assert client.post(step_url(booking, "ja"), {"version": version}).status_code == 422
    assert Booking.objects.get(pk=booking.pk).state == State.ASKED


def test_a_full_day_cannot_be_proposed():
    parties = Parties(seats=40)
    full = parties.day(10, after=70)
    booking = parties.ask()
    client = signed_in(parties.member)
    answer = client.post(step_url(booking, "andere-dag"), {"version": booking.version, "session": full.pk})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["session"]
    assert Booking.objects.get(pk=booking.pk).version == booking.version


def test_a_late_answer_is_shown_as_late():
    booking = booking_in(State.ASKED)
    Booking.objects.filter(pk=booking.pk).update(due_on=timezone.localdate() - DAY)
    shown = signed_in(user_of(booking, Side.SCHOOL)).get(booking.get_absolute_url()).context["shown"]
    assert shown.days_left < 0


def test_days_in_two_years_both_say_their_year():
    booking = Parties().ask()
    booking.request.date_from, booking.request.date_until = dt.date(2026, 12, 12), dt.date(2027, 5, 20)
    assert wished_words(booking) == "Tussen 12 december 2026 en 20 mei 2027"
