"""The day after: two questions, one page, from the mail or signed in. And what they change."""

import datetime as dt

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.urls import reverse
from django.utils import timezone
from pytest_django.asserts import assertContains

from techfinder.bookings.actions.clock import run_due
from techfinder.bookings.links.tokens import Purpose, token
from techfinder.bookings.machine import Next, Side, State
from techfinder.bookings.models import Booking, Evaluation, Task
from techfinder.mail.models import OutgoingMail
from techfinder.requests.models import Request
from tests.bookings.after_steps import a_booking, at_provider, at_school
from tests.factories.accounts import AdministratorFactory, UserFactory

pytestmark = pytest.mark.django_db

YES = {"outcome": "happened"}


def by_link(booking, side):
    return reverse("bookings:link", args=[token(booking, side, Purpose.REPORT)])


def report(booking):
    return reverse("bookings:report", args=[booking.uuid])


def state_of(booking):
    return Booking.objects.get(pk=booking.pk).state


@pytest.mark.parametrize("side", [Side.SCHOOL, Side.PROVIDER])
def test_one_tap_from_the_mail_without_signing_in(client, side):
    booking = a_booking()
    address = by_link(booking, side)
    for look in (client.get, client.head):
        assert look(address).status_code == 200
    assert state_of(booking) == State.CONFIRMED
    client.post(address, YES)
    assert state_of(booking) == State.HAPPENED
    told = Evaluation.objects.get(booking=booking)
    assert (told.side, told.outcome, told.pupils) == (side, "happened", None)


def test_both_questions_and_the_numbers_on_one_page(client):
    booking = a_booking()
    client.force_login(at_school(booking.request.school))
    page = client.get(report(booking)).content.decode()
    for name in ("outcome", "again", "pupils", "hours", "words"):
        assert f'name="{name}"' in page
    answer = {**YES, "again": "yes", "pupils": "27", "hours": "1,5", "words": "Volgend jaar in de ochtend."}
    assert client.post(report(booking), answer).status_code == 200
    told = Evaluation.objects.get(booking=booking)
    assert (told.again, told.pupils, str(told.hours), told.words) == ("yes", 27, "1.5", "Volgend jaar in de ochtend.")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcome", ""),
        ("outcome", "perhaps"),
        ("again", "always"),
        ("pupils", "-1"),
        ("pupils", "2001"),
        ("pupils", "veel"),
        ("pupils", "9" * 30),
        ("hours", "0"),
        ("hours", "501"),
        ("hours", "NaN"),
        ("hours", "1e9"),
        ("words", "Leerling Jan Jansen deed goed mee."),
        ("words", "x" * 1001),
        ("words", "a\x00b"),
    ],
)
def test_a_wrong_answer_is_said_at_the_field_and_keeps_the_rest(client, field, value):
    booking = a_booking()
    client.force_login(at_school(booking.request.school))
    answer = {**YES, "pupils": "26", "words": "Goede uitleg.", field: value}
    response = client.post(report(booking), answer)
    page = response.content.decode()
    assert response.status_code == 422
    assert f'id="id_{field}_error"' in page
    assert ("26" in page) or field == "pupils"
    assert not Evaluation.objects.exists()
    assert state_of(booking) == State.CONFIRMED


def test_what_did_not_happen_has_no_pupils_and_no_hours(client):
    booking = a_booking()
    client.force_login(at_provider(booking.activity.provider))
    client.post(report(booking), {"outcome": "school_absent", "pupils": "28", "hours": "3"})
    told = Evaluation.objects.get(booking=booking)
    assert (told.pupils, told.hours) == (None, None)
    assert state_of(booking) == State.SCHOOL_ABSENT


def test_the_school_is_served_by_what_happened_and_by_nothing_else(client):
    """The score knows a served school by its answered request."""
    for outcome, status in (("happened", Request.Status.FULFILLED), ("provider_absent", Request.Status.OPEN)):
        booking = a_booking()
        client.force_login(at_school(booking.request.school))
        client.post(report(booking), {"outcome": outcome})
        assert Request.objects.get(pk=booking.request_id).status == status


def test_two_different_words_are_a_task_and_the_page_says_so(client):
    booking = a_booking()
    client.post(by_link(booking, Side.SCHOOL), {"outcome": "provider_absent"})
    client.force_login(at_provider(booking.activity.provider))
    page = client.post(report(booking), YES).content.decode()
    assert state_of(booking) == State.PROVIDER_ABSENT
    assert Task.objects.filter(kind=Task.Kind.CONFLICT, booking=booking, done_at=None).count() == 1
    assert "coördinator" in page


def test_the_same_answer_twice_is_one_answer(client):
    booking = a_booking()
    client.force_login(at_school(booking.request.school))
    for again in ("yes", "no"):
        assert client.post(report(booking), {**YES, "again": again}).status_code == 200
    assert Evaluation.objects.get(booking=booking).again == "no"


