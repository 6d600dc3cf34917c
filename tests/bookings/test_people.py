"""Whom a booking's mails go to: never who left, who bounced, or whose side put an end to it."""

import pytest

from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, Task
from techfinder.bookings.telling.former import tell_former
from techfinder.bookings.telling.people import contact_of, coordinators, queue, recipients
from techfinder.mail.actions import deliver_due, stop
from techfinder.mail.kinds import Group
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.organisations.models import Membership
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.bookings import Parties, booking_in
from tests.factories.organisations import BoardFactory, MembershipFactory, RegionFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER
Kind = Task.Kind


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def booking(parties):
    return parties.ask()


def addresses(booking, side):
    return [each.email for each in recipients(Booking.objects.get(pk=booking.pk), side)]


def leave(user, **organisation):
    Membership.objects.update_or_create(user=user, **organisation, defaults={"status": Membership.Status.LEFT})


def test_the_contact_is_mailed(parties, booking):
    assert addresses(booking, SCHOOL) == [parties.request.contact.email]


def test_who_left_the_provider_is_not_and_a_colleague_is(parties, booking):
    Booking.objects.filter(pk=booking.pk).update(provider_contact=parties.member, provider_email=parties.member.email)
    colleague = MembershipFactory(provider=parties.provider).user
    leave(parties.member, provider=parties.provider)
    assert addresses(booking, PROVIDER) == [colleague.email]


def test_without_people_the_general_address_unless_it_is_of_who_left(parties, booking):
    Booking.objects.filter(pk=booking.pk).update(provider_contact=None, provider_email="")
    leave(parties.member, provider=parties.provider)
    assert addresses(booking, PROVIDER) == [parties.provider.email]
    parties.provider.email = parties.member.email
    parties.provider.save()
    assert addresses(booking, PROVIDER) == []


def test_a_teacher_who_left_is_not_mailed_though_no_account_is_known(parties, booking):
    gone = parties.request.contact
    Booking.objects.filter(pk=booking.pk).update(school_contact=None, school_email=gone.email)
    leave(gone, school=parties.request.school)
    assert addresses(booking, SCHOOL) == []


def test_who_left_the_school_and_acts_for_its_board_is_mailed(parties, booking):
    school, contact = parties.request.school, parties.request.contact
    leave(contact, school=school)
    assert addresses(booking, SCHOOL) == []
    school.board = BoardFactory()
    school.save()
    Membership.objects.create(user=contact, board=school.board)
    assert addresses(booking, SCHOOL) == [contact.email]


def test_of_a_school_without_a_board_no_other_board_counts(parties, booking):
    contact = parties.request.contact
    leave(contact, school=parties.request.school)
    Membership.objects.create(user=contact, board=BoardFactory())
    assert addresses(booking, SCHOOL) == []


@pytest.mark.parametrize("how", ["suppressed", "closed"])
def test_an_address_that_takes_no_mail_is_not_mailed(parties, booking, how):
    contact = parties.request.contact
    if how == "suppressed":
        Suppression.objects.create(email=contact.email, detail="550 5.1.1")
    else:
        type(contact).objects.filter(pk=contact.pk).update(is_active=False)
    colleague = MembershipFactory(school=parties.request.school, provider=None).user
    assert addresses(booking, SCHOOL) == [colleague.email]


@pytest.mark.parametrize(
    ("step", "side", "details"),
    [("decline", PROVIDER, {"reason": "full"}), ("withdraw", SCHOOL, {})],
)
def test_whose_side_put_an_end_to_it_is_mailed_no_more(parties, booking, step, side, details):
    before = OutgoingMail.objects.count()
    ended = parties.do(step, booking, side, **details)
    assert addresses(ended, side) == []
    assert queue(ended, ended.events.last(), side, "booking_reminder", {}) == []
    new = OutgoingMail.objects.order_by("pk")[before:]
    own = parties.member.email if side == PROVIDER else parties.request.contact.email
    assert own not in [mail.to for mail in new]
    assert len(new) == 1


def test_a_coordinator_who_declines_tells_both(parties, booking):
    before = OutgoingMail.objects.count()
    parties.do("decline", booking, Side.COORDINATOR, reason="concern")
    assert {mail.to for mail in OutgoingMail.objects.order_by("pk")[before:]} == {
        parties.request.contact.email,
        parties.member.email,
    }


def test_the_former_contact_hears_once_and_gets_no_links(parties):
    booking = booking_in(State.AGREED, parties=parties)
    former = contact_of(booking, PROVIDER)
    assert former is not None
    parties.member = MembershipFactory(provider=parties.provider, user=UserFactory(name="Karim")).user
    parties.do("take_over", booking, PROVIDER, side=PROVIDER)
    mail = OutgoingMail.objects.get(kind="booking_taken_over")
    assert mail.to == former.email
    assert "Karim" in mail.subject
    assert "/boeking/l/" not in mail.text + mail.html


def test_who_stays_the_contact_is_not_told_of_it(parties, booking):
    assert tell_former(booking, booking.events.last(), SCHOOL, contact_of(booking, SCHOOL)) is None


def test_a_long_address_still_has_a_key_of_its_own(parties, booking):
    long = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.com"
    Booking.objects.filter(pk=booking.pk).update(provider_contact=None, provider_email=long)
    booking = Booking.objects.get(pk=booking.pk)
    event = booking.events.last()
    parts = {"parts": {part: f"mail/booking_sent/_{part}.txt" for part in ("lead", "next", "button")}}
    (first,) = queue(booking, event, PROVIDER, "booking_sent", parts)
    (again,) = queue(booking, event, PROVIDER, "booking_sent", parts)
    (other,) = queue(booking, event, PROVIDER, "booking_sent", parts, once="2")
    assert first.pk == again.pk != other.pk


def test_coordinators_are_those_of_the_municipality_and_of_all_above_it(django_assert_num_queries):
    zeeland = Region.objects.get(code="NL-ZE")
    town = RegionFactory(parent=zeeland)
    network = RegionFactory(type=Region.Type.NETWORK, code="RPA99")
    network.municipalities.add(town)
    found = []
    for region in (town, zeeland, network, Region.objects.get(code="NL")):
        person = UserFactory()
        person.moderates.add(region)
        found.append(person.email)
    elsewhere = UserFactory()
    elsewhere.moderates.add(Region.objects.get(code="NL-GR"))
    with django_assert_num_queries(3):
        people = coordinators(town)
    assert [each.email for each in people] == found
    assert coordinators(None) == []


def test_who_wants_no_mail_about_matches_still_hears_of_own_questions(parties, booking):
    contact = parties.request.contact
    stop(email=contact.email, group=Group.MATCHES)
    assert addresses(booking, SCHOOL) == [contact.email]
    assert deliver_due() > 0
    mail = OutgoingMail.objects.get(kind="booking_sent")
    assert (mail.state, mail.group) == (OutgoingMail.State.SENT, None)
