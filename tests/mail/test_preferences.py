"""One page on which an address decides about its mail; what it stopped does not come."""

import datetime as dt
import subprocess

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from techfinder.mail import actions
from techfinder.mail.kinds import Group, kind_of
from techfinder.mail.models import Frequency, MailPreferences, OutgoingMail, Suppression
from techfinder.mail.queries import address_now, has_stopped, preferences
from techfinder.mail.tokens import address_token
from tests.factories.accounts import UserFactory
from tests.factories.mail import OutgoingMailFactory
from tests.factories.organisations import RegionFactory

pytestmark = pytest.mark.django_db
State = OutgoingMail.State
EMAIL = "juf@school.example"
WHOLE = {
    "matches": "weekly",
    "most_per_week": "3",
    "digest_hour": "16",
    "digest_day": "4",
    "searches": "on",
    "surveys": "on",
}


def page(email=EMAIL):
    return reverse("mail:preferences", args=[address_token(email)])


def stop_page(group=Group.MATCHES, email=EMAIL):
    return reverse("mail:unsubscribe", args=[address_token(email, group)])


def waiting(kind="match_school", to=EMAIL, **fields):
    return OutgoingMailFactory(kind=kind, to=to, priority=kind_of(kind).sort, **fields)


def state_of(mail):
    mail.refresh_from_db()
    return mail.state


# ------------------------------------------------------------- the page


def test_anybody_with_the_link_decides_without_signing_in(client):
    shown = client.get(page()).content.decode()
    assert EMAIL in shown
    assert "Te veel mails?" in shown
    response = client.post(page(), WHOLE, follow=True)
    assert "Hier houden we ons vanaf nu aan." in response.content.decode()
    kept = MailPreferences.objects.get(email=EMAIL)
    assert (kept.matches, kept.most_per_week, kept.digest_hour, kept.digest_day) == ("weekly", 3, 16, 4)
    assert (kept.searches, kept.reminders, kept.surveys, kept.tasks) == (True, False, True, "daily")


@pytest.mark.parametrize("method", ["get", "head"])
def test_looking_changes_nothing(client, method):
    getattr(client, method)(page(), {"quick": "none", **WHOLE})
    getattr(client, method)(stop_page(), {"frequency": "none"})
    assert not MailPreferences.objects.exists()


@pytest.mark.parametrize(
    ("choice", "kept"),
    [
        ("weekly", {"matches": "weekly", "most_per_week": 5, "searches": True}),
        ("few", {"matches": "daily", "most_per_week": 2, "searches": True}),
        ("none", {"matches": "none", "most_per_week": 5, "searches": False}),
    ],
)
def test_too_many_has_three_quick_answers(client, choice, kept):
    response = client.post(page(), {"quick": choice})
    assert (response.status_code, response["Location"]) == (302, page())
    assert {name: getattr(preferences(EMAIL), name) for name in kept} == kept


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("most_per_week", "0", "Vul een heel getal van 1 tot 50 in"),
        ("most_per_week", "veel", "Vul een heel getal van 1 tot 50 in"),
        ("most_per_week", "", "Vul een heel getal van 1 tot 50 in"),
        ("matches", "hourly", "Kies een van deze"),
        ("matches", "", "Kies een van deze"),
        ("digest_hour", "3", "Kies een van deze"),
        ("digest_day", "7", "Kies een van deze"),
        ("digest_day", "\x00", "Kies een van deze"),
    ],
)
def test_what_is_wrong_is_said_at_the_field_and_nothing_is_kept(client, field, value, words):
    response = client.post(page(), WHOLE | {field: value})
    assert response.status_code == 422
    text = response.content.decode()
    assert words in text
    assert 'value="weekly" ' in text or field == "matches"
    assert not MailPreferences.objects.exists()


def test_an_unknown_quick_answer_is_no_answer(client):
    assert client.post(page(), {"quick": "all"}).status_code == 422
    assert not MailPreferences.objects.exists()


def test_only_a_coordinator_decides_about_tasks(client):
    assert "Je taken als coördinator" not in client.get(page()).content.decode()
    coordinator = UserFactory(moderates=[RegionFactory()])
    own = page(coordinator.email)
    assert "Je taken als coördinator" in client.get(own).content.decode()
    client.post(own, WHOLE | {"tasks": "none"})
    assert preferences(coordinator.email).tasks == Frequency.NONE


def test_who_is_signed_in_comes_there_from_the_own_details(client):
    user = UserFactory()
    client.force_login(user)
    own = reverse("mail:own_preferences")
    assert own in client.get(reverse("accounts:profile")).content.decode()
    assert user.email in client.get(own, follow=True).content.decode()


def test_no_search_engine_keeps_the_page(client):
    for path in (page(), stop_page()):
        response = client.get(path)
        assert b'name="robots" content="noindex"' in response.content
        assert "no-store" in response["Cache-Control"] or "no-cache" in response["Cache-Control"]


