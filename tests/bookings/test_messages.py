"""Messages between the two sides of a booking, on the site; and a concern for the coordinator."""

import datetime as dt
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions.messages import CannotWriteError, TooManyError, send_message
from techfinder.bookings.actors import Actor
from techfinder.bookings.links import tokens
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Message, Task
from techfinder.bookings.replies.addresses import reply_to
from techfinder.mail.models import OutgoingMail
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.bookings import Parties, booking_in, in_days

pytestmark = pytest.mark.django_db

SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER
QUERIES = 5
PRIVATE = "Bel me op 06 12345678 of mail anna@school.example"


def url(booking):
    return reverse("bookings:messages", args=[booking.uuid])


def link(booking, side):
    return urlsplit(tokens.link(booking, side, "message")).path


def mails(kind="booking_message"):
    return OutgoingMail.objects.filter(kind=kind).order_by("id")


def reader():
    """An administrator with a second factor."""
    user = AdministratorFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def booking(parties):
    return parties.ask(date=in_days(60))


def test_a_message_goes_to_the_other_side_by_mail_from_the_desk(client, parties, booking):
    client.force_login(parties.request.contact)
    page = client.post(url(booking), {"text": "Is er een beamer?"}, follow=True)
    assert page.status_code == 200
    assert "Is er een beamer?" in page.content.decode()
    mail = mails().get()
    assert mail.to == parties.member.email
    assert "Is er een beamer?" in mail.text
    assert mail.reply_to == reply_to(booking, PROVIDER)
    assert parties.request.contact.email not in mail.text + mail.html + mail.subject


def test_who_has_the_link_of_a_mail_writes_without_an_account(client, booking):
    page = client.post(link(booking, PROVIDER), {"text": "Ja, die is er."}, follow=True)
    assert page.status_code == 200
    message = Message.objects.get()
    assert (message.side, message.author) == (PROVIDER, None)
    assert mails().get().to == booking.school_email


def test_before_it_is_agreed_no_address_gets_through(client, parties, booking):
    client.post(link(booking, SCHOOL), {"text": PRIVATE})
    mail = mails().get()
    read = client.get(link(booking, PROVIDER)).content.decode()
    for hidden in ("06 12345678", "anna@school.example"):
        assert hidden not in mail.text + mail.html
        assert hidden not in read
    assert PRIVATE in client.get(link(booking, SCHOOL)).content.decode()


def test_once_it_is_agreed_they_may_give_their_numbers(client, parties, booking):
    booking = parties.do("accept", booking, PROVIDER)
    client.post(link(booking, SCHOOL), {"text": PRIVATE})
    assert "06 12345678" in mails().get().text


def test_pressed_twice_is_one_message(client, booking):
    for _again in range(2):
        client.post(link(booking, SCHOOL), {"text": "Hallo"})
    assert Message.objects.count() == 1
    assert mails().count() == 1


@pytest.mark.parametrize("text", ["", "   ", "x" * 4001])
def test_what_is_no_message_is_said_at_the_field(client, booking, text):
    page = client.post(link(booking, SCHOOL), {"text": text})
    assert page.status_code == 422
    assert page.context["form"].errors["text"]
    assert not Message.objects.exists()


def test_nothing_is_written_after_a_no(client):
    booking = booking_in(State.DECLINED)
    assert client.get(link(booking, SCHOOL)).status_code == 200
    assert client.post(link(booking, SCHOOL), {"text": "Toch?"}).status_code == 404
    with pytest.raises(CannotWriteError):
        send_message(booking_id=booking.pk, by=Actor(SCHOOL), text="Toch?")


def test_after_the_day_it_can_be_written_for_two_months(client):
    booking = booking_in(State.HAPPENED)
    assert client.post(link(booking, SCHOOL), {"text": "Er lag nog een jas"}).status_code == 302
    with time_machine.travel(timezone.now() + dt.timedelta(days=61)):
        assert client.post(link(booking, SCHOOL), {"text": "En een tas"}).status_code == 404


def test_a_machine_is_stopped(booking):
    for number in range(20):
        send_message(booking_id=booking.pk, by=Actor(SCHOOL), text=f"Bericht {number}")
    with pytest.raises(TooManyError):
        send_message(booking_id=booking.pk, by=Actor(SCHOOL), text="Nog een")
    send_message(booking_id=booking.pk, by=Actor(PROVIDER), text="Rustig maar")


def test_strangers_and_coordinators_without_a_concern_do_not_read_it(client, parties, booking):
    for person in (UserFactory(), reader(), Parties().member):
        client.force_login(person)
        assert client.get(url(booking)).status_code == 404


def test_a_concern_goes_to_the_coordinator_who_then_reads_along(client, parties, booking):
    client.force_login(parties.request.contact)
    client.post(url(booking), {"text": "Dit is vervelend"})
    page = client.post(reverse("bookings:concern", args=[booking.uuid]), {"words": "Hij reageert grof"}, follow=True)
    assert page.status_code == 200
    assert "coördinator" in page.content.decode() or "coordinator" in page.content.decode()
    task = Task.objects.get(kind=Task.Kind.CONCERN)
    assert task.booking == booking
    assert "Hij reageert grof" in task.note
    assert not mails("booking_concern").exists()
    client.force_login(reader())
    shown = client.get(url(booking))
    assert "Dit is vervelend" in shown.content.decode()
    assert client.post(url(booking), {"text": "Ik lees mee"}).status_code == 404


def test_a_concern_from_the_mail_twice_is_one_task(client, booking):
    address = reverse("bookings:concern_by_link", args=[tokens.token(booking, PROVIDER, "message")])
    assert client.get(address).status_code == 200
    assert client.post(address, {"words": ""}).status_code == 422
    for _again in range(2):
        client.post(address, {"words": "De klas was er niet"})
    assert Task.objects.filter(kind=Task.Kind.CONCERN).count() == 1


def test_many_messages_are_paged_with_as_many_queries_as_few(client, booking, django_assert_num_queries):
    for number in range(1, 4):
        send_message(booking_id=booking.pk, by=Actor(SCHOOL, name="Anna de Vries"), text=f"Bericht {number}")
        if number in (1, 3):
            with django_assert_num_queries(QUERIES):
                client.get(link(booking, PROVIDER))
