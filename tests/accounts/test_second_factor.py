import time

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from allauth.mfa.totp.internal import auth as totp_auth
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from techfinder.mail.models import OutgoingMail
from tests.accounts.test_sign_in import code_in
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db
PROFILE = "/account/gegevens/"


def moderator():
    return UserFactory(moderates=[RegionFactory()])


def add_factor(user, kind=Authenticator.Type.TOTP):
    return Authenticator.objects.create(user=user, type=kind, data={"secret": "x"})


@pytest.mark.parametrize("make", [moderator, AdministratorFactory])
def test_trusted_person_sets_up_a_second_factor_before_any_other_page(client, make):
    client.force_login(make())
    for address in (PROFILE, "/organisatie/", "/mijn/", "/"):
        assert client.get(address).headers.get("Location") == reverse("mfa_index"), address


def test_administration_waits_for_the_second_factor_too(client):
    administrator = AdministratorFactory()
    client.force_login(administrator)
    assert client.get("/beheer/").headers["Location"] == reverse("mfa_index")
    add_factor(administrator)
    assert client.get("/beheer/").status_code == 200


@pytest.mark.parametrize("name", ["mfa_index", "mfa_activate_totp", "mfa_add_webauthn"])
def test_the_way_to_a_second_factor_is_open(client, name):
    client.force_login(moderator())
    response = client.get(reverse(name))
    assert response.headers.get("Location", "") != reverse("mfa_index")
    assert response.status_code == 200


@pytest.mark.parametrize("kind", [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN])
def test_with_a_second_factor_all_is_open(client, kind):
    user = moderator()
    add_factor(user, kind)
    client.force_login(user)
    assert client.get(PROFILE).status_code == 200


def test_recovery_codes_alone_are_no_second_factor(client):
    user = moderator()
    add_factor(user, Authenticator.Type.RECOVERY_CODES)
    client.force_login(user)
    assert client.get(PROFILE).status_code == 302


def test_others_need_no_second_factor(client):
    client.force_login(UserFactory())
    assert client.get(PROFILE).status_code == 200


def test_unknown_address_stays_unknown(client):
    client.force_login(moderator())
    assert client.get("/bestaat-niet/").status_code == 404


def test_a_new_factor_ends_the_sessions_that_never_showed_it(rf):
    user = UserFactory()
    here, elsewhere = Client(), Client()
    for each in (here, elsewhere):
        each.force_login(user)
        each.get(PROFILE)
    assert UserSession.objects.filter(user=user).count() == 2
    request = rf.get("/")
    request.session = here.session
    authenticator_added.send(sender=Authenticator, request=request, user=user, authenticator=add_factor(user))
    assert here.get(PROFILE).status_code == 200
    assert elsewhere.get(PROFILE).status_code == 302


def test_a_moderator_sets_up_an_app_and_gets_in(client, settings):
    # The half minute may end between the two lines below.
    settings.MFA_TOTP_TOLERANCE = 1
    user = moderator()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    client.force_login(user)
    page = client.get("/moderatie/", follow=True)
    assert page.redirect_chain == [(reverse("mfa_index"), 302)]
    assert "Stel daarom eerst een tweede stap" in page.content.decode()
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    code = format_hotp_value(hotp_value(secret, int(time.time()) // 30))
    client.post(reverse("mfa_activate_totp"), {"code": code})
    assert Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).exists()
    assert client.get("/moderatie/").status_code == 200


def test_the_next_sign_in_asks_for_the_app(client):
    user = moderator()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    totp_auth.TOTP.activate(user, totp_auth.generate_totp_secret())
    client.post(reverse("account_login"), {"login": user.email})
    response = client.post(reverse("account_confirm_login_code"), {"code": code_in(OutgoingMail.objects.get())})
    assert response.headers["Location"] == reverse("mfa_authenticate")
    assert client.get("/moderatie/").status_code == 404
