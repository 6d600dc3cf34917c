"""Alerts by several workers at once, by two beats, and after a beat that was down: each exactly once."""

import datetime as dt
import threading
from collections import Counter

import pytest
from django.db import connection, transaction
from django.utils import timezone

from techfinder.activities.models import Activity, SavedSearch
from techfinder.activities.saved import alerts
from techfinder.activities.saved.arrivals import number_arrivals
from techfinder.celery import publisher
from techfinder.mail.models import OutgoingMail
from tests.activities.saved_steps import a_saved
from tests.factories.activities import ActivityFactory
from tests.support.at_once import in_threads
from tests.support.servers import CeleryProcess

pytestmark = pytest.mark.django_db(transaction=True)


def some_alerts(count, **fields):
    for number in range(count):
        a_saved(email=f"leraar{number}@school.example", **fields)


def test_four_runs_at_once_tell_each_once(monkeypatch):
    monkeypatch.setattr(alerts, "BATCH", 5)
    some_alerts(40)
    ActivityFactory.create_batch(3)
    queued = []
    in_threads(4, lambda: queued.append(alerts.send_alerts()))
    # A run passes over what another one holds: the next one finds nothing left, or just that.
    queued.append(alerts.send_alerts())
    assert sum(queued) == 40
    told = Counter(OutgoingMail.objects.filter(kind="search_alert").values_list("to", flat=True))
    assert len(told) == 40
    assert set(told.values()) == {1}


def test_four_runs_at_once_give_each_activity_one_number():
    ActivityFactory.create_batch(60)
    in_threads(4, number_arrivals)
    assert sorted(Activity.objects.values_list("arrival", flat=True)) == list(range(1, 61))


def test_what_commits_while_others_are_numbered_is_told_later_and_once():
    saved = a_saved()
    seen, go = threading.Event(), threading.Event()

    def publish_slowly():
        try:
            with transaction.atomic():
                ActivityFactory(title="Langzaam", slug="langzaam")
                seen.set()
                assert go.wait(10)
        finally:
            connection.close()

    slow = threading.Thread(target=publish_slowly)
    slow.start()
    assert seen.wait(10)
    ActivityFactory(title="Snel", slug="snel")
    assert alerts.send_alerts() == 1
    go.set()
    slow.join(10)
    assert alerts.send_alerts() == 1
    assert alerts.send_alerts() == 0
    mails = OutgoingMail.objects.filter(to=saved.email).order_by("pk")
    assert [mail.subject for mail in mails] == ["Nieuw: Snel", "Nieuw: Langzaam"]


def test_a_run_that_is_broken_off_tells_all_in_the_next(monkeypatch):
    some_alerts(6)
    ActivityFactory()
    monkeypatch.setattr(alerts, "BATCH", 2)
    taken = alerts.Run.take

    def die_in_the_second_batch(run, after):
        if after:
            raise KeyboardInterrupt
        return taken(run, after)

    monkeypatch.setattr(alerts.Run, "take", die_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        alerts.send_alerts()
    monkeypatch.undo()
    assert alerts.send_alerts() == 4
    assert OutgoingMail.objects.filter(kind="search_alert").count() == 6


@pytest.fixture
def two_workers_with_beats(site_environment, tmp_path):
    workers = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        workers.append(CeleryProcess(site_environment, tmp_path / name, beat=True))
    for worker in workers:
        worker.start()
    yield workers
    for worker in workers:
        worker.kill()


def everybody(sink, count):
    return len({message.recipients[0] for message in sink.messages}) == count


def test_two_workers_with_two_beats_send_each_alert_exactly_once(two_workers_with_beats, smtp_sink, wait_until):
    """Daily ones that were due while no beat ran for three days, with everything of these days in one mail."""
    some_alerts(20, frequency="daily", next_due_at=timezone.now() + dt.timedelta(hours=1))
    for days in (5, 4, 3):
        ActivityFactory(published_at=timezone.now() - dt.timedelta(days=days))
    SavedSearch.objects.update(next_due_at=timezone.now() - dt.timedelta(days=2))
    for _ in range(10):
        publisher.publish("activities.alerts", ())
    wait_until(lambda: everybody(smtp_sink, 20), 60)
    wait_until(lambda: not OutgoingMail.objects.exclude(state="sent").exists(), 30)
    for _ in range(4):
        publisher.publish("activities.alerts", ())
    ActivityFactory(title="Het einde")
    a_saved(email="einde@school.example", watermark=3)
    publisher.publish("activities.alerts", ())
    wait_until(lambda: smtp_sink.to("einde@school.example"), 60)
    sent = Counter(message.recipients[0] for message in smtp_sink.messages)
    assert set(sent.values()) == {1}
    assert all(message.text.count("\n* ") == 3 for message in smtp_sink.to("leraar0@school.example"))
