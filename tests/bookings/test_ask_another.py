"""After a no, or no answer: a school asks for something else from the mail, without an account."""

import re
from urllib.parse import urlsplit

import pytest

from techfinder.bookings.links import tokens
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.bookings.test_alternatives import fits
from tests.factories.bookings import Parties

pytestmark = pytest.mark.django_db


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def declined(parties):
    return parties.do("decline", parties.ask(), Side.PROVIDER, reason="full")


def page_of(booking, side=Side.SCHOOL):
    return urlsplit(tokens.link(booking, side, "page")).path


def test_from_the_mail_of_a_no_to_the_next_question(client, parties):
    other = fits(parties.request).activity
    parties.do("decline", parties.ask(), Side.PROVIDER, reason="full")
    mail = OutgoingMail.objects.get(kind="booking_declined")
    button = urlsplit(re.search(r"Vraag iets anders aan:\n(\S+)", mail.text)[1]).path
    page = client.get(button).content.decode()
    action = re.search(r'<form method="post" action="([^"]+/vraag-aan/)"', page)[1]
    (activity_id,) = re.findall(r'name="activity" value="(\d+)"', page)
    after = client.post(action, {"activity": activity_id}, follow=True)
    asked = Booking.objects.latest("pk")
    assert (asked.activity, asked.state, asked.turn) == (other, State.ASKED, Side.PROVIDER)
    assert asked.request == parties.request
    assert asked.school_email == parties.request.contact.email
    assert f"Je hebt {other.provider.name} gevraagd" in after.content.decode()
    assert after.redirect_chain[-1][0] == page_of(asked)


def test_pressed_twice_asks_once(client, parties, declined):
    other = fits(parties.request).activity
    address = f"{page_of(declined)}vraag-aan/"
    for _each in range(2):
        client.post(address, {"activity": other.pk})
    assert Booking.objects.filter(activity=other).count() == 1


@pytest.mark.parametrize("method", ["get", "head"])
def test_a_scanner_asks_for_nothing(client, parties, declined, method):
    fits(parties.request)
    assert getattr(client, method)(f"{page_of(declined)}vraag-aan/").status_code == 302
    assert Booking.objects.count() == 1


@pytest.mark.parametrize("activity", ["", "0", "-1", "x", "99999999"])
def test_what_is_no_activity_is_not_asked(client, declined, activity):
    page = client.post(f"{page_of(declined)}vraag-aan/", {"activity": activity}, follow=True)
    assert page.status_code == 200
    assert Booking.objects.count() == 1


def test_of_a_closed_request_nothing_is_asked_and_the_page_says_so(client, parties, declined):
    other = fits(parties.request).activity
    Request.objects.filter(pk=parties.request.pk).update(status=Request.Status.WITHDRAWN)
    page = client.post(f"{page_of(declined)}vraag-aan/", {"activity": other.pk}, follow=True)
    assert "Deze vraag is niet meer open" in page.content.decode()
    assert Booking.objects.count() == 1


def test_the_provider_cannot_ask_for_the_school(client, parties, declined):
    other = fits(parties.request).activity
    client.post(f"{page_of(declined, Side.PROVIDER)}vraag-aan/", {"activity": other.pk})
    assert Booking.objects.count() == 1


def test_who_is_no_longer_the_contact_cannot(client, parties, declined):
    address = f"{page_of(declined)}vraag-aan/"
    other = fits(parties.request).activity
    Booking.objects.filter(pk=declined.pk).update(school_email="ander@school.example")
    client.post(address, {"activity": other.pk})
    assert Booking.objects.count() == 1


def test_one_that_said_no_before_is_not_asked_again(client, parties, declined):
    page = client.post(f"{page_of(declined)}vraag-aan/", {"activity": parties.activity.pk}, follow=True)
    assert "hier eerder nee op gezegd" in page.content.decode()
    assert Booking.objects.count() == 1


def test_who_waits_too_long_is_shown_what_else_there_is(client, parties):
    fits(parties.request)
    booking = parties.ask()
    assert "/vraag-aan/" not in client.get(page_of(booking)).content.decode()
    Booking.objects.filter(pk=booking.pk).update(next_step="expire")
    assert "/vraag-aan/" in client.get(page_of(booking)).content.decode()


def test_who_is_signed_in_goes_to_the_form_with_the_same_request(client, parties, declined):
    other = fits(parties.request).activity
    client.force_login(parties.request.contact)
    page = client.get(declined.get_absolute_url()).content.decode()
    form = f"/boeking/vraag-aan/{other.slug}/?vraag={parties.request.uuid}"
    assert f'href="{form}"' in page
    assert client.get(form).status_code == 200
    client.force_login(parties.member)
    assert form not in client.get(declined.get_absolute_url()).content.decode()
