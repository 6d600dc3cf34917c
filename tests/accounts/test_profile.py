import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from techfinder.accounts.actions import delete_account
from techfinder.accounts.models import User
from techfinder.moderation.models import Decision
from techfinder.organisations.models import Attention, Membership
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


def test_a_person_from_the_administration_has_no_password(client):
    administrator = AdministratorFactory()
    Authenticator.objects.create(user=administrator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(administrator)
    fields = {"email": "Noor@Regio.nl", "language": "nl", "is_active": "on"}
    assert client.post("/beheer/accounts/user/add/", fields).status_code == 302
    person = User.objects.get(email="noor@regio.nl")
    assert not person.has_usable_password()


@pytest.fixture
def user(client):
    user = UserFactory(name="Elke")
    client.force_login(user)
    return user


def test_profile_is_saved(client, user):
    response = client.post("/account/gegevens/", {"name": "Elke de Boer", "language": "en"})
    assert response.status_code == 302
    user.refresh_from_db()
    assert (user.name, user.language) == ("Elke de Boer", "en")


def test_bad_profile_keeps_what_was_typed_and_writes_nothing(client, user):
    response = client.post("/account/gegevens/", {"name": "Nieuw", "language": "de"})
    assert response.status_code == 422
    assert 'value="Nieuw"' in response.content.decode()
    user.refresh_from_db()
    assert user.name == "Elke"


def test_profile_cannot_change_what_it_does_not_show(client, user):
    client.post("/account/gegevens/", {"name": "E", "language": "nl", "is_staff": "1"})
    user.refresh_from_db()
    assert not user.is_staff


def test_export_holds_everything_that_points_to_the_person_and_no_key(client, user):
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    MembershipFactory(user=user, school=SchoolFactory(name="Mijn school"))
    MembershipFactory(school=SchoolFactory(name="Van een ander"))
    response = client.get("/account/gegevens/download/")
    assert "attachment" in response.headers["Content-Disposition"]
    data = json.loads(response.content)
    assert data["person"]["email"] == user.email
    assert len(data["organisations.membership.user"]) == 1
    assert {"requests.request.contact", "mail.outgoingmail.recipient"} <= set(data)
    assert "password" not in response.content.decode()


def test_delete_asks_once_more(client, user):
    assert client.post("/account/verwijderen/", {}).status_code == 422
    assert User.objects.filter(pk=user.pk).exists()
    assert client.post("/account/verwijderen/", {"sure": "on"}).status_code == 302
    assert not User.objects.filter(pk=user.pk).exists()
    assert "_auth_user_id" not in client.session


def test_deleting_the_last_member_tells_the_moderator(user):
    provider = ProviderFactory()
    MembershipFactory(user=user, provider=provider)
    delete_account(user=user)
    assert Attention.objects.get().provider == provider
    assert not Membership.objects.exists()


def test_deleting_signs_out_everywhere(user):
    elsewhere = Client()
    elsewhere.force_login(user)
    elsewhere.get("/account/gegevens/")
    delete_account(user=user)
    assert elsewhere.get("/account/gegevens/").status_code == 302


def test_who_decided_something_is_blanked_and_the_decision_stays():
    moderator = UserFactory(name="Noor", email="noor@regio.nl", moderates=[RegionFactory()])
    Decision.objects.create(moderator=moderator, provider=ProviderFactory(), verdict=Decision.Verdict.APPROVED)
    delete_account(user=moderator)
    moderator.refresh_from_db()
    assert not User.objects.filter(email="noor@regio.nl").exists()
    assert (moderator.name, moderator.is_active, moderator.moderates.exists()) == ("", False, False)
    assert Decision.objects.count() == 1
