"""What requests with few matches narrowly miss is kept, as it is now, and of no other request."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.matches import actions
from techfinder.matches.models import Lack, Match, Missed
from techfinder.matches.near import misses
from techfinder.requests.actions import edit_request, withdraw_request

pytestmark = pytest.mark.django_db


@pytest.fixture
def scarce(make_activity, make_request):
    """A request that nothing fits: one activity wants a smaller group, one costs money."""
    make_activity(group_max=20)
    make_activity(cost=75)
    request = make_request(max_cost=0)
    actions.match_request(request_id=request.pk)
    return request


def kept():
    return [(row.rule, row.count, row.field, row.value, row.size) for row in Missed.objects.all()]


def test_each_rule_with_its_least_step_is_kept(scarce):
    assert misses.count_near_misses() == 1
    assert kept() == [("cost", 1, "max_cost", 75.0, 7500.0), ("group", 1, "group_size", 20, 8.0)]
    lack = Lack.objects.get()
    assert (lack.request, lack.version, lack.matches, lack.day) == (scarce, 1, 0, timezone.localdate())


def test_a_second_run_finds_nothing_to_do(scarce):
    misses.count_near_misses()
    before = list(Missed.objects.values_list("pk", flat=True))
    assert misses.count_near_misses() == 0
    assert list(Missed.objects.values_list("pk", flat=True)) == before


def test_a_request_that_nothing_at_all_comes_near_is_counted_once(make_request):
    request = make_request()
    actions.match_request(request_id=request.pk)
    assert misses.count_near_misses() == 1
    assert (Lack.objects.count(), Missed.objects.count()) == (1, 0)
    assert misses.count_near_misses() == 0


def test_one_that_is_not_matched_yet_waits(make_request):
    make_request()
    assert misses.count_near_misses() == 0


def test_a_change_of_the_request_is_counted_anew(scarce):
    misses.count_near_misses()
    edit_request(request_id=scarce.pk, fields={"group_size": 20})
    assert misses.count_near_misses() == 0, "its matches are not those of the change yet"
    actions.match_request(request_id=scarce.pk)
    assert misses.count_near_misses() == 1
    assert [row[0] for row in kept()] == ["cost"]
    assert Lack.objects.get().matches == 1


def test_another_number_of_matches_is_counted_anew(scarce, make_activity):
    misses.count_near_misses()
    activity = make_activity()
    actions.match_activity(activity_id=activity.pk)
    assert misses.count_near_misses() == 1
    assert Lack.objects.get().matches == 1


def test_another_day_is_counted_anew(scarce):
    misses.count_near_misses()
    tomorrow = timezone.localdate() + dt.timedelta(days=1)
    assert misses.count_near_misses(today=tomorrow) == 1
    assert Lack.objects.get().day == tomorrow


def test_what_is_held_back_does_not_count_as_a_match(scarce, make_activity):
    for _ in range(3):
        actions.match_activity(activity_id=make_activity().pk)
    assert misses.count_near_misses() == 0
    Match.objects.update(held=Match.Held.FULL, placed_at=None)
    assert misses.count_near_misses() == 1


def test_rows_go_when_there_is_enough(scarce, make_activity):
    misses.count_near_misses()
    for _ in range(3):
        actions.match_activity(activity_id=make_activity().pk)
    misses.count_near_misses()
    assert (Lack.objects.count(), Missed.objects.count()) == (0, 0)


def test_rows_go_with_a_closed_request(scarce):
    misses.count_near_misses()
    withdraw_request(request_id=scarce.pk, reason="no_time")
    misses.count_near_misses()
    assert (Lack.objects.count(), Missed.objects.count()) == (0, 0)


def test_what_was_declined_is_not_proposed_again(scarce):
    activity = Activity.objects.get(group_max=20)
    Match.objects.create(request=scarce, activity=activity, score=1, state=Match.State.DECLINED)
    misses.count_near_misses()
    assert [row[0] for row in kept()] == ["cost"]


def test_no_time_left_leaves_the_rest_to_the_next_run(scarce):
    assert misses.count_near_misses(seconds=0) == 0
    assert misses.count_near_misses() == 1


def test_many_wake_ups_are_one(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks() as callbacks:
        misses.wake_counting()
        misses.wake_counting()
    assert len(callbacks) == 1


def queries_of(act):
    """How many queries an act asks, once what it keeps in memory is there."""
    misses.count_near_misses()
    Lack.objects.all().delete()
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_the_queries_stay_the_same(make_activity, make_request):
    counts = []
    for _ in range(3):
        make_activity(group_max=20)
        actions.match_request(request_id=make_request().pk)
        counts.append(queries_of(misses.count_near_misses))
    assert counts[0] == counts[2] <= 23


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_worker_counts_after_matching(celery_worker_process, wait_until, make_activity, make_request):
    make_activity(group_max=20)
    request = make_request()
    wake("matches.match_request", request.pk)
    assert wait_until(lambda: Lack.objects.filter(request=request, matches=0).exists(), timeout=30)
    assert [row[0] for row in kept()] == ["group"]
