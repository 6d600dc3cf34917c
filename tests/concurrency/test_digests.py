"""Overviews with two beats, after a beat that was down, and by runs that die: each exactly once."""

import datetime as dt
import os
import signal
from collections import Counter

import pytest
from django.utils import timezone

from techfinder.celery import publisher
from techfinder.mail.models import OutgoingMail
from techfinder.matches import actions
from techfinder.matches.models import DigestRun, Notification
from techfinder.matches.telling import digest
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.support.at_once import in_threads
from tests.support.servers import CeleryProcess

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = 20
LONG_AGO = dt.timedelta(days=3)


@pytest.fixture
def waiting():
    """People of schools, and one of a company, whose overview is days late."""
    town = RegionFactory(parent=Region.objects.get(code="NL-ZE"))
    provider = ProviderFactory(municipality=town)
    member = MembershipFactory(provider=provider).user
    ActivityFactory.create_batch(2, provider=provider)
    school = SchoolFactory(municipality=town)
    requests = [RequestFactory(school=school) for _ in range(PEOPLE)]
    for request in requests:
        actions.match_request(request_id=request.pk)
    Notification.objects.update(at_once=False, due_at=timezone.now() - LONG_AGO)
    return {request.contact.email for request in requests} | {member.email}


def overviews():
    return Counter(OutgoingMail.objects.filter(kind="match_digest").values_list("to", flat=True))


def test_four_runs_at_once_tell_each_once(waiting, monkeypatch):
    monkeypatch.setattr(digest, "BATCH", 3)
    told = []
    in_threads(4, lambda: told.append(digest.send_digests()))
    # A run passes over whom another one holds: the next one finds nobody left, or just those.
    told.append(digest.send_digests())
    assert sum(told) == PEOPLE + 1
    assert overviews() == dict.fromkeys(waiting, 1)
    assert DigestRun.objects.count() == PEOPLE + 1
    assert not Notification.objects.filter(told_at=None).exists()


def test_a_run_that_waited_for_another_reads_anew(waiting):
    """The claim of the one is older than what the other wrote."""
    now = timezone.now()
    stale = digest.Run(now)._claim(0)
    assert digest.send_digests(now=now) == PEOPLE + 1
    assert digest._had_theirs(stale) == {turn.person.pk for turn in stale}


def test_a_run_that_is_broken_off_tells_all_in_the_next(waiting, monkeypatch):
    monkeypatch.setattr(digest, "BATCH", 5)
    taken = digest.Run.take

    def die_later(run, after):
        if run.told:
            raise KeyboardInterrupt
        return taken(run, after)

    monkeypatch.setattr(digest.Run, "take", die_later)
    with pytest.raises(KeyboardInterrupt):
        digest.send_digests()
    monkeypatch.setattr(digest.Run, "take", taken)
    assert digest.send_digests() == PEOPLE + 1 - 5
    assert overviews() == dict.fromkeys(waiting, 1)


@pytest.fixture
def workers(site_environment, tmp_path):
    """Two workers, each with a beat; started by the test."""
    found = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        found.append(CeleryProcess(site_environment, tmp_path / name, beat=True))
    yield found
    for worker in found:
        if worker.process is not None:
            worker.kill()


def test_two_beats_after_days_without_any_send_each_exactly_one(waiting, workers, smtp_sink, redis_server, wait_until):
    for worker in workers:
        worker.start()
    for _ in range(10):
        publisher.publish("matches.digest", ())
    wait_until(lambda: overviews() == dict.fromkeys(waiting, 1), 60)
    wait_until(lambda: not OutgoingMail.objects.exclude(state="sent").exists(), 60)
    for _ in range(6):
        publisher.publish("matches.digest", ())
    Notification.objects.filter(recipient__email=min(waiting)).update(told_at=None)
    publisher.publish("mail.sweep", ())
    wait_until(lambda: redis_server.client().llen("celery") == 0, 30)
    assert digest.send_digests() == 0
    assert Counter(message.recipients[0] for message in smtp_sink.messages) == dict.fromkeys(waiting, 1)


def test_a_worker_that_is_killed_over_the_tick_is_made_up_for_by_the_next(waiting, workers, smtp_sink, wait_until):
    """What beat does when it starts is what it missed: at most its interval of five minutes later."""
    first, second = workers
    first.start()
    publisher.publish("matches.digest", ())
    wait_until(lambda: overviews() or smtp_sink.messages, 60)
    os.killpg(first.process.pid, signal.SIGKILL)
    second.start()
    publisher.publish("matches.digest", ())
    wait_until(lambda: overviews() == dict.fromkeys(waiting, 1), 60)
    wait_until(lambda: not OutgoingMail.objects.exclude(state="sent").exists(), 120)
    received = {(message.recipients[0], message.message["Message-ID"]) for message in smtp_sink.messages}
    assert Counter(to for to, _id in received) == dict.fromkeys(waiting, 1)


def test_the_tick_comes_often_enough(settings):
    every = settings.CELERY_BEAT_SCHEDULE
    for task in ("matches.digest", "activities.alerts", "bookings.tell_coordinators"):
        assert every[task]["schedule"] <= dt.timedelta(minutes=5)
