"""A full rematch by real workers: one that is killed is followed by another, and two at once are one."""

import datetime as dt
import json
import threading
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.matches import actions
from techfinder.matches.actions import finding, storing
from techfinder.matches.models import AskedRow, Match, Rematch, RematchShard, WeightSet
from techfinder.requests.models import Request
from tests.matches.worlds import Country, anything_stale, catch_up, forget, stored
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)
RUNNING, DONE, OVERTAKEN = Rematch.State.RUNNING, Rematch.State.DONE, Rematch.State.OVERTAKEN


@pytest.fixture
def country():
    country = Country(21)
    country.requests(60)
    country.activities(30)
    return country


@pytest.fixture
def whole(country):
    """What is stored by one process; forgotten again."""
    actions.rematch(everything=True)
    found = stored()
    forget()
    return found


def rematch(*args):
    out = StringIO()
    call_command("rematch", "--all", "--json", *args, stdout=out)
    return json.loads(out.getvalue())


@pytest.mark.slow
def test_a_killed_worker_is_followed_without_doubles(whole, celery_worker_process, wait_until):
    run = actions.start_rematch()
    wait_until(lambda: run.shards.exclude(attempts=0).exists(), 30, celery_worker_process.log())
    celery_worker_process.kill()
    # The lease of what it held is two minutes: time goes by.
    RematchShard.objects.filter(lease_until__isnull=False).update(lease_until=timezone.now() - dt.timedelta(seconds=1))
    celery_worker_process.start()
    wake("matches.sweep")
    wait_until(lambda: Rematch.objects.filter(pk=run.pk, state=DONE).exists(), 60, celery_worker_process.log())
    wait_until(lambda: not anything_stale(), 30)
    assert stored() == whole
    assert Match.objects.count() == len(whole)


@pytest.mark.slow
def test_the_command_leaves_it_to_the_workers_and_waits(whole, celery_worker_process):
    summary = rematch("--workers")
    assert summary["created"] == len(whole)
    assert stored() == whole


def test_two_commands_at_once_are_one_run_and_both_report_it(whole):
    summaries = []
    in_threads(2, lambda: summaries.append(rematch()))
    assert {run.state for run in Rematch.objects.all()} == {DONE}
    assert summaries[0]["created"] == len(whole)
    assert stored() == whole


def test_whoever_does_not_wait_is_told_how_it_stands(country):
    run = actions.start_rematch(workers=False)
    summary = rematch("--no-wait")
    assert (summary["state"], summary["shards_left"], summary["created"]) == ("running", 13, 0)
    assert Rematch.objects.get() == run


def test_at_most_one_run_goes_on(country):
    actions.start_rematch(workers=False)
    with pytest.raises(IntegrityError), transaction.atomic():
        Rematch.objects.create(today=timezone.localdate())
    in_threads(3, lambda: actions.start_rematch(workers=False))
    assert Rematch.objects.count() == 1


def test_a_run_for_another_day_is_finished_first(country):
    earlier = actions.start_rematch(today=timezone.localdate() - dt.timedelta(days=1), workers=False)
    actions.rematch(everything=True)
    states = dict(Rematch.objects.values_list("today", "state"))
    assert states == {earlier.today: DONE, timezone.localdate(): DONE}


def test_who_lost_a_shard_writes_nothing(country, monkeypatch):
    """Taken for dead while it looked for pairs: another one has the shard by then."""
    run = actions.start_rematch(workers=False)
    shard = run.shards.get(province="NL-ZE")
    find = finding.best_pairs

    def slowly(*args, **options):
        RematchShard.objects.filter(pk=shard.pk).update(attempts=7)
        return find(*args, **options)

    monkeypatch.setattr(finding, "best_pairs", slowly)
    assert not actions.rematch_shard(shard_id=shard.pk)
    shard.refresh_from_db()
    assert (shard.state, shard.best, shard.attempts) == (RematchShard.State.WAITING, None, 7)


def test_a_shard_that_is_held_is_left_alone(country):
    run = actions.start_rematch(workers=False)
    run.shards.update(lease_until=timezone.now() + dt.timedelta(minutes=1))
    assert not any(actions.rematch_shard(shard_id=pk) for pk in run.shards.values_list("pk", flat=True))


def test_weights_that_changed_meanwhile_start_a_new_run(country):
    run = actions.start_rematch(workers=False)
    for shard_id in run.shards.values_list("pk", flat=True):
        actions.rematch_shard(shard_id=shard_id, workers=False)
    weights = WeightSet.objects.create(values={"distance": 1, "theme": 0}, applied_at=timezone.now())
    assert actions.rematch_shard(shard_id=run.shards.first().pk, workers=False)
    run.refresh_from_db()
    assert (run.state, Match.objects.count()) == (OVERTAKEN, 0)
    assert Rematch.objects.get(state=RUNNING).weights == weights
    actions.rematch(everything=True)
    assert set(Rematch.objects.values_list("state", flat=True)) == {OVERTAKEN, DONE}
    by_new_weights = stored()
    forget()
    actions.rematch(everything=True)
    assert stored() == by_new_weights


