"""Contacts that leave or cannot be reached: a colleague follows, or a coordinator hears of it."""

import datetime as dt

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse
from django.utils import timezone

from techfinder.bookings.actions import take_over
from techfinder.bookings.actions.contacts import contact_gone, sweep_contacts
from techfinder.bookings.actors import Actor, person
from techfinder.bookings.links.opening import open_link
from techfinder.bookings.links.tokens import Purpose, link
from techfinder.bookings.machine import Side, State, Step
from techfinder.bookings.models import Booking, Task
from techfinder.bookings.telling.people import recipients
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.organisations.actions import leave
from techfinder.organisations.models import Attention, Membership
from techfinder.organisations.queries import single_handed
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in
from tests.factories.organisations import BoardFactory, InvitationFactory, MembershipFactory, ProviderFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def booking(parties):
    """Agreed, so that both sides have a contact."""
    return booking_in(State.AGREED, parties=parties)


def again(booking):
    return Booking.objects.get(pk=booking.pk)


def gone(booking, side):
    """As the link of the mail says it: of the side, and of nobody with an account."""
    return contact_gone(booking_id=booking.pk, side=side, by=Actor(side, email=booking.contact(side)[1]))


def dead(email, detail="550 5.1.1 no such user"):
    Suppression.objects.create(email=email, detail=detail)


def full(email):
    Suppression.objects.create(email=email, why=Suppression.Why.FULL, until=timezone.now() + dt.timedelta(days=7))


# --------------------------------------------------------------- works there no more


def test_a_colleague_follows_and_hears_so(booking, parties):
    colleague = MembershipFactory(provider=parties.provider).user
    assert booking.provider_contact == parties.member
    assert gone(booking, PROVIDER) == 1
    after = again(booking)
    assert (after.provider_contact, after.provider_email) == (colleague, colleague.email)
    assert after.state == State.AGREED
    membership = Membership.objects.get(user=parties.member, provider=parties.provider)
    assert membership.status == Membership.Status.LEFT
    (mail,) = OutgoingMail.objects.filter(kind="booking_contact_new")
    assert mail.to == colleague.email
    assert not Task.objects.exists()


def test_a_second_time_changes_nothing(booking, parties):
    MembershipFactory(provider=parties.provider)
    by = Actor(PROVIDER, email=parties.member.email)
    contact_gone(booking_id=booking.pk, side=PROVIDER, by=by)
    version = again(booking).version
    assert contact_gone(provider_id=parties.provider.pk, side=PROVIDER, by=by) == 0
    assert again(booking).version == version


def test_without_a_colleague_the_general_address_follows_and_the_coordinator_hears(booking, parties):
    gone(booking, PROVIDER)
    after = again(booking)
    assert (after.provider_contact, after.provider_email) == (None, parties.provider.email)
    task = Task.objects.get()
    assert (task.kind, task.booking) == (Task.Kind.CONTACT_GONE, booking)
    assert Attention.objects.get().provider == parties.provider


def test_a_school_without_anybody_else_has_no_contact_and_a_task(booking, parties):
    who = parties.request.contact
    gone(booking, SCHOOL)
    after = again(booking)
    assert (after.school_contact, after.school_email, after.school_phone) == (None, "", "")
    assert recipients(after, SCHOOL) == []
    assert Task.objects.get().kind == Task.Kind.CONTACT_GONE
    assert not OutgoingMail.objects.filter(to=who.email, kind="booking_contact_new").exists()


def test_of_a_board_somebody_may_follow_at_the_school(booking, parties):
    school = parties.request.school
    school.board = BoardFactory()
    school.save()
    manager = MembershipFactory(board=school.board).user
    gone(booking, SCHOOL)
    assert again(booking).school_contact == manager


def test_all_that_she_was_the_contact_of_goes_along(booking, parties):
    """Also what she asked and is not asked for yet; not what another asked, and not at another school."""
    who = parties.request.contact
    school = parties.request.school
    colleague = MembershipFactory(school=school).user
    second = parties.ask(request_id=RequestFactory(school=school, contact=who).pk)
    waiting = RequestFactory(school=school, contact=who)
    others = RequestFactory(school=school)
    elsewhere = RequestFactory(contact=who)
    assert gone(booking, SCHOOL) == 2
    assert {again(each).school_contact for each in (booking, second)} == {colleague}
    for request in (waiting, others, elsewhere):
        request.refresh_from_db()
    assert (waiting.contact, waiting.contact_email) == (colleague, colleague.email)
    assert others.contact not in (who, colleague)
    assert elsewhere.contact == who


def test_what_she_asked_without_a_booking_is_a_task_when_nobody_follows(booking, parties):
    waiting = RequestFactory(school=parties.request.school, contact=parties.request.contact)
    gone(booking, SCHOOL)
    waiting.refresh_from_db()
    assert (waiting.contact, waiting.contact_email) == (None, "")
    assert Task.objects.filter(request=waiting, booking=None, kind=Task.Kind.CONTACT_GONE).exists()


def test_what_has_ended_goes_along_without_a_word(parties):
    """The links of its mails act for the contact: to tell how it was, and to write."""
    booking = booking_in(State.HAPPENED, parties=parties)
    colleague = MembershipFactory(provider=parties.provider).user
    old = link(booking, PROVIDER, Purpose.REPORT).rstrip("/").rpartition("/")[2]
    before = booking.version
    assert gone(booking, PROVIDER) == 0
    after = again(booking)
    assert (after.provider_contact, after.provider_email, after.version) == (colleague, colleague.email, before)
    assert open_link(old, AnonymousUser()).actor is None


