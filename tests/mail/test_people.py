"""What happens to mail and its preferences when an address changes, or somebody goes."""

import pytest
from allauth.account.models import EmailAddress
from allauth.account.signals import email_changed
from django.contrib import admin
from django.test import RequestFactory

from techfinder.accounts.actions import delete_account
from techfinder.accounts.models import User
from techfinder.accounts.queries import personal_data
from techfinder.mail.actions import stop
from techfinder.mail.kinds import Group, Sort
from techfinder.mail.models import MailEvent, MailPreferences, OutgoingMail, Suppression
from techfinder.mail.queries import address_now, has_stopped, preferences
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory, choose

pytestmark = pytest.mark.django_db


def change_address(user, to):
    before = EmailAddress(user=user, email=user.email, verified=True, primary=True)
    after = EmailAddress(user=user, email=to, verified=True, primary=True)
    user.email = to
    user.save()
    email_changed.send(
        sender=EmailAddress,
        request=RequestFactory().get("/"),
        user=user,
        from_email_address=before,
        to_email_address=after,
    )


def test_another_address_keeps_what_was_chosen_and_gets_what_waits():
    user = UserFactory(email="old@school.example")
    choose([user], matches="weekly", surveys=False)
    waits = OutgoingMailFactory(recipient=user, to=user.email)
    code = OutgoingMailFactory(recipient=user, to=user.email, kind="account_code", priority=Sort.CODE)
    sent = OutgoingMailFactory(recipient=user, to=user.email, state="sent")
    change_address(user, "New@kpn.example")
    kept = preferences("new@kpn.example")
    assert (kept.matches, kept.surveys) == ("weekly", False)
    for mail in (waits, code, sent):
        mail.refresh_from_db()
    assert (waits.to, waits.domain) == ("new@kpn.example", "kpn.example")
    assert code.to == sent.to == "old@school.example"


def test_a_deleted_account_leaves_no_mail_and_no_choice():
    user, other = UserFactory(), UserFactory()
    choose(matches="weekly")
    MailPreferences.objects.create(email="older@school.example", moved_to=user.email)
    OutgoingMailFactory(to=user.email)
    OutgoingMailFactory(recipient=user, to="older@school.example")
    OutgoingMailFactory(to=other.email)
    delete_account(user=user)
    assert list(MailPreferences.objects.values_list("email", flat=True)) == [other.email]
    assert list(OutgoingMail.objects.values_list("to", flat=True)) == [other.email]


def test_a_deleted_account_leaves_nothing_of_the_addresses_it_had_before():
    user = UserFactory(email="first@school.example")
    choose([user], matches="weekly")
    Suppression.objects.create(email=user.email)
    MailEvent.objects.create(source="dsn", event_id="1", email=user.email, type="hard")
    for address in ("second@school.example", "third@school.example"):
        change_address(user, address)
    assert address_now("first@school.example") == "third@school.example"
    assert len(personal_data(user)["mail.mailevent"]) == 1
    delete_account(user=user)
    for model in (MailPreferences, Suppression, MailEvent):
        assert not model.objects.exists()


def test_whom_an_administrator_deletes_leaves_nothing_either():
    one, two = UserFactory(), UserFactory()
    choose(matches="weekly")
    desk, request = admin.site._registry[User], RequestFactory().post("/")
    desk.delete_model(request, one)
    desk.delete_queryset(request, User.objects.filter(pk=two.pk))
    assert not User.objects.exists()
    assert not MailPreferences.objects.exists()


def test_who_has_the_address_now_keeps_what_was_chosen_there():
    user = UserFactory(email="shared@school.example")
    change_address(user, "own@school.example")
    UserFactory(email="shared@school.example")
    stop(email="shared@school.example", group=Group.MATCHES)
    delete_account(user=user)
    assert has_stopped("shared@school.example", Group.MATCHES)
    assert address_now("shared@school.example") == "shared@school.example"


def test_links_in_old_mail_never_act_on_who_has_an_address_in_between_now():
    user = UserFactory(email="first@school.example")
    for address in ("shared@school.example", "own@school.example"):
        change_address(user, address)
    UserFactory(email="shared@school.example")
    assert address_now("first@school.example") == "own@school.example"


def test_the_same_address_in_other_letters_changes_nothing():
    user = UserFactory(email="elke@school.example")
    change_address(user, "Elke@school.example")
    assert address_now(user.email) == user.email


def test_what_was_chosen_is_in_the_export():
    user = UserFactory()
    choose([user], matches="weekly")
    choose([UserFactory()], matches="none")
    Suppression.objects.create(email=user.email, detail="550 no such user")
    MailEvent.objects.create(source="dsn", event_id="1", email=user.email, type="hard", detail="550")
    found = personal_data(user)
    (kept,) = found["mail.mailpreferences"]
    assert kept["matches"] == "weekly"
    assert [row["detail"] for row in found["mail.suppression"]] == ["550 no such user"]
    assert [row["type"] for row in found["mail.mailevent"]] == ["hard"]


def test_who_chose_nothing_exports_nothing():
    assert personal_data(UserFactory())["mail.mailpreferences"] == []
