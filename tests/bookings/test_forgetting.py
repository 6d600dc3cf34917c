"""Who deletes the account is named nowhere in bookings any more; what happened counts on."""

import pytest
from django.utils import timezone

from techfinder.accounts.actions import delete_account
from techfinder.bookings import actions
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, BookingEvent, Message, TermSurvey
from techfinder.bookings.telling.people import recipients
from tests.bookings.after_steps import a_booking, at_school
from tests.factories.accounts import UserFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db


def test_nothing_names_a_person_who_left():
    user = UserFactory(name="Elke Moens", email="elke@school.example")
    booking = a_booking(request=RequestFactory(contact=user, status="fulfilled"), school_phone="0612345678")
    colleague = at_school(booking.request.school)
    actions.report(booking_id=booking.pk, by=Actor(Side.SCHOOL, user, user.name, user.email), outcome="happened")
    by_link = Actor(Side.SCHOOL, None, user.name, user.email)
    actions.report(booking_id=booking.pk, by=by_link, outcome="happened", words="Goed.")
    Message.objects.create(booking=booking, side=Side.SCHOOL, author=user, author_name=user.name, text="Tot dinsdag")
    answered = TermSurvey.objects.create(
        side="school", email=user.email, term="2025-1", bookings=1, answered_at=timezone.now(), answers={"found": 4}
    )
    TermSurvey.objects.create(side="school", email=user.email, term="2025-2", bookings=1)
    delete_account(user=user)
    booking = Booking.objects.get()
    assert booking.contact(Side.SCHOOL) == ("", "", "")
    assert booking.state == State.HAPPENED
    assert not BookingEvent.objects.filter(actor_name__contains="Elke").exists()
    assert Message.objects.get().author_name == ""
    survey = TermSurvey.objects.get()
    assert (survey.pk, survey.answers) == (answered.pk, {"found": 4})
    assert "elke" not in survey.email
    assert [each.email for each in recipients(booking, Side.SCHOOL)] == [colleague.email]
