"""What an alert tells, when, and never twice."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.activities import actions as activities
from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved import actions, alerts, mails
from techfinder.activities.saved.arrivals import number_arrivals
from techfinder.activities.saved.schedule import next_due
from techfinder.mail.message import headers_of
from techfinder.mail.models import Suppression
from techfinder.organisations.models import Provider
from techfinder.taxonomy.models import Region, Theme
from tests.activities.saved_steps import a_saved, alerts_to, letters_to, run
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory

pytestmark = pytest.mark.django_db
AMSTERDAM = ZoneInfo("Europe/Amsterdam")


def local(*parts):
    return dt.datetime(*parts, tzinfo=AMSTERDAM)


def test_what_is_there_already_is_not_news():
    ActivityFactory()
    a_saved()
    assert run() == 0
    assert alerts_to() == []


def test_one_mail_names_the_first_hit_and_the_number():
    a_saved()
    for title in ("Robots bouwen in de klas", "Windmolens", "Zonneboot", "Waterrad"):
        ActivityFactory(title=title, published_at=timezone.now() - dt.timedelta(days=3))
    assert run() == 1
    (mail,) = alerts_to()
    assert mail.subject == "Nieuw: Waterrad en 3 andere"
    for part in (mail.text, mail.html):
        for title in ("Robots bouwen in de klas", "Windmolens", "Zonneboot", "Waterrad"):
            assert title in part
    assert run() == 0


def test_a_single_hit_is_the_subject():
    a_saved()
    ActivityFactory(title="Robots bouwen in de klas")
    run()
    assert [mail.subject for mail in alerts_to()] == ["Nieuw: Robots bouwen in de klas"]


def test_the_mail_says_why_it_fits_with_the_distance():
    here = RegionFactory(name="Vlissingen", slug="vlissingen", code="GM0718", parent=Region.objects.get(code="NL-ZE"))
    a_saved(criteria={"plaats": ["Vlissingen"], "straal": ["25"], "theme": ["energie"], "level": ["po-7"]})
    provider = ProviderFactory(municipality=here, lat=51.49, lon=3.72)
    ActivityFactory(provider=provider, delivery=["at_provider"], regions=["NL-ZE"])
    run()
    (mail,) = alerts_to()
    for part in (mail.text, mail.html):
        for words in ("8 km", "groep 7", "nergie", "Vlissingen", "tot 25 km"):
            assert words in part


def test_what_does_not_fit_is_not_told():
    saved = a_saved()
    ActivityFactory(themes=["water"])
    assert run() == 0
    saved.refresh_from_db()
    assert saved.watermark == number_arrivals()


def test_ten_are_shown_and_the_rest_is_counted():
    a_saved()
    ActivityFactory.create_batch(13)
    run()
    (mail,) = alerts_to()
    assert mail.subject.endswith("en 12 andere")
    assert mail.text.count("\n* ") == mails.SHOWN
    assert "nog 3" in mail.text
    assert "/aanbod/?theme=energie&sort=newest" in mail.text


def test_english_is_english():
    a_saved(language="en")
    ActivityFactory.create_batch(2, title="Robots")
    run()
    (mail,) = alerts_to()
    assert mail.subject == "New: Robots and 1 other"
    assert "2 new activities for you" in mail.text


def test_published_again_is_not_news():
    a_saved()
    activity = ActivityFactory()
    run()
    activities.pause(activity=activity)
    run()
    activities.resume(activity=activity)
    run()
    assert len(alerts_to()) == 1


def test_what_comes_with_a_provider_that_is_verified_later_is_news_then():
    a_saved()
    provider = ProviderFactory(status="pending")
    ActivityFactory(provider=provider)
    other = ActivityFactory()
    run()
    provider.status = "verified"
    provider.save()
    run()
    assert [mail.text.count("\n* ") for mail in alerts_to()] == [1, 1]
    assert other.title in alerts_to()[0].text


def test_a_quiet_import_is_news_to_nobody_also_after_matching():
    saved = a_saved()
    quiet = ActivityFactory(quiet=True)
    Activity.objects.filter(pk=quiet.pk).update(quiet=False)
    assert run() == 0
    quiet.refresh_from_db()
    assert quiet.arrival == -quiet.pk
    later = ActivityFactory(draft=True)
    Activity.objects.filter(pk=later.pk).update(status="published", quiet=True)
    assert run() == 0
    ActivityFactory()
    assert run() == 1
    saved.refresh_from_db()
    assert saved.sent_at


def test_a_number_is_never_given_twice():
    a_saved()
    first = ActivityFactory()
    run()
    first.delete()
    ActivityFactory()
    assert run() == 1
    assert len(alerts_to()) == 2


@pytest.mark.parametrize(
    ("frequency", "after", "due"),
    [
        ("daily", local(2026, 11, 21, 6, 59), local(2026, 11, 21, 7)),
        ("daily", local(2026, 11, 21, 7), local(2026, 11, 22, 7)),
        ("weekly", local(2026, 11, 21, 12), local(2026, 11, 23, 7)),
        ("weekly", local(2026, 11, 23, 6, 30), local(2026, 11, 23, 7)),
        ("weekly", local(2026, 11, 23, 7, 30), local(2026, 11, 30, 7)),
        # The clock goes forward on 28 March and back on 31 October: 23 and 25 hours later.
        ("daily", local(2027, 3, 27, 7), local(2027, 3, 28, 7)),
        ("daily", local(2027, 10, 30, 7), local(2027, 10, 31, 7)),
        ("weekly", local(2027, 3, 22, 7), local(2027, 3, 29, 7)),
        ("weekly", local(2027, 10, 25, 7), local(2027, 11, 1, 7)),
    ],
)
def test_mornings_are_local_mornings(frequency, after, due):
    assert next_due(frequency, after=after) == due


@pytest.mark.parametrize(("night", "hours"), [((2027, 3, 27), 23), ((2027, 10, 30), 25)])
def test_a_daily_alert_comes_once_a_day_when_the_clock_changes(night, hours):
    with time_machine.travel(local(*night, 7, 1), tick=False) as clock:
        a_saved(frequency="daily")
        ActivityFactory()
        assert run() == 1
        ActivityFactory()
        clock.shift(dt.timedelta(hours=hours, minutes=-2))
        assert run() == 0
        clock.shift(dt.timedelta(minutes=1))
        assert run() == 1


def test_three_days_without_beat_are_one_mail_with_everything():
    with time_machine.travel(local(2026, 11, 18, 9), tick=False) as clock:
        a_saved(frequency="daily", next_due_at=local(2026, 11, 19, 7))
        for _ in range(3):
            ActivityFactory()
            clock.shift(dt.timedelta(days=1))
        assert run() == 1
        (mail,) = alerts_to()
        assert mail.text.count("\n* ") == 3
        assert SavedSearch.objects.get().next_due_at == local(2026, 11, 22, 7)


def test_a_weekly_alert_waits_for_monday():
    with time_machine.travel(local(2026, 11, 21, 9), tick=False) as clock:
        a_saved(frequency="weekly", next_due_at=next_due("weekly", after=timezone.now()))
        ActivityFactory()
        assert run() == 0
        clock.move_to(local(2026, 11, 23, 7))
        assert run() == 1


def test_after_a_pause_comes_what_came_meanwhile():
    saved = a_saved()
    actions.pause(saved=saved)
    ActivityFactory()
    assert run() == 0
    actions.resume(saved=saved)
    assert run() == 1


def test_start_again_starts_from_now():
    saved = a_saved()
    actions.stop(saved=saved)
    ActivityFactory()
    actions.start_again(saved=saved)
    assert run() == 0


@pytest.mark.parametrize("by", ["activity", "provider", "kind", "theme"])
def test_less_like_this(by):
    saved = a_saved()
    known, other = ActivityFactory(themes=["energie", "water"]), ActivityFactory(kind="leskist")
    value = {"activity": known.pk, "provider": known.provider.slug, "kind": "gastles", "theme": "water"}[by]
    saved = actions.leave_out(saved=saved, by=by, value=value)
    assert run() == 1
    (mail,) = alerts_to()
    assert mail.subject == f"Nieuw: {other.title}"
    actions.put_back(saved=saved, by=by, value=str(value))
    ActivityFactory(themes=["energie", "water"], provider=known.provider)
    assert run() == 1


def test_the_mail_can_be_stopped_by_one_click():
    saved = a_saved()
    ActivityFactory()
    run()
    headers = headers_of(alerts_to()[0])
    assert f"/bericht/stop/{saved.uuid}/>" in headers["List-Unsubscribe"]
    assert "<mailto:uit+" in headers["List-Unsubscribe"]
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    for path in ("pauze", "stop"):
        assert f"/bericht/{path}/{saved.uuid}/" in alerts_to()[0].html


def test_a_hard_bounce_stops_it():
    saved = a_saved()
    Suppression.objects.create(email=saved.email, detail="550 no such user")
    ActivityFactory()
    assert run() == 0
    saved.refresh_from_db()
    assert (saved.state, saved.stopped_because) == ("stopped", "bounced")


def test_a_theme_that_goes_is_told_and_the_rest_goes_on():
    a_saved(criteria={"theme": ["energie", "water"]})
    Theme.objects.filter(code="water").update(active=False)
    ActivityFactory()
    run()
    (mail,) = alerts_to()
    for part in (mail.text, mail.html):
        assert "Het thema water bestaat niet meer" in part


def test_a_search_of_which_nothing_is_left_pauses_with_a_word():
    saved = a_saved(criteria={"theme": ["water"], "level": ["po-7"]})
    Theme.objects.filter(code="water").delete()
    ActivityFactory()
    assert run() == 0
    assert run() == 0
    saved.refresh_from_db()
    assert saved.state == "paused"
    (mail,) = letters_to()
    assert "Het thema water bestaat niet meer" in mail.text


def test_a_period_that_is_over_pauses_with_a_word():
    saved = a_saved(criteria={"theme": ["energie"], "tot": ["2026-11-01"]})
    ActivityFactory()
    run()
    saved.refresh_from_db()
    assert saved.state == "paused"
    assert "1 november 2026" in letters_to()[0].text


def test_a_mail_that_cannot_be_composed_holds_up_nobody_else(monkeypatch):
    bad, good = a_saved(language="nl"), a_saved(email="ander@school.example")
    ActivityFactory()
    draft = mails.draft

    def fail(saved, *args, **kwargs):
        if saved.pk == bad.pk:
            raise ValueError
        return draft(saved, *args, **kwargs)

    monkeypatch.setattr(mails, "draft", fail)
    assert run() == 1
    assert alerts_to(good.email)
    monkeypatch.undo()
    assert run() == 1
    assert alerts_to()


@pytest.mark.parametrize("count", [1, 3])
def test_a_run_without_news_asks_a_fixed_number_of_queries(count):
    """Of saved searches; what the search asks to bring itself up to date is its own."""
    ActivityFactory(themes=["water"])
    for number in range(count):
        a_saved(email=f"leraar{number}@school.example", watermark=0)
    with CaptureQueriesContext(connection) as asked:
        assert run() == 0
    assert sum("activities_savedsearch" in each["sql"] for each in asked.captured_queries) == 6


def test_batches_leave_nobody_out(monkeypatch):
    monkeypatch.setattr(alerts, "BATCH", 2)
    for number in range(5):
        a_saved(email=f"leraar{number}@school.example")
    ActivityFactory()
    assert run() == 5


@pytest.mark.parametrize("frequency", ["at_once", "daily"])
def test_what_is_hidden_when_its_turn_comes_is_told_once_it_is_back(frequency):
    saved = a_saved(frequency=frequency)
    gone, _stays = ActivityFactory(title="Weg en terug"), ActivityFactory(title="Blijft")
    number_arrivals()
    Provider.objects.filter(pk=gone.provider_id).update(paused=True)
    run()
    saved.refresh_from_db()
    assert saved.passed_over == [gone.pk]
    Provider.objects.filter(pk=gone.provider_id).update(paused=False)
    for day in (2, 3, 4):
        run(now=timezone.now() + dt.timedelta(days=day))
    assert [mail.subject for mail in alerts_to()] == ["Nieuw: Blijft", "Nieuw: Weg en terug"]
    saved.refresh_from_db()
    assert saved.passed_over == []
