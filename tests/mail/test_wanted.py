"""Once a year who never says anything is asked whether it is still wanted; no answer, no more suggestions."""

import datetime as dt

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.kinds import kind_of
from techfinder.mail.models import Frequency, MailPreferences, OutgoingMail
from techfinder.mail.queries import preferences
from techfinder.mail.tasks import ask_wanted
from techfinder.mail.tokens import address_token
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory, choose

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


def ago(days):
    return timezone.now() - days * DAY


@pytest.fixture
def silent():
    """Has an account for years, never signed in, and was mailed a suggestion last month."""
    user = UserFactory(date_joined=ago(800))
    suggested(user)
    return user


def suggested(user, kind="match_digest", days=30):
    OutgoingMailFactory(kind=kind, to=user.email, priority=kind_of(kind).sort, created_at=ago(days), state="sent")


def questions(user=None):
    found = OutgoingMail.objects.filter(kind="still_wanted")
    return found.filter(to=user.email) if user else found


def went(days):
    """The question was asked and sent so many days ago."""
    then = ago(days)
    questions().update(state="sent", sent_at=then, created_at=then)
    MailPreferences.objects.update(asked_at=then)


def page(user):
    return reverse("mail:preferences", args=[address_token(user.email)])


def test_who_says_nothing_for_a_year_is_asked_once(silent):
    assert actions.ask_whether_wanted() == 1
    assert actions.ask_whether_wanted() == 0
    mail = questions(silent).get()
    assert mail.subject == "Wil je onze suggesties nog?"
    assert page(silent) in mail.text
    assert preferences(silent.email).asked_at is not None


@pytest.mark.parametrize(
    "change",
    [
        lambda user: user.__class__.objects.update(last_login=ago(360)),
        lambda user: user.__class__.objects.update(date_joined=ago(300)),
        lambda user: user.__class__.objects.update(is_active=False),
        lambda user: choose([user], wanted_at=ago(300)),
        lambda user: choose([user], matches=Frequency.NONE, wanted_at=ago(500)),
        lambda user: choose([user], wanted_at=ago(700), asked_at=ago(200)),
        lambda user: OutgoingMail.objects.update(created_at=ago(400)),
        lambda user: OutgoingMail.objects.update(kind="tasks"),
        lambda user: OutgoingMail.objects.update(priority=20, kind="booking_asked"),
    ],
    ids=["signed in", "new", "gone", "chose", "wants none", "asked", "long ago", "tasks", "direct"],
)
def test_who_spoke_or_gets_none_is_not_asked(silent, change):
    change(silent)
    assert actions.ask_whether_wanted() == 0
    assert not questions().exists()


def test_after_another_year_of_silence_it_is_asked_again(silent):
    choose([silent], wanted_at=ago(900), asked_at=ago(400))
    silent.__class__.objects.update(last_login=ago(380))
    assert actions.ask_whether_wanted() == 1


def test_many_are_asked_in_one_run(monkeypatch):
    monkeypatch.setattr("techfinder.mail.actions.wanted.BATCH", 2)
    for _ in range(5):
        suggested(UserFactory(date_joined=ago(800)))
    assert actions.ask_whether_wanted() == 5
    assert questions().count() == 5


def test_no_answer_in_thirty_days_stops_the_suggestions(silent):
    ask_wanted()
    went(days=31)
    ask_wanted()
    assert preferences(silent.email).matches == Frequency.NONE
    shown = Client().get(page(silent)).content.decode()
    assert "We mailen je geen suggesties meer" in shown
    assert "Mail mij weer" in shown


@pytest.mark.parametrize(
    "change",
    [
        lambda user: went(days=29),
        lambda user: questions().update(state="failed"),
        lambda user: questions().update(state="queued", sent_at=None),
        lambda user: user.__class__.objects.update(last_login=ago(2)),
        lambda user: Client().post(page(user), {"quick": "keep"}),
    ],
    ids=["not yet", "never came", "not sent", "signed in", "answered"],
)
def test_who_may_still_answer_or_did_keeps_them(silent, change):
    ask_wanted()
    went(days=31)
    change(silent)
    assert actions.stop_where_nobody_answered() == 0
    assert preferences(silent.email).matches == Frequency.DAILY


def test_one_button_keeps_the_mail_and_looking_changes_nothing(silent):
    ask_wanted()
    client = Client()
    assert "Ja, blijf me mailen" in client.get(page(silent)).content.decode()
    assert preferences(silent.email).asked_at is not None
    shown = client.post(page(silent), {"quick": "keep"}, follow=True).content.decode()
    assert "Je blijft mail krijgen over wat bij je past." in shown
    assert "nog-gewenst" not in shown
    kept = preferences(silent.email)
    assert (kept.matches, kept.asked_at) == (Frequency.DAILY, None)


def test_what_was_stopped_is_started_again_by_one_button(silent):
    ask_wanted()
    went(days=31)
    ask_wanted()
    Client().post(page(silent), {"quick": "keep"})
    assert preferences(silent.email).matches == Frequency.DAILY


def test_the_question_goes_by_day_and_not_in_holidays(silent, settings):
    settings.QUIET_HOURS = (20, 7)
    with time_machine.travel("2026-11-10 22:00+01:00", tick=False):
        OutgoingMail.objects.update(created_at=ago(30))
        actions.ask_whether_wanted()
    assert questions().get().next_attempt_at == dt.datetime.fromisoformat("2026-11-11 07:00+01:00")
