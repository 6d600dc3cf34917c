"""What waits to be mailed of a booking: goes only when it still holds, and at night only what cannot wait."""

import datetime as dt

import pytest
import time_machine
from django.utils import timezone

from techfinder.bookings.actions.clock import run_due
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy import checks
from tests.factories.bookings import Parties, booking_in, in_days
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
NIGHT = dt.datetime.fromisoformat("2026-11-10 22:30+01:00")
MORNING = dt.datetime.fromisoformat("2026-11-11 07:00+01:00")


def mail_of(template, person):
    return OutgoingMail.objects.filter(kind=template, to=person.email).latest("pk")


@pytest.fixture
def at_night(settings):
    settings.QUIET_HOURS = (20, 7)
    with time_machine.travel(NIGHT, tick=False):
        yield


# ------------------------------------------------------------- who answered


@pytest.mark.parametrize(
    ("step", "side", "more"), [("decline", "provider", {"reason": "full"}), ("withdraw", "school", {})]
)
def test_nobody_is_reminded_of_what_is_off(step, side, more):
    parties = Parties()
    booking = parties.ask()
    noon = timezone.localtime(timezone.now() + dt.timedelta(days=10)).replace(hour=12)
    run_due(now=noon)
    reminder = mail_of("booking_reminder", parties.member)
    other = OutgoingMailFactory(kind="booking_reminder", priority=30, thread="request-x booking-y")
    booking.refresh_from_db()
    parties.do(step, booking, side, **more)
    for mail in (reminder, other):
        mail.refresh_from_db()
    assert (reminder.state, other.state) == (State.OVERTAKEN, State.QUEUED)
    news = "booking_declined" if step == "decline" else "booking_withdrawn"
    told = parties.request.contact if step == "decline" else parties.member
    assert mail_of(news, told).state == State.QUEUED


def test_what_asks_goes_only_while_the_answer_is_awaited():
    parties = Parties()
    booking = parties.ask()
    asked = mail_of("booking_asked", parties.member)
    assert checks.check(asked)
    parties.do("withdraw", booking, "school")
    assert not checks.check(asked)


def test_a_question_that_was_answered_and_came_back_is_another_question():
    parties = Parties()
    booking = parties.ask()
    asked = mail_of("booking_asked", parties.member)
    with time_machine.travel(timezone.now() + dt.timedelta(minutes=5)):
        booking = parties.do("propose", booking, "provider", date=in_days(40))
        booking = parties.do("propose", booking, "school", date=in_days(41))
        assert booking.turn == "provider"
        assert not checks.check(asked)
        assert checks.check(mail_of("booking_proposed", parties.member))


def test_a_mail_whose_booking_is_not_to_be_found_goes():
    assert checks.check(OutgoingMailFactory(kind="booking_asked", key="booking:0:1:booking_asked:school:a@b.nl"))
    assert checks.check(OutgoingMailFactory(kind="booking_asked", key="somehow"))


# ------------------------------------------------------------- nights


@pytest.mark.usefixtures("at_night")
def test_who_asks_at_night_gets_the_confirmation_and_the_company_the_question():
    parties = Parties()
    parties.ask()
    assert mail_of("booking_sent", parties.request.contact).next_attempt_at == NIGHT
    assert mail_of("booking_asked", parties.member).next_attempt_at == NIGHT


@pytest.mark.usefixtures("at_night")
def test_a_school_reads_in_the_morning_what_a_company_does_at_night():
    parties = Parties()
    booking = parties.ask()
    parties.do("decline", booking, "provider", reason="full")
    assert mail_of("booking_declined", parties.request.contact).next_attempt_at == MORNING


@pytest.mark.usefixtures("at_night")
@pytest.mark.parametrize(("days", "at"), [(2, NIGHT), (3, MORNING)])
def test_what_is_called_off_shortly_before_is_told_at_night(days, at):
    parties = Parties()
    booking = booking_in("agreed", parties=parties, days=days)
    parties.do("cancel", booking, "provider", reason="ill")
    assert mail_of("booking_cancelled", parties.request.contact).next_attempt_at == at


@pytest.mark.parametrize(("days", "goes"), [(1, True), (0, False), (-1, False)])
def test_a_reminder_of_a_day_goes_before_it(days, goes):
    parties = Parties()
    booking = booking_in("agreed", parties=parties, days=9)
    key = f"booking:{booking.pk}:3:booking_week_before:school:{booking.school_email}"
    mail = OutgoingMailFactory(kind="booking_week_before", key=key)
    with time_machine.travel(timezone.now() + dt.timedelta(days=9 - days)):
        assert checks.check(mail) == goes
    parties.do("cancel", booking, "school", reason="ill")
    assert not checks.check(mail)
