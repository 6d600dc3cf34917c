"""The saved searches of an address, on the page where it decides about its mail."""

import pytest
from django.urls import reverse

from techfinder.activities.models import SavedSearch
from techfinder.mail.models import MailPreferences
from techfinder.mail.tokens import address_token
from tests.activities.saved_steps import a_saved
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
EMAIL = "juf@school.example"
State = SavedSearch.State


def shown(client, email=EMAIL):
    return client.get(reverse("mail:preferences", args=[address_token(email)])).content.decode()


def test_each_is_there_with_where_it_is_changed_and_stopped(client):
    saved = a_saved(email=EMAIL, frequency="weekly")
    page = shown(client)
    for name in ("manage", "stop"):
        assert reverse(f"saved:{name}", args=[saved.uuid]) in page
    assert "Hoogstens één mail per week" in page


def test_what_is_stopped_says_so_and_is_not_stopped_again(client):
    saved = a_saved(email=EMAIL, state=State.STOPPED)
    page = shown(client)
    assert "Gestopt" in page
    assert reverse("saved:stop", args=[saved.uuid]) not in page


def test_those_of_an_account_are_of_the_address_of_the_account(client):
    user = UserFactory()
    saved = a_saved(email="older@school.example", user=user)
    assert str(saved.uuid) in shown(client, user.email)
    assert str(saved.uuid) not in shown(client, "older@school.example")


def test_nobody_else_s_nor_what_was_never_confirmed(client):
    a_saved(email="other@school.example")
    a_saved(email=EMAIL, state=State.UNCONFIRMED)
    assert "deel-1" not in shown(client)


def test_it_says_that_mail_about_them_is_turned_off(client):
    a_saved(email=EMAIL)
    assert "Je wilt hier nu geen mail over." not in shown(client)
    MailPreferences.objects.create(email=EMAIL, searches=False)
    assert "Je wilt hier nu geen mail over." in shown(client)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_asks_the_same_for_any_number(client, django_assert_num_queries, count):
    for theme in ("energie", "water", "ict")[:count]:
        a_saved(email=EMAIL, criteria={"theme": [theme]})
    shown(client)
    with django_assert_num_queries(6):
        shown(client)
