"""However pairs are found, the same ones are stored: all at once, in shards, one by one, and after many changes."""

import random
import threading

import pytest
from django.db import connection
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.models import BEST_FIRST, Match, Rematch, RematchShard
from techfinder.organisations.models import Provider
from techfinder.requests.actions import withdraw_request
from techfinder.requests.models import Request
from tests.matches.worlds import Country, anything_stale, catch_up, expected, forget, stored

pytestmark = pytest.mark.django_db
# Three times as many of each as are kept, so that lists run over.
SIZES = {"requests": 120, "activities": 50}


def one_by_one(order, requests, activities):
    steps = [(actions.match_request, {"request_id": each.pk}) for each in requests]
    steps += [(actions.match_activity, {"activity_id": each.pk}) for each in activities]
    order.shuffle(steps)
    for action, of in steps:
        action(**of)
    catch_up()


def all_at_once():
    forget()
    actions.rematch(everything=True)
    return stored()


@pytest.mark.parametrize("seed", [1, 2])
def test_one_by_one_in_any_order_is_the_same_as_all_at_once(seed):
    country = Country(seed)
    requests, activities = country.requests(SIZES["requests"]), country.activities(SIZES["activities"])
    one_by_one(country.random, requests, activities)
    incremental = stored()
    assert [row[:3] for row in incremental] == expected(timezone.localdate())
    assert all_at_once() == incremental
    assert Match.objects.open().count() > 10 * SIZES["requests"] / 3


def test_a_run_is_not_taken_for_an_earlier_one_with_its_number():
    """As in a database that was put back: its numbers come again, in a process that remembers what the first found."""
    country = Country(3)
    requests = country.requests(SIZES["requests"])
    country.activities(SIZES["activities"])
    all_at_once()
    before = Rematch.objects.get().pk
    for request in requests[:40]:
        withdraw_request(request_id=request.pk, reason=Request.Withdrawn.NO_TIME)
    with connection.cursor() as cursor:
        cursor.execute("SELECT setval(pg_get_serial_sequence('matches_rematch', 'id'), %s, false)", [before])
    again = all_at_once()
    assert Rematch.objects.get().pk == before
    assert [row[:3] for row in again] == expected(timezone.localdate())


@pytest.mark.parametrize("seed", [4, 5, 7])
def test_changes_in_between_leave_nothing_behind(seed):
    country = Country(seed)
    country.requests(SIZES["requests"])
    country.activities(SIZES["activities"])
    actions.rematch(everything=True)
    for _ in range(50):
        country.random.choice([edit_request, edit_activity, withdraw, decline, ask, pause, publish, post, sweep])(
            country
        )
    catch_up()
    incremental = stored()
    assert [row[:3] for row in incremental] == expected(timezone.localdate())
    assert all_at_once() == incremental


def edit_request(country):
    request = country.random.choice(list(Request.objects.open().order_by("pk")))
    for name, value in country.request_fields().items():
        setattr(request, name, value)
    request.version += 1
    request.save()
    actions.match_request(request_id=request.pk)


def edit_activity(country):
    activity = country.random.choice(list(Activity.objects.public().order_by("pk")))
    for name, value in country.activity_fields().items():
        setattr(activity, name, value)
    activity.version += 1
    activity.save()
    if country.random.random() < 0.7:  # else the sweeper finds it
        actions.match_activity(activity_id=activity.pk)


def withdraw(country):
    request = country.random.choice(list(Request.objects.open().order_by("pk")))
    reason = country.random.choice([Request.Withdrawn.FOUND_HERE, Request.Withdrawn.NO_TIME])
    withdraw_request(request_id=request.pk, reason=reason)
    actions.match_request(request_id=request.pk)


def some_match(country):
    return country.random.choice(list(Match.objects.open().order_by("request_id", *BEST_FIRST)))


def decline(country):
    actions.decline(match_id=some_match(country).pk)


def ask(country):
    actions.ask(match_id=some_match(country).pk)


def pause(country):
    provider = country.random.choice(country.providers)
    Provider.objects.filter(pk=provider.pk).update(paused=country.random.random() < 0.5)


def publish(country):
    actions.match_activity(activity_id=country.activities(1)[0].pk)


def post(country):
    actions.match_request(request_id=country.requests(1)[0].pk)


def sweep(country):
    actions.rematch()


CHANGES = [edit_request, edit_activity, withdraw, decline, ask, pause, publish, post, sweep]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", [8])
def test_shards_by_several_workers_are_the_same_as_all_at_once(seed):
    country = Country(seed)
    country.requests(SIZES["requests"])
    country.activities(SIZES["activities"])
    whole = all_at_once()
    assert [row[:3] for row in whole] == expected(timezone.localdate())
    forget()
    run = actions.start_rematch()
    by_workers(run, 3)
    assert Rematch.objects.get().state == Rematch.State.DONE
    assert stored() == whole
    assert not anything_stale()


def by_workers(run, count):
    faults = []

    def work(seed):
        order = random.Random(seed)
        try:
            while Rematch.objects.filter(pk=run.pk, state=Rematch.State.RUNNING).exists():
                ids = list(RematchShard.objects.filter(rematch=run).values_list("pk", flat=True))
                for shard_id in order.sample(ids, len(ids)):
                    actions.rematch_shard(shard_id=shard_id)
        except Exception as error:
            faults.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[seed]) for seed in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert faults == []
