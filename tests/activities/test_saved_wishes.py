"""Alerts keep to the hour, the rest, the holidays and the ceiling; one that had to wait says what is still so."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved import actions
from techfinder.mail.actions import deliver_due
from techfinder.mail.actions.preferences import save_preferences
from techfinder.mail.models import OutgoingMail
from techfinder.mail.policy.quiet import ANYBODY, Zone
from tests.activities.saved_steps import a_saved, alerts_to, run
from tests.factories.activities import ActivityFactory
from tests.factories.mail import OutgoingMailFactory

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
EMAIL = "leraar@school.example"
DAY = dt.timedelta(days=1)
HALF_HOUR = dt.timedelta(minutes=30)


def local(*parts):
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


@pytest.fixture
def clock():
    """A Tuesday at noon, far from any holiday."""
    with time_machine.travel(local(2026, 11, 24, 12), tick=False) as clock:
        yield clock


def run_until(clock, end):
    """The beat, every half hour up to this moment. Returns when mail was queued."""
    found = []
    while timezone.now() < end:
        if run():
            found.append(timezone.localtime())
        clock.shift(HALF_HOUR)
    return found


# ------------------------------------------------------------- hour and day


def test_at_the_hour_that_was_chosen_from_then_on(clock):
    saved = a_saved(frequency="daily", next_due_at=local(2026, 11, 25, 7))
    save_preferences(email=EMAIL, digest_hour=16)
    saved.refresh_from_db()
    assert saved.next_due_at == local(2026, 11, 24, 16)
    for day in (24, 25):
        ActivityFactory()
        assert run_until(clock, local(2026, 11, day, 20)) == [local(2026, 11, day, 16)]


def test_another_hour_is_no_second_mail_that_day(clock):
    a_saved(frequency="daily", next_due_at=local(2026, 11, 24, 12))
    ActivityFactory()
    assert run() == 1
    save_preferences(email=EMAIL, digest_hour=16)
    ActivityFactory()
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 25, 16)]


def test_weekly_on_the_day_that_was_chosen(clock):
    saved = a_saved(frequency="weekly", next_due_at=local(2026, 11, 30, 7))
    save_preferences(email=EMAIL, digest_day=3, digest_hour=9)
    ActivityFactory()
    assert run_until(clock, local(2026, 11, 27)) == [local(2026, 11, 26, 9)]
    actions.change_frequency(saved=saved, frequency="daily")
    ActivityFactory()
    assert run_until(clock, local(2026, 11, 29)) == [local(2026, 11, 27, 9)]


@pytest.mark.parametrize("night", [(2027, 3, 28), (2027, 10, 31)])
def test_one_in_the_nights_that_the_clock_is_changed(night):
    with time_machine.travel(local(*night) - DAY / 2, tick=False) as clock:
        saved = a_saved(frequency="daily")
        actions.change_frequency(saved=saved, frequency="daily")
        ActivityFactory()
        assert run_until(clock, local(*night) + DAY) == [local(*night, 7)]


def test_who_wants_none_gets_none_and_later_everything(clock):
    a_saved()
    save_preferences(email=EMAIL, searches=False)
    ActivityFactory.create_batch(2)
    assert run_until(clock, local(2026, 11, 26)) == []
    save_preferences(email=EMAIL, searches=True)
    assert run() == 1
    assert alerts_to()[0].text.count("\n* ") == 2


# ------------------------------------------------------------- rest, night, holidays, ceiling


def test_what_is_new_rests_for_two_days(clock):
    a_saved()
    ActivityFactory(title="Rust nog", published_at=timezone.now())
    assert run_until(clock, local(2026, 11, 28)) == [local(2026, 11, 26, 12)]
    assert alerts_to()[0].subject == "Nieuw: Rust nog"


def test_what_was_there_when_it_was_saved_is_no_news_after_its_rest(clock):
    ActivityFactory(published_at=timezone.now())
    a_saved()
    assert run_until(clock, local(2026, 11, 28)) == []
    ActivityFactory()
    assert run() == 1


def test_what_rests_holds_up_only_what_came_after_it(clock):
    a_saved()
    ActivityFactory(title="Eerder")
    assert run() == 1
    ActivityFactory(title="Rust nog", published_at=timezone.now())
    assert run() == 0
    ActivityFactory(title="Later geverifieerd")
    assert run_until(clock, local(2026, 11, 28)) == [local(2026, 11, 26, 12)]
    assert {"Rust nog", "Later geverifieerd"} <= set(alerts_to()[1].text.replace("* ", "").splitlines())


def test_not_at_night(clock, settings):
    settings.QUIET_HOURS = (20, 7)
    a_saved()
    clock.move_to(local(2026, 11, 24, 21))
    ActivityFactory()
    assert run_until(clock, local(2026, 11, 26)) == [local(2026, 11, 25, 7)]


def test_a_school_not_in_its_holidays(clock, settings, monkeypatch):
    settings.QUIET_HOURS = (20, 7)
    monkeypatch.setattr(
        "techfinder.mail.policy.quiet.zones_of",
        lambda addresses: {each: Zone(True, "Zuid") if each == EMAIL else ANYBODY for each in addresses},
    )
    a_saved()
    a_saved(email="ander@bedrijf.example")
    clock.move_to(local(2026, 12, 19, 12))
    ActivityFactory()
    assert run() == 1
    assert [len(alerts_to(each)) for each in (EMAIL, "ander@bedrijf.example")] == [0, 1]
    assert SavedSearch.objects.get(email=EMAIL).next_due_at == local(2027, 1, 4, 7)
    clock.move_to(local(2027, 1, 4, 7))
    assert run() == 1


def test_who_had_enough_this_week_waits(clock):
    save_preferences(email=EMAIL, most_per_week=2)
    OutgoingMailFactory(to=EMAIL, kind="search_alert", priority=40, created_at=timezone.now())
    for theme in ("energie", "water"):
        a_saved(criteria={"theme": [theme]})
    ActivityFactory(themes=["energie", "water"])
    assert run() == 1
    assert run_until(clock, local(2026, 12, 4)) == [local(2026, 12, 1, 12)]


# ------------------------------------------------------------- what is still so


@pytest.fixture
def waiting(clock):
    """An alert about two activities that did not go yet."""
    a_saved()
    both = [ActivityFactory(title=title) for title in ("Blijft staan", "Valt weg")]
    assert run() == 1
    clock.shift(dt.timedelta(minutes=5))
    return both


def test_what_was_hidden_meanwhile_is_left_out_and_told_later(waiting, smtp_sink):
    hidden = Activity.objects.filter(pk=waiting[1].pk)
    hidden.update(status=Activity.Status.PAUSED)
    assert deliver_due() == 1
    (sent,) = smtp_sink.messages
    assert sent.message["Subject"] == "Nieuw: Blijft staan"
    assert "Valt weg" not in sent.text + sent.html
    hidden.update(status=Activity.Status.PUBLISHED)
    assert run() == 1
    assert alerts_to()[1].subject == "Nieuw: Valt weg"


def test_when_all_is_hidden_nothing_goes_and_it_is_told_later(waiting, smtp_sink):
    Activity.objects.update(status=Activity.Status.PAUSED)
    assert deliver_due() == 0
    assert alerts_to()[0].state == OutgoingMail.State.OVERTAKEN
    Activity.objects.update(status=Activity.Status.PUBLISHED)
    assert run() == 1
    assert deliver_due() == 1
    assert "Blijft staan" in smtp_sink.messages[0].text


@pytest.mark.parametrize("end", [actions.stop, actions.pause])
def test_what_was_stopped_meanwhile_is_not_sent(waiting, smtp_sink, end):
    end(saved=SavedSearch.objects.get())
    assert deliver_due() == 0


# ------------------------------------------------------------- many


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_with_news_asks_the_same_however_many_there_are(clock, count):
    for number in range(count):
        a_saved(email=f"leraar{number}@school.example")
    ActivityFactory()
    run(now=timezone.now() - DAY)
    with CaptureQueriesContext(connection) as asked:
        assert run() == count
    assert len(asked) == 42
