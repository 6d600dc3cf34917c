"""Who deletes an account is in no booking any more, and what runs goes on."""

import pytest

from techfinder.accounts.actions import delete_account
from techfinder.bookings import actions
from techfinder.bookings.actors import Actor
from techfinder.bookings.machine import Side, State
from techfinder.bookings.models import Booking, BookingEvent, Message, Task, TermSurvey
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.organisations import MembershipFactory

pytestmark = pytest.mark.django_db


def everything_about_bookings():
    tables = (Booking, BookingEvent, Message, TermSurvey)
    return "\n".join(str(row) for table in tables for row in table.objects.values())


def test_a_colleague_goes_on_and_nothing_names_who_left():
    parties = Parties()
    booking = parties.do("accept", parties.ask(date=in_days(40)), Side.PROVIDER)
    gone, heir = parties.member, MembershipFactory(provider=parties.provider).user
    gone.name = "Wilhelmina van Oudewater"
    gone.save()
    parties.do("change", booking, Side.PROVIDER, fields={"provider_phone": "0118 123456"})
    Message.objects.create(booking=booking, side="provider", author=gone, author_name=gone.name, text="Tot dan")
    TermSurvey.objects.create(side="provider", email=gone.email, term="2026-1", bookings=1)
    delete_account(user=gone)
    booking.refresh_from_db()
    assert (booking.state, booking.provider_email) == (State.AGREED, heir.email)
    left = everything_about_bookings()
    for trace in (gone.email, gone.name, "0118 123456"):
        assert trace not in left
    assert Message.objects.get().text == "Tot dan"


def test_with_nobody_left_the_coordinator_is_asked():
    parties = Parties()
    parties.do("accept", parties.ask(date=in_days(40)), Side.PROVIDER)
    delete_account(user=parties.request.contact)
    assert Task.objects.filter(kind=Task.Kind.CONTACT_GONE, done_at=None).exists()
    assert Booking.objects.get().school_email == ""


def test_what_was_done_by_a_link_of_a_mail_names_nobody_either():
    parties = Parties()
    booking = parties.ask(date=in_days(40))
    gone = parties.request.contact
    gone.name = "Wilhelmina van Oudewater"
    gone.save()
    by_link = Actor(Side.SCHOOL, name=gone.name, email=gone.email)
    actions.withdraw(booking_id=booking.pk, version=booking.version, by=by_link)
    delete_account(user=gone)
    assert gone.name not in everything_about_bookings()


def test_what_is_over_is_blanked_too():
    booking = booking_in(State.HAPPENED)
    person = booking.provider_contact
    delete_account(user=person)
    assert person.email not in everything_about_bookings()
