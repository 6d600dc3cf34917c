"""Who may see a booking, and for which side."""

import pytest
from django.http import Http404
from django.utils import timezone

from techfinder.bookings.access import booking_for, bookings_of, coordinated_by, side_of
from techfinder.bookings.machine import Side
from techfinder.bookings.models import Waiting
from techfinder.organisations.models import Membership
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.bookings import BookingFactory, Parties
from tests.factories.organisations import BoardFactory, MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def booking():
    here = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    there = RegionFactory(parent=Region.objects.get(code="NL-DR"))
    school = SchoolFactory(municipality=here, board=BoardFactory())
    provider = ProviderFactory(municipality=there)
    return BookingFactory(request=RequestFactory(school=school), activity__provider=provider)


def people(booking):
    school, provider = booking.request.school, booking.activity.provider
    return {
        "contact": (booking.request.contact, Side.SCHOOL),
        "school": (MembershipFactory(school=school).user, Side.SCHOOL),
        "board": (MembershipFactory(board=school.board).user, Side.SCHOOL),
        "pending": (MembershipFactory(school=school, status=Membership.Status.PENDING).user, None),
        "provider": (MembershipFactory(provider=provider).user, Side.PROVIDER),
        "other school": (MembershipFactory(school=SchoolFactory()).user, None),
        "other provider": (MembershipFactory(provider=ProviderFactory()).user, None),
        "of the school's region": (moderator("NL-ZE"), Side.COORDINATOR),
        "of the provider's region": (moderator("NL-DR"), Side.COORDINATOR),
        "of another region": (moderator("NL-GR"), None),
        "administrator": (AdministratorFactory(), Side.COORDINATOR),
        "stranger": (UserFactory(), None),
        "left": (UserFactory(is_active=False), None),
    }


def moderator(code):
    return UserFactory(moderates=[Region.objects.get(code=code)])


def test_each_has_a_side_or_none(booking):
    found = people(booking)
    assert {name: side_of(user, booking) for name, (user, _side) in found.items()} == {
        name: side for name, (_user, side) in found.items()
    }


def test_lists_hold_what_a_page_opens(booking):
    for name, (user, side) in people(booking).items():
        listed = bookings_of(user) | coordinated_by(user)
        assert listed.filter(pk=booking.pk).exists() == (side is not None), name
        for each in (Side.SCHOOL, Side.PROVIDER):
            assert bookings_of(user, each).filter(pk=booking.pk).exists() == (side == each), name


def test_a_colleague_to_whom_the_school_was_handed_over_may_see_it(booking):
    colleague = moderator("NL-GR")
    Waiting.objects.create(
        request=booking.request, since=timezone.now(), look_on=timezone.localdate(),
        handed_to=Region.objects.get(code="NL-GR"),
    )  # fmt: skip
    assert side_of(colleague, booking) == Side.COORDINATOR
    assert coordinated_by(colleague).get() == booking


def test_strangers_get_nothing(booking):
    with pytest.raises(Http404):
        booking_for(UserFactory(), booking.uuid)


def test_who_is_of_both_answers_for_the_one_whose_answer_is_awaited():
    parties = Parties()
    MembershipFactory(user=parties.member, school=parties.request.school)
    booking = parties.ask()
    assert side_of(parties.member, booking) == Side.PROVIDER
    booking = parties.do("propose", booking, Side.PROVIDER, date=parties.request.date_from)
    assert side_of(parties.member, booking) == Side.SCHOOL
