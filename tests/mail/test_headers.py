"""What receivers ask of a mail, read from the bytes that a mail server got."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from techfinder.mail import actions
from techfinder.mail.kinds import Group
from techfinder.mail.message import sender
from techfinder.mail.models import Frequency, OutgoingMail
from techfinder.mail.queries import preferences
from techfinder.mail.tokens import address_token
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db


def deliver(smtp_sink, **fields):
    OutgoingMailFactory(**fields)
    actions.deliver_due()
    return smtp_sink.messages[-1]


def test_every_mail_says_that_a_machine_wrote_it(smtp_sink):
    message = deliver(smtp_sink).message
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Precedence"] is None
    assert message["List-Unsubscribe"] is None
    assert {part.get_content_type() for part in message.iter_parts()} == {"text/plain", "text/html"}


def test_mail_in_a_thread_refers_to_its_root(smtp_sink):
    message = deliver(smtp_sink, thread="request-12").message
    assert message["References"] == message["In-Reply-To"] == "<request-12@techfinder.example>"


def test_mail_in_a_thread_within_a_thread_refers_to_both(smtp_sink):
    message = deliver(smtp_sink, thread="request-12 booking-3").message
    assert message["References"] == "<request-12@techfinder.example> <booking-3@techfinder.example>"
    assert message["In-Reply-To"] == "<booking-3@techfinder.example>"


def test_one_click_unsubscribe(smtp_sink, client):
    user = UserFactory()
    message = deliver(smtp_sink, recipient=user, to=user.email, kind="match_school").message
    https, mailto = re.findall(r"<([^>]+)>", message["List-Unsubscribe"])
    assert mailto.startswith("mailto:")
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["List-Id"] == "<matches.techfinder.example>"
    path = https.removeprefix("http://127.0.0.1:8000")
    assert path.startswith("/uit/")
    assert user.email not in https


@pytest.mark.parametrize("nasty", ["Kop\r\nBcc: x@example.com", "a\nb", "a\x0bb", "=?utf-8?q?=0d=0aBcc:x@y.nl?="])
def test_no_header_comes_in_by_the_subject(smtp_sink, nasty):
    received = deliver(smtp_sink, subject=nasty)
    assert received.message["Bcc"] is None
    assert len(received.recipients) == 1
    assert not re.search(rb"^Bcc:", received.raw, re.MULTILINE | re.IGNORECASE)


def test_the_name_of_the_sender_is_one_that_receivers_take(settings):
    settings.DEFAULT_FROM_EMAIL = '"Desk: @home, \\"x\\"" <desk@techfinder.example>'
    assert sender() == "Desk home x <desk@techfinder.example>"


def path_for(user):
    return reverse("mail:unsubscribe", args=[address_token(user.email, Group.MATCHES)])


def test_get_changes_nothing(client):
    user = UserFactory(match_mail=Frequency.DAILY)
    assert client.get(path_for(user)).status_code == 200
    assert preferences(user.email).matches == Frequency.DAILY


def test_post_without_cookie_stops_the_mail_twice_over():
    client = Client(enforce_csrf_checks=True)
    user = UserFactory(match_mail=Frequency.DAILY)
    for _ in range(2):
        response = client.post(path_for(user), {"List-Unsubscribe": "One-Click"})
        assert (response.status_code, response.headers.get("Location")) == (200, None)
    assert preferences(user.email).matches == Frequency.NONE


def test_an_address_without_account_stops_it_too(client):
    client.post(reverse("mail:unsubscribe", args=[address_token("A@example.com", Group.MATCHES)]))
    assert preferences("a@example.com").matches == Frequency.NONE


@pytest.mark.parametrize("token", ["x", "eyJ1c2VyIjoxfQ.x", "%00"])
def test_a_forged_token_is_not_found(client, token):
    assert client.post(f"/uit/{token}/").status_code == 404
    assert client.get(f"/uit/{token}/").status_code == 404


def test_post_shows_every_mail_in_a_frame_without_scripts(client):
    mail = OutgoingMailFactory(html="<html><head></head><body><script>1</script>Hoi</body></html>")
    assert mail.subject in client.get("/post/").content.decode()
    assert client.get(f"/post/{mail.uuid}/").status_code == 200
    frame = client.get(f"/post/{mail.uuid}/html/")
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    policy = frame.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "frame-ancestors 'self'" in policy


def test_post_is_for_development_only(client, settings):
    mail = OutgoingMailFactory()
    settings.SHOW_POST = False
    for path in ("/post/", f"/post/{mail.uuid}/", f"/post/{mail.uuid}/html/"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_post_asks_the_same_number_of_queries(client, django_assert_num_queries, count):
    OutgoingMailFactory.create_batch(count)
    with django_assert_num_queries(2):
        client.get("/post/")


def test_the_states_are_told_in_the_list(client):
    OutgoingMailFactory(state=OutgoingMail.State.SENT)
    assert client.get("/post/").status_code == 200