def test_choosing_says_that_the_rest_is_wanted(client):
    long_ago = timezone.now() - dt.timedelta(days=400)
    MailPreferences.objects.create(email=EMAIL, wanted_at=long_ago, asked_at=long_ago)
    client.post(page(), WHOLE)
    kept = preferences(EMAIL)
    assert kept.asked_at is None
    assert kept.wanted_at > timezone.now() - dt.timedelta(minutes=1)


# ------------------------------------------------------------- unsubscribing


def test_curl_with_only_the_body_stops_it_twice_over(live_server):
    """As RFC 8058 has it: no cookie, no redirect, and again is the same."""
    body = ("-d", "List-Unsubscribe=One-Click")
    command = ["curl", "-s", "-i", *body, f"{live_server.url}{stop_page()}"]
    for _ in range(2):
        answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        head = answer.replace("\r", "").partition("\n\n")[0].lower().splitlines()
        assert head[0].split()[1] == "200"
        assert not [line for line in head if line.startswith("location:")]
    assert preferences(EMAIL).matches == Frequency.NONE


@pytest.mark.parametrize("group", Group)
def test_each_sort_is_stopped_by_its_own_link(group):
    client = Client(enforce_csrf_checks=True)
    assert not has_stopped(EMAIL, group)
    assert client.post(stop_page(group)).status_code == 200
    assert [each for each in Group if has_stopped(EMAIL, each)] == [group]


def test_what_waits_is_stopped_too():
    stopped, other, somebody = waiting(), waiting("booking_day_before"), waiting(to="meester@school.example")
    actions.stop(email=EMAIL, group=Group.MATCHES)
    assert [state_of(mail) for mail in (stopped, other, somebody)] == [State.OVERTAKEN, State.QUEUED, State.QUEUED]


def test_what_the_page_turns_off_and_waits_is_stopped_too(client):
    reminder, survey, question = waiting("booking_day_before"), waiting("booking_after"), waiting("booking_asked")
    client.post(page(), WHOLE)
    assert [state_of(mail) for mail in (reminder, survey, question)] == [State.OVERTAKEN, State.QUEUED, State.QUEUED]


def test_rather_once_a_week_than_nothing(client):
    assert "Eén mail per week" in client.get(stop_page()).content.decode()
    assert "Eén mail per week" not in client.get(stop_page(Group.SURVEYS)).content.decode()
    response = client.post(stop_page(), {"frequency": "weekly"})
    assert "Je krijgt hoogstens één mail per week" in response.content.decode()
    assert preferences(EMAIL).matches == Frequency.WEEKLY


def test_once_a_week_is_no_answer_to_another_sort(client):
    client.post(stop_page(Group.SURVEYS), {"frequency": "weekly"})
    assert has_stopped(EMAIL, Group.SURVEYS)


def test_the_page_says_that_mail_comes_back(client):
    Suppression.objects.create(email=EMAIL, until=timezone.now() - dt.timedelta(days=1))
    assert client.get(page()).context["suppressed"] is None
    Suppression.objects.update(until=None)
    assert client.get(page()).context["suppressed"].email == EMAIL


@pytest.mark.parametrize("name", ["mail:preferences", "mail:unsubscribe"])
def test_a_link_that_only_opens_the_page_stops_nothing(client, name):
    assert client.post(reverse("mail:unsubscribe", args=[address_token(EMAIL)])).status_code == 404
    assert client.post(reverse(name, args=["forged.token"])).status_code == 404


# ------------------------------------------------------------- addresses that change


def test_what_was_chosen_goes_along_to_another_address():
    MailPreferences.objects.create(email=EMAIL, matches="weekly", most_per_week=2, reminders=False)
    actions.move_preferences(old=EMAIL.upper(), new="new@school.example")
    kept = preferences("new@school.example")
    assert (kept.matches, kept.most_per_week, kept.reminders) == ("weekly", 2, False)


def test_what_the_new_address_had_stopped_stays_stopped():
    MailPreferences.objects.create(email=EMAIL, matches="instant", surveys=False)
    MailPreferences.objects.create(email="new@school.example", matches="none", searches=False)
    actions.move_preferences(old=EMAIL, new="new@school.example")
    kept = preferences("new@school.example")
    assert (kept.matches, kept.searches, kept.surveys) == ("none", False, False)


def test_links_in_older_mail_act_on_the_new_address(client):
    for old, new in ((EMAIL, "two@school.example"), ("two@school.example", "three@school.example")):
        actions.move_preferences(old=old, new=new)
    shown = client.get(page()).content.decode()
    assert "t…@school.example" in shown
    assert "three@school.example" not in shown
    client.post(stop_page())
    assert preferences("three@school.example").matches == Frequency.NONE
    assert preferences(EMAIL).matches == Frequency.DAILY


def test_an_address_that_is_somebody_else_s_by_now_is_that_person_s():
    actions.move_preferences(old=EMAIL, new="new@school.example")
    UserFactory(email=EMAIL)
    assert address_now(EMAIL) == EMAIL


def test_back_to_the_old_address_is_no_circle():
    actions.move_preferences(old=EMAIL, new="new@school.example")
    actions.move_preferences(old="new@school.example", new=EMAIL)
    assert address_now("new@school.example") == address_now(EMAIL) == EMAIL
