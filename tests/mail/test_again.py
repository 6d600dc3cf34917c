"""Who is not mailed sees so, and is mailed again after showing to read mail there."""

import re

import pytest
import time_machine
from allauth.account.signals import authentication_step_completed
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.accounts.actions import delete_account
from techfinder.mail import actions
from techfinder.mail.models import MailEvent, OutgoingMail, Suppression
from techfinder.mail.tokens import AGAIN_WITHIN, address_token, again_token
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
Why = Suppression.Why
WARNING = "Je krijgt nu geen mail van ons."
EMAIL = "elke@school.example"


def preferences(email=EMAIL):
    return reverse("mail:preferences", args=[address_token(email)])


def dead(email=EMAIL, **fields):
    return Suppression.objects.create(email=email, **{"detail": "550 5.1.1 user unknown", **fields})


def ask(client, email=EMAIL):
    return client.post(f"{preferences(email)}opnieuw/", follow=True)


def page_in(mail):
    return re.search(r"http://127\.0\.0\.1:8000(/uit/opnieuw/\S+)", mail.text)[1]


@pytest.mark.parametrize(
    ("why", "words"),
    [
        (Why.BOUNCED, "bestaat dit adres niet"),
        (Why.COMPLAINED, "spam"),
        (Why.FULL, "volle mailbox"),
        (Why.MANUAL, "beheerder"),
    ],
)
def test_the_page_says_why_and_what_to_do(client, why, words):
    until = timezone.now() + timezone.timedelta(days=3) if why == Why.FULL else None
    dead(why=why, until=until)
    shown = client.get(preferences()).content.decode()
    assert words in shown
    assert "opnieuw/" in shown
    assert ("user unknown" in shown) == (why != Why.MANUAL)


def test_who_is_mailed_reads_nothing_of_it(client):
    dead(until=timezone.now() - timezone.timedelta(seconds=1), why=Why.FULL)
    assert "opnieuw/" not in client.get(preferences()).content.decode()


def test_a_button_in_a_mail_brings_mail_back(client, smtp_sink):
    dead()
    held = OutgoingMailFactory(to=EMAIL, kind="booking_asked")
    actions.deliver_due()
    assert smtp_sink.messages == []
    assert "Druk op de knop" in ask(client).content.decode()
    actions.deliver_due()
    (proof,) = smtp_sink.messages
    assert proof.recipients == [EMAIL]

    page = page_in(proof)
    for _scanner in range(2):
        assert client.get(page).status_code == 200
    assert Suppression.objects.exists()

    done = client.post(page)
    assert done.status_code == 200
    assert not Suppression.objects.exists()
    actions.deliver_due()
    assert OutgoingMail.objects.get(pk=held.pk).state == "sent"
    assert client.post(page).status_code == 200


def test_who_is_mailed_is_sent_nothing(client):
    assert ask(client).status_code == 200
    assert not OutgoingMail.objects.exists()


def test_nobody_is_sent_such_mails_without_end(client):
    dead()
    for _press in range(5):
        shown = ask(client).content.decode()
    assert OutgoingMail.objects.filter(kind="mail_again").count() == 3
    assert "Probeer het later" in shown


def test_a_forged_or_old_button_does_nothing(client):
    dead()
    token = again_token(EMAIL)
    for each in ("onzin", address_token(EMAIL), token[:-2] + "xx"):
        assert client.post(reverse("mail:again", args=[each])).status_code == 404
    with time_machine.travel(timezone.now() + AGAIN_WITHIN + timezone.timedelta(seconds=5)):
        assert client.post(reverse("mail:again", args=[token])).status_code == 404
    assert client.post(f"{reverse('mail:preferences', args=['onzin'])}opnieuw/").status_code == 404
    assert client.get(f"{preferences()}opnieuw/").status_code == 405
    assert Suppression.objects.exists()


def test_the_button_needs_the_form_of_the_page():
    dead()
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(reverse("mail:again", args=[again_token(EMAIL)])).status_code == 403
    assert strict.post(f"{preferences()}opnieuw/").status_code == 403


def test_the_mail_is_in_the_language_of_the_person(client):
    UserFactory(email=EMAIL, language="en")
    dead()
    ask(client)
    assert OutgoingMail.objects.get().subject == "You asked us to mail you again"


# ------------------------------------------------------------------ signed in


@pytest.mark.parametrize("path", ["/mijn/", "/account/gegevens/", "/aanbod/"])
def test_who_is_signed_in_reads_it_on_every_page(client, path):
    user = UserFactory(email=EMAIL)
    client.force_login(user)
    assert WARNING not in client.get(path).content.decode()
    dead()
    shown = client.get(path).content.decode()
    assert WARNING in shown
    assert reverse("mail:own_preferences") in shown


def test_nobody_else_reads_it(client):
    dead()
    client.force_login(UserFactory())
    assert WARNING not in client.get("/mijn/").content.decode()
    assert WARNING not in Client().get("/").content.decode()


def test_on_the_page_that_explains_it_it_is_said_once(client):
    client.force_login(UserFactory(email=EMAIL))
    dead()
    shown = client.get("/uit/mail/", follow=True).content.decode()
    assert WARNING not in shown
    assert "opnieuw/" in shown


def test_it_costs_no_query(client, django_assert_num_queries):
    client.force_login(UserFactory(email=EMAIL))
    client.get("/hulp/")
    with django_assert_num_queries(4):
        client.get("/hulp/")
    dead()
    with django_assert_num_queries(4):
        client.get("/hulp/")


@pytest.mark.parametrize(("why", "lifted"), [(Why.BOUNCED, True), (Why.FULL, True), (Why.COMPLAINED, False)])
def test_a_code_that_came_in_is_proof(why, lifted):
    user = UserFactory(email=EMAIL)
    until = timezone.now() + timezone.timedelta(days=3) if why == Why.FULL else None
    dead(why=why, until=until)
    authentication_step_completed.send(sender=None, request=None, user=user, method="code", email=EMAIL)
    assert Suppression.objects.exists() is not lifted


@pytest.mark.parametrize("step", [{"method": "mfa"}, {"method": "code", "email": "ander@school.example"}])
def test_another_step_is_no_proof(step):
    user = UserFactory(email=EMAIL)
    dead()
    authentication_step_completed.send(sender=None, request=None, user=user, **step)
    assert Suppression.objects.exists()


def test_a_deleted_account_leaves_nothing_of_it_behind():
    user = UserFactory(email=EMAIL)
    dead()
    MailEvent.objects.create(source="dsn", event_id="1", email=EMAIL, type="hard")
    delete_account(user=user)
    assert not Suppression.objects.exists()
    assert not MailEvent.objects.exists()
