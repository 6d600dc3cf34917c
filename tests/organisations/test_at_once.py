"""What happens when two people press at the same moment, on real connections."""

import time
from threading import Event

import pytest
from django.db import transaction

from techfinder.organisations import actions
from techfinder.organisations.models import Attention, Invitation, Membership, Provider
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, SchoolFactory
from tests.support.at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_leave_at_once_leave_one_word_for_the_moderator():
    provider = ProviderFactory()
    first, second = MembershipFactory.create_batch(2, provider=provider)
    has_left = Event()

    def slowly():
        with transaction.atomic():
            actions.leave(membership=first)
            has_left.set()
            time.sleep(0.5)

    def meanwhile():
        has_left.wait(10)
        actions.leave(membership=second)

    at_once(slowly, meanwhile)
    assert not Membership.objects.filter(status=Membership.Status.ACTIVE).exists()
    assert Attention.objects.count() == 1


def test_an_invitation_lets_one_person_in():
    invitation = actions.invite(membership=MembershipFactory(provider=ProviderFactory()), email="a@b.nl")
    people = UserFactory.create_batch(3)
    answers = at_once(
        *(lambda each=each: actions.accept_invitation(user=each, token=invitation.token) for each in people)
    )
    assert sum(isinstance(answer, Membership) for answer in answers) == 1
    assert Membership.objects.count() == 2


def test_companies_of_one_name_both_get_an_address():
    people = UserFactory.create_batch(4)
    at_once(
        *(lambda each=each: actions.register_provider(user=each, name="Zilt", email="a@zilt.nl") for each in people)
    )
    assert set(Provider.objects.values_list("slug", flat=True)) == {"zilt", "zilt-2", "zilt-3", "zilt-4"}


def test_two_moderators_at_once_decide_once():
    claim = MembershipFactory(school=SchoolFactory(), status=Membership.Status.PENDING)
    answers = at_once(
        lambda: actions.verify_membership(membership=claim), lambda: actions.reject_membership(membership=claim)
    )
    assert sorted(answers) == [False, True]


def test_inviting_one_address_at_once_is_one_invitation():
    membership = MembershipFactory(provider=ProviderFactory())
    at_once(*[lambda: actions.invite(membership=membership, email="a@b.nl")] * 3)
    assert Invitation.objects.count() == 1


def test_a_double_press_claims_once():
    user, school = UserFactory(), SchoolFactory()
    answers = at_once(*[lambda: actions.claim_school(user=user, school=school)] * 3)
    assert [type(answer) for answer in answers] == [Membership] * 3
    assert Membership.objects.count() == 1
