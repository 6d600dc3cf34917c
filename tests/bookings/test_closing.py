"""What is still asked for a request that needs nothing any more."""

import pytest

from techfinder.bookings import actions
from techfinder.bookings.actions import closing
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking
from techfinder.mail.models import OutgoingMail
from techfinder.requests.actions import withdraw_request
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER


@pytest.fixture
def parties():
    return Parties()


def another(parties, by=SCHOOL, **details):
    """The same request, asked of (or offered by) somebody else."""
    member = MembershipFactory(provider=ActivityFactory().provider)
    other = Parties.__new__(Parties)
    other.__dict__ |= {
        **parties.__dict__, "provider": member.provider, "member": member.user,
        "activity": member.provider.activities.get(),
    }  # fmt: skip
    return other.ask(by, date=in_days(40), **details)


def states():
    return list(Booking.objects.order_by("pk").values_list("state", flat=True))


def test_the_first_yes_takes_the_other_questions_back_and_tells_who_was_asked(parties):
    booking = parties.ask(date=in_days(40))
    asked, offered = another(parties), another(parties, PROVIDER)
    assert closing.close_idle() == 0
    parties.do("accept", booking, PROVIDER)
    OutgoingMail.objects.all().delete()
    assert closing.close_idle() == 2
    assert states() == [State.AGREED, State.WITHDRAWN, State.DECLINED]
    told = set(OutgoingMail.objects.values_list("to", flat=True))
    assert {asked.activity.provider.membership_set.get().user.email, offered.provider_email} <= told
    assert closing.close_idle() == 0


def test_a_request_that_is_taken_back_takes_its_questions_along(parties):
    parties.ask(date=in_days(40))
    withdraw_request(request_id=parties.request.pk, reason=Request.Withdrawn.NO_TIME)
    assert closing.close_idle() == 1
    assert states() == [State.WITHDRAWN]


def test_classes_beside_one_that_is_agreed_stay(parties):
    parts = [actions.Part(pupils=28, date=in_days(day)) for day in (40, 41)]
    made = actions.ask_parts(
        request_id=parties.request.pk, activity_id=parties.activity.pk, by=parties.by(SCHOOL), parts=parts,
        kind="classes",
    )  # fmt: skip
    parties.do("accept", made[0], PROVIDER)
    assert closing.close_idle() == 0
    assert states() == [State.AGREED, State.ASKED]
