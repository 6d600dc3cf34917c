"""The questions of a term: who gets them, once, and what is kept."""

import datetime as dt

import pytest
from django.urls import reverse

from techfinder.bookings import actions
from techfinder.bookings.models import TermSurvey
from techfinder.bookings.queries.terms import term_to_ask
from techfinder.bookings.tasks import ask_surveys
from techfinder.mail.models import OutgoingMail, Suppression
from techfinder.organisations.models import Membership
from tests.bookings.after_steps import a_booking, happened
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db

OCTOBER, FEBRUARY, JULY = dt.date(2026, 10, 6), dt.date(2027, 2, 3), dt.date(2027, 7, 2)


def mailed():
    return sorted(OutgoingMail.objects.filter(kind="booking_term_survey").values_list("to", flat=True))


@pytest.mark.parametrize(
    ("day", "name"),
    [
        ((2027, 1, 31), None),
        ((2027, 2, 1), "2026-1"),
        ((2027, 2, 28), "2026-1"),
        ((2028, 2, 29), "2027-1"),
        ((2027, 3, 1), None),
        ((2027, 7, 1), "2026-2"),
        ((2027, 7, 31), "2026-2"),
        ((2027, 8, 1), None),
    ],
)
def test_each_term_is_asked_in_its_own_weeks(day, name):
    term = term_to_ask(dt.date(*day))
    assert (term.name if term else None) == name


def test_both_sides_are_asked_once_per_address():
    first = happened(date=OCTOBER)
    happened(date=OCTOBER, request=first.request, activity=first.activity, part=2)
    assert actions.ask_surveys(today=FEBRUARY) == 2
    assert actions.ask_surveys(today=FEBRUARY + dt.timedelta(days=5)) == 0
    assert mailed() == sorted([first.school_email, first.provider_email])
    assert {survey.bookings for survey in TermSurvey.objects.all()} == {2}


def test_only_who_had_something_that_happened_in_the_term():
    a_booking(date=OCTOBER, state="not_happened")
    happened(date=dt.date(2026, 7, 1))
    happened(date=dt.date(2027, 2, 1))
    assert actions.ask_surveys(today=FEBRUARY) == 0
    assert actions.ask_surveys(today=JULY) == 2


def test_outside_those_weeks_nobody():
    happened(date=OCTOBER)
    assert actions.ask_surveys(today=dt.date(2027, 3, 15)) == 0
    ask_surveys()
    assert mailed() == []


def test_nobody_is_mailed_who_left_or_wants_no_mail():
    """And nobody else in their place: it is about what one did oneself."""
    request = RequestFactory(status="fulfilled")
    MembershipFactory(school=request.school, user=request.contact, status=Membership.Status.LEFT)
    MembershipFactory(school=request.school)
    booking = happened(date=OCTOBER, request=request)
    Suppression.objects.create(email=booking.provider_email.lower(), detail="bounced")
    assert actions.ask_surveys(today=FEBRUARY) == 0
    assert mailed() == []


def test_the_mail_opens_the_questions(client):
    happened(date=OCTOBER)
    actions.ask_surveys(today=FEBRUARY)
    survey = TermSurvey.objects.filter(side="school").get()
    mail = OutgoingMail.objects.get(to=survey.email)
    address = reverse("bookings:survey", args=[survey.uuid])
    assert address in mail.text
    page = client.get(address).content.decode()
    assert all(f'name="{name}"' in page for name in ("found", "answer", "day", "learned", "advise", "words"))


def test_who_wants_no_more_questions_gets_none(client):
    booking = happened(date=OCTOBER)
    actions.ask_surveys(today=FEBRUARY)
    asked = TermSurvey.objects.filter(side="school").get()
    stop = reverse("bookings:stop_surveys", args=[asked.uuid])
    assert stop in OutgoingMail.objects.get(to=asked.email).text
    for look in (client.get, client.head):
        assert look(stop).status_code == 200
    asked.refresh_from_db()
    assert asked.answers == {}
    for _ in range(2):
        assert client.post(stop).status_code == 200
    happened(date=dt.date(2027, 3, 2), request=booking.request, activity=booking.activity, part=2)
    assert actions.ask_surveys(today=JULY) == 1
    assert mailed().count(asked.email) == 1


@pytest.fixture
def survey():
    return TermSurvey.objects.create(side="school", email="juf@school.example", term="2026-1", bookings=2)


def address(survey):
    return reverse("bookings:survey", args=[survey.uuid])


def test_an_answer_is_kept_once_and_looking_keeps_nothing(client, survey):
    for look in (client.get, client.head):
        assert look(address(survey)).status_code == 200
    survey.refresh_from_db()
    assert survey.answered_at is None
    assert client.post(address(survey), {"found": "4", "advise": "5", "words": "Ga zo door."}).status_code == 302
    survey.refresh_from_db()
    first = survey.answered_at
    assert (survey.answers, survey.words) == ({"found": 4, "advise": 5}, "Ga zo door.")
    assert client.post(address(survey), {"found": "1"}).status_code == 200
    survey.refresh_from_db()
    assert (survey.answers["found"], survey.answered_at) == (4, first)
    assert 'name="found"' not in client.get(address(survey)).content.decode()


@pytest.mark.parametrize(
    "answer",
    [{}, {"found": "6"}, {"found": "0"}, {"found": "x"}, {"words": "Leerling Jan Jansen was stil."}, {"words": " "}],
)
def test_a_wrong_answer_is_said_and_nothing_kept(client, survey, answer):
    response = client.post(address(survey), answer)
    assert response.status_code == 422
    survey.refresh_from_db()
    assert survey.answered_at is None


def test_words_alone_are_an_answer(client, survey):
    assert client.post(address(survey), {"words": "Fijn."}).status_code == 302


def test_a_survey_that_is_none_is_not_found(client):
    other = ActivityFactory()
    assert other
    assert client.get("/boeking/terugblik/7f0a2f0e-0000-4000-8000-000000000000/").status_code == 404


def test_mail_is_not_sent_twice_by_two_at_once(survey):
    """Who asks while another does finds the row, and mails nobody."""
    happened(date=OCTOBER, school_email=survey.email, school_contact=None, provider_email="")
    assert actions.ask_surveys(today=FEBRUARY) == 0