def test_who_told_may_change_it_and_is_not_asked_again(client):
    booking = a_booking()
    client.post(by_link(booking, Side.SCHOOL), YES)
    for user, text in (
        (at_school(booking.request.school), "Wijzig wat je vertelde"),
        (at_provider(booking.activity.provider), "Vertel hoe het was"),
    ):
        client.force_login(user)
        assertContains(client.get(booking.get_absolute_url()), f'href="{report(booking)}">{text}<')


def test_who_does_not_want_it_again_is_not_asked_for_it(client):
    booking = a_booking()
    client.force_login(at_school(booking.request.school))
    offered = reverse("bookings:again", args=[booking.uuid])
    assert offered in client.post(report(booking), {**YES, "again": "maybe"}).content.decode()
    assert offered not in client.post(report(booking), {**YES, "again": "no"}).content.decode()
    assert offered not in client.post(report(booking), {"outcome": "not_happened"}).content.decode()


def test_what_the_other_does_not_want_again_is_said_and_leads_on(client):
    booking = a_booking()
    Evaluation.objects.create(booking=booking, side=Side.PROVIDER, outcome="happened", again="no")
    client.force_login(at_school(booking.request.school))
    page = client.post(report(booking), {**YES, "again": "yes"}).content.decode()
    assert reverse("bookings:again", args=[booking.uuid]) not in page
    assert reverse("activities:list") in page


def test_a_provider_is_not_shown_the_question_of_the_school(client):
    booking = a_booking()
    client.force_login(at_provider(booking.activity.provider))
    page = client.post(report(booking), YES).content.decode()
    assert reverse("bookings:again", args=[booking.uuid]) not in page
    assert reverse("bookings:propose_partnership", args=[booking.uuid]) in page


@pytest.mark.parametrize("state", [State.ASKED, State.AGREED])
def test_before_the_day_there_is_nothing_to_tell(client, state):
    booking = a_booking(state=state, date=timezone.localdate() + dt.timedelta(days=1))
    client.force_login(at_school(booking.request.school))
    for response in (client.get(report(booking)), client.post(report(booking), YES)):
        assert response.status_code == 302
    assert not Evaluation.objects.exists()


def test_a_stranger_gets_nothing(client):
    booking = a_booking()
    client.force_login(UserFactory())
    assert client.get(report(booking)).status_code == 404
    assert client.post(report(booking), YES).status_code == 404


def test_the_coordinator_decides_and_evaluates_nothing(client):
    booking = a_booking()
    client.post(by_link(booking, Side.SCHOOL), {"outcome": "not_happened"})
    coordinator = AdministratorFactory()
    Authenticator.objects.create(user=coordinator, type=Authenticator.Type.TOTP, data={"secret": "x"})
    client.force_login(coordinator)
    page = client.get(report(booking)).content.decode()
    assert 'name="again"' not in page
    client.post(report(booking), YES)
    assert state_of(booking) == State.HAPPENED
    assert Evaluation.objects.count() == 1


# ---------------------------------------------------------------- the mails


def due(booking, step):
    """At this step of the clock."""
    Booking.objects.filter(pk=booking.pk).update(next_step=step, next_step_at=timezone.now())


def test_both_are_asked_the_day_after_and_who_did_not_tell_once_more(client):
    with time_machine.travel(dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), tick=False) as clock:
        booking = a_booking(state=State.AGREED, date=dt.date(2026, 11, 26))
        due(booking, Next.WEEK_BEFORE)
        clock.move_to(dt.datetime(2026, 11, 27, 11, tzinfo=dt.UTC))
        run_due()
        asked = OutgoingMail.objects.filter(kind="booking_after")
        assert {mail.to for mail in asked} == {booking.school_email, booking.provider_email}
        assert all("/boeking/l/" in mail.text for mail in asked)
        client.post(by_link(Booking.objects.get(), Side.SCHOOL), YES)
        run_due()
        assert asked.count() == 2
        assert not OutgoingMail.objects.filter(kind="booking_again_after").exists()


def test_the_second_mail_goes_only_to_who_did_not_tell():
    with time_machine.travel(dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), tick=False) as clock:
        booking = a_booking(state=State.AGREED, date=dt.date(2026, 11, 26))
        due(booking, Next.WEEK_BEFORE)
        for day in (27, 30):
            clock.move_to(dt.datetime(2026, 11, day, 11, tzinfo=dt.UTC))
            run_due()
        clock.move_to(dt.datetime(2026, 12, 4, 11, tzinfo=dt.UTC))
        Evaluation.objects.create(booking=booking, side=Side.SCHOOL, outcome="happened")
        run_due()
        run_due()
        again = OutgoingMail.objects.filter(kind="booking_again_after")
        assert [mail.to for mail in again] == [booking.provider_email]
