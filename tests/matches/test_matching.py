"""From rows to stored matches: created, changed, closed, opened again, and never touched once settled."""

import datetime as dt

import numpy as np
import pytest
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.models import BEST_FIRST, Match, Rematch
from techfinder.matches.pairs.sides import REQUESTS, mark
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from tests.factories.activities import SessionFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
State = Match.State


def states():
    return list(Match.objects.order_by("pk").values_list("state", flat=True))


def test_a_request_finds_its_activities_with_reasons(make_activity, make_request):
    activity, request = make_activity(), make_request()
    stored = actions.match_request(request_id=request.pk)
    match = Match.objects.get()
    assert (stored.created, match.request, match.activity) == (1, request, activity)
    assert dict(map(tuple, [r for r in match.reasons if not isinstance(r[1], list)]))["distance_km"] == 3.5
    assert ["themes", ["energie"]] in match.reasons
    assert ["levels", ["po-7"]] in match.reasons
    request.refresh_from_db()
    assert request.matched_version == request.version


def test_an_activity_finds_its_requests_and_they_are_ranked(make_activity, make_request):
    request = make_request()
    far = make_activity(venue_lat=51.8, venue_lon=4.6)
    near = make_activity(venue_lat=51.45, venue_lon=3.57)
    for activity in (far, near):
        actions.match_activity(activity_id=activity.pk)
    assert list(Match.objects.order_by(*BEST_FIRST).values_list("activity_id", flat=True)) == [near.pk, far.pk]
    near.refresh_from_db()
    assert near.matched_version == near.version
    assert request.matches.count() == 2


@pytest.mark.parametrize(
    "fields",
    [
        {"status": Activity.Status.PAUSED},
        {"levels": ["vo"]},
        {"themes": ["water"]},
        {"regions": ["NL-DR"]},
        {"audience": ["teachers"]},
        {"group_max": 20},
        {"cost": 100},
        {"lead_days": 300},
    ],
)
def test_what_does_not_fit_is_no_match(make_activity, make_request, fields):
    request, activity = make_request(max_cost=50), make_activity(**fields)
    actions.match_request(request_id=request.pk)
    actions.match_activity(activity_id=activity.pk)
    actions.rematch(everything=True)
    assert not Match.objects.exists()


def test_a_match_that_no_longer_holds_closes_and_may_open_again(make_activity, make_request):
    request, activity = make_request(), make_activity()
    actions.match_request(request_id=request.pk)
    Activity.objects.filter(pk=activity.pk).update(themes=["water"])
    actions.match_activity(activity_id=activity.pk)
    assert states() == [State.CLOSED]
    assert Match.objects.get().closed_at
    Activity.objects.filter(pk=activity.pk).update(themes=["energie", "water"])
    actions.match_activity(activity_id=activity.pk)
    assert states() == [State.OPEN]
    assert Match.objects.get().closed_at is None


def test_a_withdrawn_request_closes_its_matches(make_activity, make_request):
    request = make_request()
    make_activity()
    actions.match_request(request_id=request.pk)
    Request.objects.update(status=Request.Status.WITHDRAWN)
    actions.match_request(request_id=request.pk)
    assert states() == [State.CLOSED]


def test_a_declined_pair_never_returns(make_activity, make_request):
    request, activity = make_request(), make_activity()
    actions.match_request(request_id=request.pk)
    assert actions.decline(match_id=Match.objects.get().pk)
    assert not actions.decline(match_id=Match.objects.get().pk)
    actions.match_request(request_id=request.pk)
    actions.match_activity(activity_id=activity.pk)
    actions.rematch(everything=True)
    assert states() == [State.DECLINED]


def test_all_ways_store_the_same(make_activity, make_request):
    requests = [make_request(group_size=size) for size in (10, 25, 40)]
    activities = [make_activity(group_max=30), make_activity(themes=["energie", "bouw"]), make_activity(levels=["po"])]

    def result():
        return list(
            Match.objects.open()
            .order_by("request_id", *BEST_FIRST)
            .values_list("request_id", "activity_id", "score", "reasons", "shortfalls")
        )

    for request in requests:
        actions.match_request(request_id=request.pk)
    by_request = result()
    Match.objects.all().delete()
    for activity in activities:
        actions.match_activity(activity_id=activity.pk)
    by_activity = result()
    Match.objects.all().delete()
    actions.rematch(everything=True)
    assert by_request == by_activity == result()
    assert len(by_request) == 8


