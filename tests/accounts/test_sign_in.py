import re

import pytest
from django.urls import reverse

from techfinder.accounts.models import User
from techfinder.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def code_in(mail):
    return re.search(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b", mail.text.partition("\n\n")[2])[1]


def ask_code(client, email, **query):
    return client.post(reverse("account_login", query=query or None), {"login": email})


def test_sign_in_with_a_code_by_mail(client):
    user = UserFactory(email="juf@deschool.nl")
    assert ask_code(client, "Juf@DeSchool.nl", next="/account/gegevens/").status_code == 302
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.is_code) == ("juf@deschool.nl", True)
    response = client.post(reverse("account_confirm_login_code") + "?next=/account/gegevens/", {"code": code_in(mail)})
    assert response.headers["Location"] == "/account/gegevens/"
    assert client.get("/account/gegevens/").context["user"] == user


def test_a_wrong_code_does_not_sign_in(client):
    UserFactory(email="juf@deschool.nl")
    ask_code(client, "juf@deschool.nl")
    client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})
    assert "_auth_user_id" not in client.session


def test_three_wrong_codes_end_the_attempt(client):
    UserFactory(email="juf@deschool.nl")
    ask_code(client, "juf@deschool.nl")
    right = code_in(OutgoingMail.objects.get())
    for _attempt in range(3):
        client.post(reverse("account_confirm_login_code"), {"code": "AAAAAA"})
    client.post(reverse("account_confirm_login_code"), {"code": right})
    assert "_auth_user_id" not in client.session


def test_sign_in_does_not_tell_who_has_an_account(client, client_two):
    UserFactory(email="bekend@deschool.nl")
    known, unknown = ask_code(client, "bekend@deschool.nl"), ask_code(client_two, "vreemd@deschool.nl")
    assert (known.status_code, known.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])
    pages = [each.get(known.headers["Location"]) for each in (client, client_two)]
    first, second = (page_words(page) for page in pages)
    assert first.replace("bekend@", "x@") == second.replace("vreemd@", "x@")
    assert OutgoingMail.objects.filter(to="vreemd@deschool.nl").count() == 1


def test_sign_up_does_not_tell_who_has_an_account(client, client_two):
    UserFactory(email="bekend@deschool.nl")
    answers = [
        client.post(reverse("account_signup"), {"email": "bekend@deschool.nl"}),
        client_two.post(reverse("account_signup"), {"email": "vreemd@deschool.nl"}),
    ]
    assert len({(answer.status_code, answer.headers["Location"]) for answer in answers}) == 1
    pages = [each.get(answers[0].headers["Location"]) for each in (client, client_two)]
    first, second = (page_words(page) for page in pages)
    assert first.replace("bekend@", "x@") == second.replace("vreemd@", "x@")


def test_sign_up_keeps_the_language_of_the_visit(client):
    client.post(reverse("account_signup"), {"email": "new@school.nl"}, HTTP_ACCEPT_LANGUAGE="en")
    assert User.objects.get(email="new@school.nl").language == "en"
    assert OutgoingMail.objects.get().language == "en"


def test_codes_for_one_address_are_limited(client):
    UserFactory(email="juf@deschool.nl")
    for _attempt in range(6):
        ask_code(client, "juf@deschool.nl")
        client.get(reverse("account_login"))
    assert OutgoingMail.objects.filter(to="juf@deschool.nl").count() <= 3


def test_an_account_that_is_closed_does_not_sign_in(client):
    UserFactory(email="weg@deschool.nl", is_active=False)
    ask_code(client, "weg@deschool.nl")
    for mail in OutgoingMail.objects.all():
        if found := re.search(r"\b([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\b", mail.text):
            client.post(reverse("account_confirm_login_code"), {"code": found[1]})
    assert "_auth_user_id" not in client.session


def page_words(response):
    """The page without what differs in every answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())


@pytest.fixture
def client_two():
    from django.test import Client

    return Client()