def test_items_that_change_during_a_run_end_as_they_are(country, monkeypatch):
    """Between finding and storing, and between storing one province and the next: half is of the old weights then."""
    actions.rematch(everything=True)
    WeightSet.objects.create(values={"distance": 1, "level": 9, "theme": 0}, applied_at=timezone.now())
    store_part = storing._store_part

    def change_something():
        request = country.random.choice(list(Request.objects.open()))
        Request.objects.filter(pk=request.pk).update(themes=["water"], version=request.version + 1)
        actions.match_request(request_id=request.pk)
        for activity in [*country.activities(1), *country.random.sample(list(Activity.objects.public()), 5)]:
            actions.match_activity(activity_id=activity.pk)
        for request in country.random.sample(list(Request.objects.open()), 5):
            actions.match_request(request_id=request.pk)
        actions.decline(match_id=Match.objects.open().first().pk)

    def interrupted(*args):
        change_something()
        store_part(*args)
        change_something()

    monkeypatch.setattr(storing, "_store_part", interrupted)
    actions.rematch(everything=True)
    monkeypatch.undo()
    catch_up()
    found = stored()
    forget()
    actions.rematch(everything=True)
    assert stored() == found


@pytest.mark.parametrize("far", ["NL-ZH", "NL-ZE"])
def test_a_request_that_moves_to_another_province_during_a_run_spoils_no_run(country, far):
    """Found by two shards, or by none: it is matched by itself, with all that it met."""
    actions.rematch(everything=True)
    WeightSet.objects.create(values={"distance": 1, "level": 9, "theme": 0}, applied_at=timezone.now())
    provinces = {school.pk: school.municipality.parent.code for school in country.schools if school.municipality.parent}
    run = actions.start_rematch(workers=False)
    actions.rematch_shard(shard_id=run.shards.get(province="NL-ZE").pk, workers=False)
    there = [school for school in country.schools if provinces.get(school.pk) == far]
    for request in Request.objects.open().filter(matches__isnull=False).distinct():
        if provinces.get(request.school_id, far) != far:
            Request.objects.filter(pk=request.pk).update(school=there[0], version=request.version + 1)
            actions.match_request(request_id=request.pk)
    while Rematch.objects.filter(state=RUNNING).exists():
        for shard_id in run.shards.values_list("pk", flat=True):
            actions.rematch_shard(shard_id=shard_id, workers=False)
    run.refresh_from_db()
    assert run.state == DONE
    catch_up()
    found = stored()
    forget()
    actions.rematch(everything=True)
    assert stored() == found


def test_matching_waits_for_what_is_being_stored(country, monkeypatch):
    """A single item is matched after the part of a run that is stored, and not beside it."""
    run = actions.start_rematch(workers=False)
    for shard_id in run.shards.values_list("pk", flat=True):
        actions.rematch_shard(shard_id=shard_id, workers=False)
    order = []
    arrive = storing.arrive

    def watched(*args, **options):
        thread = threading.Thread(target=match)
        thread.start()
        thread.join(0.3)
        order.append("stored")
        threads.append(thread)
        arrive(*args, **options)

    def match():
        actions.match_request(request_id=Request.objects.first().pk)
        order.append("matched")
        connection.close()

    threads = []
    monkeypatch.setattr(storing, "arrive", watched)
    actions.rematch_shard(shard_id=run.shards.get(province="NL-ZE").pk, workers=False)
    for thread in threads:
        thread.join(10)
    assert order == ["stored", "matched"]


def test_what_is_matched_during_a_run_is_matched_again_after_it(country):
    actions.rematch(everything=True)
    run = actions.start_rematch(workers=False)
    request = Request.objects.first()
    actions.match_request(request_id=request.pk)
    assert AskedRow.objects.get(pk=request.pk).stale
    assert actions.match_stale() == 0
    actions.rematch(everything=True)
    assert Rematch.objects.get(pk=run.pk).state == DONE
    assert not anything_stale()


def test_what_was_matched_since_it_was_found_is_left_alone(country):
    """Nobody is told of pairs of an older version."""
    run = actions.start_rematch(workers=False)
    for shard_id in run.shards.values_list("pk", flat=True):
        actions.rematch_shard(shard_id=shard_id, workers=False)
    activity = Activity.objects.public().first()
    Activity.objects.filter(pk=activity.pk).update(status=Activity.Status.PAUSED, version=2)
    actions.match_activity(activity_id=activity.pk)
    for shard_id in run.shards.values_list("pk", flat=True):
        actions.rematch_shard(shard_id=shard_id, workers=False)
    run.refresh_from_db()
    assert run.state == DONE
    assert not Match.objects.filter(activity=activity).exists()
    catch_up()
    found = stored()
    forget()
    actions.rematch(everything=True)
    assert stored() == found