def test_sessions_and_their_seats_count(make_activity, make_request):
    request, activity = make_request(group_size=28), make_activity()
    session = SessionFactory(activity=activity, seats=30, date=timezone.localdate() + dt.timedelta(days=45))
    actions.match_request(request_id=request.pk)
    assert ["session", session.date.isoformat()] in Match.objects.get().reasons
    session.taken = 10
    session.save()
    actions.match_request(request_id=request.pk)
    assert states() == [State.CLOSED]


def test_an_unconfirmed_request_is_not_there_yet(make_activity, make_request):
    make_activity()
    request = make_request(status=Request.Status.UNCONFIRMED)
    actions.match_request(request_id=request.pk)
    actions.sweep()
    request.refresh_from_db()
    assert (request.matched_version, Match.objects.count()) == (0, 0)


def test_a_version_written_meanwhile_stays_for_the_sweeper(make_activity, make_request):
    request = make_request()
    Request.objects.filter(pk=request.pk).update(version=3)
    mark(REQUESTS, np.array([request.pk]), np.array([2]))
    request.refresh_from_db()
    assert request.matched_version == 2


def test_the_sweeper_finds_what_nobody_was_woken_for(make_activity, make_request):
    make_activity()
    request = make_request()
    assert actions.sweep() == 2
    assert request.matches.count() == 1
    assert actions.sweep() == 0


def test_the_sweeper_sees_a_paused_provider(make_activity, make_request, provider):
    make_activity()
    make_request()
    actions.sweep()
    Provider.objects.filter(pk=provider.pk).update(paused=True)
    actions.sweep()
    assert states() == [State.CLOSED]


def test_a_paused_provider_is_not_met_by_who_comes_later(make_activity, make_request, provider):
    """Also when its offer had no match, and so seemed to wait for nothing."""
    make_activity()
    actions.sweep()
    Provider.objects.filter(pk=provider.pk).update(paused=True)
    actions.match_request(request_id=make_request().pk)
    assert states() == []


def test_the_sweeper_closes_what_is_past(make_activity, make_request):
    make_activity()
    request = make_request()
    actions.sweep()
    past = timezone.localdate() - dt.timedelta(days=1)
    Request.objects.update(date_from=past, date_until=past)
    actions.sweep()
    request.refresh_from_db()
    assert request.status == Request.Status.EXPIRED
    assert states() == [State.CLOSED]


def test_a_day_that_passes_closes_what_no_longer_can_be(make_activity, make_request):
    make_activity(lead_days=14)
    request = make_request()
    actions.sweep()
    later = request.date_until - dt.timedelta(days=3)
    actions.rematch(today=later, everything=True)
    assert states() == [State.CLOSED]


def test_nothing_breaks_on_what_is_gone(db):
    assert actions.match_request(request_id=1).created == 0
    assert actions.match_activity(activity_id=1).created == 0


def test_one_request_costs_the_same_queries_for_one_and_for_many(
    make_activity, make_request, django_assert_max_num_queries
):
    make_activity()
    actions.match_request(request_id=make_request().pk)
    request = make_request()
    with django_assert_max_num_queries(48):
        assert actions.match_request(request_id=request.pk).created == 1
    for _ in range(3):
        make_activity()
    RequestFactory.create_batch(2)
    request = make_request()
    with django_assert_max_num_queries(48):
        assert actions.match_request(request_id=request.pk).created == 4


def test_a_run_that_is_cut_off_is_gone_on_with(make_activity, make_request):
    make_activity()
    requests = [make_request() for _ in range(3)]
    assert actions.rematch(everything=True, seconds=0).created == 0
    assert Rematch.objects.get().state == Rematch.State.RUNNING
    actions.rematch(everything=True)
    assert Rematch.objects.get().state == Rematch.State.DONE
    assert Match.objects.count() == len(requests)
    assert actions.sweep() == 0
