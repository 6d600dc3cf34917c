"""The mails of allauth go through the outbox."""

import pytest

from techfinder.mail.adapter import AccountAdapter
from techfinder.mail.models import OutgoingMail
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("prefix", "context", "words"),
    [
        ("account/email/login_code", {"code": "XY12"}, "XY12"),
        ("account/email/email_confirmation_signup", {"code": "XY12"}, "XY12"),
        ("account/email/unknown_account", {"signup_url": "https://x.example/join"}, "https://x.example/join"),
        ("account/email/account_already_exists", {}, "/account/login/"),
        ("mfa/email/totp_activated", {}, "authenticator"),
        ("account/email/something_new", {}, ""),
    ],
)
def test_each_mail_is_queued_whole(prefix, context, words):
    user = UserFactory(language="en")
    AccountAdapter().send_mail(prefix, user.email, {**context, "user": user, "request": object()})
    mail = OutgoingMail.objects.get()
    assert (mail.to, mail.is_code, mail.group, mail.recipient) == (user.email, True, None, user)
    assert words in mail.text
    assert words in mail.html


def test_the_same_mail_twice_is_two_mails():
    for _ in range(2):
        AccountAdapter().send_mail("account/email/login_code", "a@example.com", {"code": "1"})
    assert OutgoingMail.objects.count() == 2