def test_whose_mailbox_is_full_may_follow_and_whose_address_is_dead_may_not(booking, parties):
    first = MembershipFactory(provider=parties.provider).user
    second = MembershipFactory(provider=parties.provider).user
    dead(first.email)
    full(second.email)
    gone(booking, PROVIDER)
    assert again(booking).provider_contact == second


def test_the_step_is_kept_and_the_clock_goes_on(booking, parties):
    MembershipFactory(provider=parties.provider)
    before = again(booking)
    gone(booking, PROVIDER)
    after = again(booking)
    assert (after.next_step, after.next_step_at) == (before.next_step, before.next_step_at)
    event = after.events.order_by("pk").last()
    assert (event.action, event.side, event.version) == (Step.TAKE_OVER, PROVIDER, after.version)


# ------------------------------------------------------------------- dead addresses


def test_a_dead_address_is_followed_and_stays_a_member(booking, parties):
    colleague = MembershipFactory(provider=parties.provider).user
    dead(parties.member.email)
    assert sweep_contacts() == 1
    assert again(booking).provider_contact == colleague
    assert Membership.objects.get(user=parties.member, provider=parties.provider).status == Membership.Status.ACTIVE
    assert sweep_contacts() == 0


def test_a_dead_address_with_nobody_else_is_one_task(booking, parties):
    dead(parties.request.contact.email)
    assert sweep_contacts() == 1
    assert sweep_contacts() == 0
    assert Task.objects.get().booking == booking


def test_whose_mailbox_is_full_stays_the_contact(booking, parties):
    full(parties.member.email)
    assert sweep_contacts() == 0


def test_neither_member_nor_general_address_reached(booking, parties):
    dead(parties.member.email)
    dead(parties.provider.email)
    assert sweep_contacts() == 1
    assert again(booking).provider_email == ""
    assert Task.objects.get().kind == Task.Kind.CONTACT_GONE


def test_who_left_on_the_site_is_followed_too(booking, parties):
    colleague = MembershipFactory(provider=parties.provider).user
    leave(membership=Membership.objects.get(user=parties.member))
    assert sweep_contacts() == 1
    assert again(booking).provider_contact == colleague
    assert sweep_contacts() == 0


def test_who_left_the_school_and_acts_through_its_board_stays(booking, parties):
    school, who = parties.request.school, parties.request.contact
    school.board = BoardFactory()
    school.save()
    MembershipFactory(user=who, school=school, status=Membership.Status.LEFT)
    MembershipFactory(user=who, board=school.board)
    assert sweep_contacts() == 0


def test_an_open_request_without_a_booking_is_found_too():
    asked = RequestFactory()
    colleague = MembershipFactory(school=asked.school).user
    dead(asked.contact.email)
    assert sweep_contacts() == 1
    asked.refresh_from_db()
    assert asked.contact == colleague
    assert sweep_contacts() == 0


def test_a_person_of_three_bookings_is_one_hand_over(parties):
    for _ in range(3):
        parties.ask(request_id=RequestFactory(school=parties.request.school, contact=parties.request.contact).pk)
    colleague = MembershipFactory(school=parties.request.school).user
    dead(parties.request.contact.email)
    sweep_contacts()
    assert set(Booking.objects.values_list("school_contact", flat=True)) == {colleague.pk}
    assert sweep_contacts() == 0


# ----------------------------------------------------------------------- taking over


def test_any_member_can_take_over_without_a_mail_about_it(booking, parties):
    colleague = MembershipFactory(provider=parties.provider).user
    take_over(booking_id=booking.pk, side=PROVIDER, by=person(colleague, PROVIDER))
    assert again(booking).provider_contact == colleague
    assert not OutgoingMail.objects.filter(kind="booking_contact_new").exists()


def test_who_takes_over_what_nobody_had_ends_the_task(booking, parties):
    gone(booking, SCHOOL)
    gone(booking, PROVIDER)
    new = MembershipFactory(school=parties.request.school).user
    take_over(booking_id=booking.pk, side=SCHOOL, by=person(new, SCHOOL))
    assert Task.objects.get(booking=booking).done_by == new


# ------------------------------------------------------------------ a second contact


def test_who_is_alone_is_asked_for_a_second_contact(client):
    alone = MembershipFactory(provider=ProviderFactory(name="Scheldewerf"))
    client.force_login(alone.user)
    text = client.get(reverse("matches:dashboard")).content.decode()
    assert "Nodig een collega van Scheldewerf uit" in text
    assert "Nodig een collega" in client.get(alone.provider.get_absolute_url()).content.decode()
    MembershipFactory(provider=alone.provider)
    assert "van Scheldewerf uit" not in client.get(reverse("matches:dashboard")).content.decode()


def test_who_invited_somebody_or_waits_for_approval_is_left_in_peace():
    invited = MembershipFactory(provider=ProviderFactory())
    InvitationFactory(provider=invited.provider, invited_by=invited.user)
    pending = MembershipFactory(provider=ProviderFactory(status="pending"))
    assert single_handed(invited.user) == []
    assert single_handed(pending.user) == []


def test_a_person_of_three_organisations_costs_one_query(django_assert_num_queries):
    user = UserFactory()
    for _ in range(3):
        MembershipFactory(user=user, provider=ProviderFactory())
    with django_assert_num_queries(1):
        assert len(single_handed(user)) == 3
