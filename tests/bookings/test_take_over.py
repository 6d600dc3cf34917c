"""A mail that was forwarded: a colleague goes on in her own name, after a code."""

import datetime as dt
import re
from urllib.parse import urlsplit

import pytest
import time_machine
from django.utils import timezone

from techfinder.bookings.links import tokens
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, TakeOverCode
from techfinder.bookings.queries.belonging import belongs
from techfinder.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in
from tests.factories.organisations import BoardFactory, MembershipFactory

pytestmark = pytest.mark.django_db

SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER
WHO = {"email": "karin@deschool.example", "name": "Karin Smit"}


@pytest.fixture
def booking():
    booking = booking_in(State.PROPOSED)
    Booking.objects.filter(pk=booking.pk).update(school_email="anna@deschool.example", school_name="Anna de Vries")
    return Booking.objects.get(pk=booking.pk)


def path(booking, purpose="accept", side=SCHOOL):
    return urlsplit(tokens.link(booking, side, purpose)).path


def code_of(email=WHO["email"]):
    mail = OutgoingMail.objects.filter(kind="booking_code", to=email).latest("pk")
    return re.search(r"\b\d{6}\b", mail.text)[0]


def ask(client, booking, **who):
    """The page after asking for a code."""
    return client.post(path(booking) + "collega/", {**WHO, **who}, follow=True)


def test_a_colleague_goes_on_after_a_code_in_her_own_name(client, booking):
    assert "Anna de Vries" in client.get(path(booking)).content.decode()
    page = ask(client, booking)
    assert page.status_code == 200
    went_on = client.post(page.request["PATH_INFO"], {"code": code_of()}, follow=True)
    assert "Karin Smit" in went_on.content.decode()
    done = client.post(went_on.request["PATH_INFO"], {"version": booking.version}, follow=True)
    assert done.request["PATH_INFO"].endswith("/klaar/")
    booking.refresh_from_db()
    assert booking.state == State.AGREED
    assert booking.events.last().actor_name == "Karin Smit"
    assert booking.school_email == "anna@deschool.example"


def test_she_may_become_the_contact_and_the_old_link_then_does_nothing(client, booking):
    page = ask(client, booking)
    went_on = client.post(page.request["PATH_INFO"], {"code": code_of(), "contact": "on"}, follow=True)
    assert went_on.status_code == 200
    booking.refresh_from_db()
    assert (booking.school_email, booking.school_name) == (WHO["email"], "Karin Smit")
    stale = tokens.make(
        tokens.Link(booking.pk, SCHOOL, tokens.Purpose.ACCEPT, booking.version, tokens.tag("anna@deschool.example"))
    )
    shown = client.get(f"/boeking/l/{stale}/")
    assert shown.context["opened"].actor is None
    assert client.post(f"/boeking/l/{stale}/", {"version": booking.version}).status_code == 200
    booking.refresh_from_db()
    assert booking.state == State.PROPOSED


@pytest.mark.parametrize("email", ["karin@elders.example", "karin@leerling.deschool.example", "anna@gmail.com"])
def test_a_stranger_gets_no_code(client, booking, email):
    page = ask(client, booking, email=email)
    assert page.status_code == 422
    assert email in page.content.decode()
    assert not TakeOverCode.objects.exists()
    assert not OutgoingMail.objects.filter(to=email).exists()


def test_who_belongs(booking):
    school, provider = booking.request.school, booking.activity.provider
    school.board = BoardFactory()
    school.website = "www.deschool-site.example"
    school.save()
    Booking.objects.filter(pk=booking.pk).update(provider_email="sanne@gmail.com")
    booking = Booking.objects.get(pk=booking.pk)
    at_board = MembershipFactory(board=school.board, user=UserFactory(email="bestuur@elders.example")).user
    left = MembershipFactory(school=school, status="left", user=UserFactory(email="weg@elders.example")).user
    assert belongs(booking, SCHOOL, "iemand@deschool.example")
    assert belongs(booking, SCHOOL, "iemand@deschool-site.example")
    assert belongs(booking, SCHOOL, at_board.email)
    assert not belongs(booking, SCHOOL, left.email)
    assert not belongs(booking, SCHOOL, provider.email)
    assert belongs(booking, PROVIDER, "sanne@gmail.com")
    assert not belongs(booking, PROVIDER, "ander@gmail.com")
    assert belongs(booking, PROVIDER, f"ander@{provider.email.partition('@')[2]}")
    assert not belongs(booking, PROVIDER, "")


