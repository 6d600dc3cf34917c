from datetime import timedelta

import pytest
from django.utils import timezone

from techfinder.mail.models import OutgoingMail
from techfinder.organisations import actions
from techfinder.organisations.models import Invitation, Membership, Provider
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def membership(client):
    membership = MembershipFactory(provider=ProviderFactory(name="Zilt & Zonen"))
    client.force_login(membership.user)
    return membership


def people(membership):
    return f"/organisatie/aanbieder/{membership.provider.slug}/mensen/"


def test_a_colleague_is_invited_and_joins(client, membership):
    assert client.post(people(membership), {"email": "Collega@Elders.nl"}).status_code == 302
    mail = OutgoingMail.objects.get()
    invitation = Invitation.objects.get()
    assert mail.to == "collega@elders.nl"
    assert "Zilt & Zonen" in mail.subject
    assert invitation.get_absolute_url() in mail.text
    assert invitation.get_absolute_url() in mail.html

    colleague = UserFactory(email="prive@thuis.nl")
    client.force_login(colleague)
    assert client.get(invitation.get_absolute_url()).status_code == 200
    assert not Membership.objects.filter(user=colleague).exists()
    client.post(invitation.get_absolute_url())
    assert Membership.objects.get(user=colleague).provider == membership.provider


def test_a_link_works_once(client, membership):
    invitation = actions.invite(membership=membership, email="a@b.nl")
    actions.accept_invitation(user=UserFactory(), token=invitation.token)
    late = UserFactory()
    client.force_login(late)
    assert "Meedoen" not in client.get(invitation.get_absolute_url()).content.decode()
    client.post(invitation.get_absolute_url())
    assert not Membership.objects.filter(user=late).exists()


def test_a_link_ends(client, membership):
    invitation = actions.invite(membership=membership, email="a@b.nl")
    Invitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(actions.RefusedError):
        actions.accept_invitation(user=UserFactory(), token=invitation.token)


def test_who_is_not_signed_in_signs_in_first_and_comes_back(client, membership):
    invitation = actions.invite(membership=membership, email="a@b.nl")
    client.logout()
    assert invitation.get_absolute_url() in client.get(invitation.get_absolute_url()).content.decode()
    response = client.post(invitation.get_absolute_url())
    assert response.headers["Location"] == f"/account/login/?next={invitation.get_absolute_url()}"
    assert Membership.objects.count() == 1


def test_inviting_twice_a_day_is_one_mail_and_one_link(client, membership):
    for email in ("a@b.nl", "A@B.nl"):
        client.post(people(membership), {"email": email})
    assert (Invitation.objects.count(), OutgoingMail.objects.count()) == (1, 1)


def test_invitations_are_limited(client, membership, monkeypatch):
    monkeypatch.setattr(actions, "MAX_OPEN_INVITATIONS", 1)
    client.post(people(membership), {"email": "a@b.nl"})
    assert client.post(people(membership), {"email": "c@d.nl"}).status_code == 422
    assert OutgoingMail.objects.count() == 1


def test_an_organisation_that_waits_invites_nobody(client, membership):
    Provider.objects.update(status=Provider.Status.PENDING)
    assert client.post(people(membership), {"email": "a@b.nl"}).status_code == 422
    assert not OutgoingMail.objects.exists()


def test_a_withdrawn_invitation_is_gone(client, membership):
    invitation = actions.invite(membership=membership, email="a@b.nl")
    client.post(f"{people(membership)}uitnodiging/{invitation.pk}/intrekken/")
    assert client.get(invitation.get_absolute_url()).status_code == 404


def test_nobody_withdraws_an_invitation_of_another_organisation(client, membership):
    other = actions.invite(membership=MembershipFactory(school=SchoolFactory()), email="a@b.nl")
    client.post(f"{people(membership)}uitnodiging/{other.pk}/intrekken/")
    assert Invitation.objects.filter(pk=other.pk).exists()


def test_bad_address_is_said_at_the_field(client, membership):
    response = client.post(people(membership), {"email": "geen adres"})
    assert response.status_code == 422
    assert "geen adres" in response.content.decode()


@pytest.mark.parametrize("kind", ["aanbieder", "school", "bestuur", "onzin"])
def test_strangers_do_not_see_who_acts(client, membership, kind):
    client.force_login(UserFactory())
    key = membership.provider.slug
    for path in ("", "verlaten/"):
        assert client.get(f"/organisatie/{kind}/{key}/mensen/{path}").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_members_cost_the_same_number_of_queries(client, membership, django_assert_num_queries, count):
    for number in range(count):
        MembershipFactory(provider=membership.provider)
        actions.invite(membership=membership, email=f"a{number}@b.nl")
    client.get(people(membership))
    with django_assert_num_queries(7):
        client.get(people(membership))


def test_who_acts_for_it_already_is_not_invited(client, membership):
    response = client.post(people(membership), {"email": membership.user.email.upper()})
    assert response.status_code == 422
    assert "al" in response.context["form"].non_field_errors()[0]
    assert not Invitation.objects.exists()
    assert not OutgoingMail.objects.exists()
    MembershipFactory(provider=membership.provider, status=Membership.Status.LEFT, user__email="terug@elders.nl")
    assert client.post(people(membership), {"email": "terug@elders.nl"}).status_code == 302