def test_a_wrong_code_five_times_is_used_up(client, booking):
    here = ask(client, booking).request["PATH_INFO"]
    right = code_of()
    wrong = "000000" if right != "000000" else "111111"
    for _attempt in range(5):
        assert client.post(here, {"code": wrong}).status_code == 422
    page = client.post(here, {"code": right})
    assert page.status_code == 422
    assert TakeOverCode.objects.get().used_at is None


def test_a_code_works_once_and_for_an_hour(client, booking):
    here = ask(client, booking).request["PATH_INFO"]
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=61), tick=False):
        assert client.post(here, {"code": code_of()}).status_code == 422
    assert client.post(here, {"code": code_of()}).status_code == 302
    assert client.post(here, {"code": code_of()}).status_code == 422


def test_a_new_code_waits_a_minute_and_makes_the_earlier_one_void(client, booking):
    first = ask(client, booking).request["PATH_INFO"]
    assert ask(client, booking).status_code == 422
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=2), tick=False):
        ask(client, booking)
        assert TakeOverCode.objects.count() == 1
        assert client.post(first, {"code": code_of()}).status_code == 404


def test_nobodys_mailbox_is_filled(client, booking):
    now = timezone.now()
    for number in range(6):
        with time_machine.travel(now + dt.timedelta(minutes=2 * number), tick=False):
            page = ask(client, booking)
    assert page.status_code == 429
    assert OutgoingMail.objects.filter(kind="booking_code").count() == 5


def test_a_code_of_another_booking_opens_nothing(client, booking):
    other = booking_in(State.PROPOSED, parties=Parties())
    here = ask(client, booking).request["PATH_INFO"]
    elsewhere = here.replace(tokens.token(booking, SCHOOL, "accept"), tokens.token(other, SCHOOL, "accept"))
    assert client.post(elsewhere, {"code": code_of()}).status_code == 404
    code = TakeOverCode.objects.get()
    forged = tokens.token(other, SCHOOL, "accept", holder=f"c{code.pk}")
    TakeOverCode.objects.update(used_at=timezone.now())
    assert client.get(f"/boeking/l/{forged}/").context["opened"].actor is None


def test_after_a_week_a_new_code_is_asked(client, booking):
    here = ask(client, booking).request["PATH_INFO"]
    address = client.post(here, {"code": code_of()})["Location"]
    assert client.get(address).context["opened"].actor.name == "Karin Smit"
    with time_machine.travel(timezone.now() + dt.timedelta(days=8), tick=False):
        assert client.get(address).context["opened"].actor is None


def test_when_it_ended_meanwhile_she_sees_so(client, booking):
    here = ask(client, booking).request["PATH_INFO"]
    Parties.do(_by_provider(booking), "withdraw", booking, PROVIDER)
    page = client.post(here, {"code": code_of(), "contact": "on"}, follow=True)
    assert page.status_code == 200
    assert page.context["booking"].state == State.WITHDRAWN


def _by_provider(booking):
    parties = Parties(provider=booking.activity.provider)
    parties.request = booking.request
    return parties


@pytest.mark.parametrize("fields", [{"email": ""}, {"email": "geen adres"}, {"name": ""}])
def test_what_is_missing_is_said_at_the_field(client, booking, fields):
    page = ask(client, booking, **fields)
    assert page.status_code == 422
    assert not TakeOverCode.objects.exists()
