"""A provider gets no more open requests at once than its cap, the best first; the next best gets the rest."""

import datetime as dt

import pytest
from django.utils import timezone

from techfinder.matches.fairness import placing
from techfinder.matches.fairness.placing import PATIENCE, place, school_year_start
from techfinder.matches.models import Match
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(dt.datetime(2026, 11, 21, 12, 0))


def provider_with(cap, **fields):
    return ProviderFactory(max_open=cap, **fields)


def pair(activity, score, request=None, **fields):
    return Match.objects.create(request=request or RequestFactory(), activity=activity, score=score, **fields)


def placed(provider):
    return set(Match.objects.placed().filter(activity__provider=provider).values_list("pk", flat=True))


def test_the_best_are_put_before_people_up_to_the_cap():
    activity = ActivityFactory(provider=provider_with(2))
    low, high, middle = (pair(activity, score) for score in (40, 80, 60))
    assert place(match_ids=[low.pk, high.pk, middle.pk], now=NOW) == sorted([high.pk, middle.pk])
    low.refresh_from_db()
    assert (low.held, low.placed_at) == ("full", None)
    assert Match.objects.get(pk=high.pk).placed_at == NOW


def test_who_waits_longest_goes_first_and_then_the_lower_id():
    activity = ActivityFactory(provider=provider_with(1))
    young, old = (RequestFactory(confirmed_at=NOW - dt.timedelta(days=days)) for days in (1, 9))
    matches = [pair(activity, 50, request) for request in (young, old)]
    assert place(match_ids=[each.pk for each in matches], now=NOW) == [matches[1].pk]
    same = NOW - dt.timedelta(days=3)
    other = ActivityFactory(provider=provider_with(1))
    twins = [pair(other, 50, RequestFactory(confirmed_at=same)) for _ in range(2)]
    assert place(match_ids=[each.pk for each in reversed(twins)], now=NOW) == [twins[0].pk]


@pytest.mark.parametrize("fields", [{"size": ""}, {"size": Provider.Size.INSTITUTION}])
def test_a_provider_without_a_cap_gets_everything(fields):
    activity = ActivityFactory(provider=ProviderFactory(**fields))
    ids = [pair(activity, 50).pk for _ in range(45)]
    assert place(match_ids=ids, now=NOW) == ids


@pytest.mark.parametrize(("size", "cap"), [("small", 5), ("medium", 15), ("large", 40)])
def test_the_default_is_by_size(size, cap):
    provider = ProviderFactory(size=size)
    ids = [pair(ActivityFactory(provider=provider), 50).pk for _ in range(cap + 2)]
    assert len(place(match_ids=ids, now=NOW)) == cap
    assert Match.objects.filter(held="full").count() == 2


def test_a_request_takes_one_place_however_many_activities_fit():
    provider, request = provider_with(1), RequestFactory()
    one, two = (pair(ActivityFactory(provider=provider), score, request) for score in (70, 30))
    other = pair(one.activity, 50)
    assert place(match_ids=[one.pk, two.pk, other.pk], now=NOW) == [one.pk, two.pk]
    late = pair(ActivityFactory(provider=provider), 10, request)
    assert place(match_ids=[late.pk], now=NOW) == [late.pk]


@pytest.mark.parametrize(
    "free",
    [
        {"offered_at": NOW},
        {"state": Match.State.DECLINED},
        {"state": Match.State.CLOSED},
        {"placed_at": NOW - PATIENCE - dt.timedelta(minutes=1)},
    ],
    ids=["answered", "declined", "closed", "nobody answered for two weeks"],
)
def test_a_place_that_falls_free_goes_to_the_best_that_waits(free):
    provider = provider_with(1)
    activity = ActivityFactory(provider=provider)
    first, second, third = (pair(activity, score) for score in (90, 80, 70))
    place(match_ids=[first.pk, second.pk, third.pk], now=NOW)
    assert place(provider_ids=[provider.pk], now=NOW) == []
    Match.objects.filter(pk=first.pk).update(**free)
    assert placing.providers_with_held() == [provider.pk]
    assert place(provider_ids=[provider.pk], now=NOW) == [second.pk]
    assert place(provider_ids=[provider.pk], now=NOW) == []


def test_two_weeks_are_two_weeks():
    provider = provider_with(1)
    activity = ActivityFactory(provider=provider)
    first, second = (pair(activity, score) for score in (90, 80))
    place(match_ids=[first.pk, second.pk], now=NOW)
    almost = NOW + PATIENCE - dt.timedelta(seconds=1)
    assert place(provider_ids=[provider.pk], now=almost) == []
    assert place(provider_ids=[provider.pk], now=NOW + PATIENCE) == [second.pk]
    assert placed(provider) == {first.pk, second.pk}


def test_an_answered_request_is_free_for_another_activity():
    provider, request = provider_with(1), RequestFactory()
    pair(ActivityFactory(provider=provider), 90, request, placed_at=NOW, offered_at=NOW)
    full = pair(ActivityFactory(provider=provider), 90)
    more = pair(ActivityFactory(provider=provider), 10, request)
    assert place(match_ids=[full.pk, more.pk], now=NOW) == [full.pk, more.pk]


def test_a_request_that_closed_is_put_before_nobody():
    activity = ActivityFactory(provider=provider_with(1))
    match = pair(activity, 90, RequestFactory(status=Request.Status.WITHDRAWN))
    assert place(match_ids=[match.pk], now=NOW) == []


def test_a_higher_cap_lets_more_in_and_a_lower_one_takes_nothing_away():
    provider = provider_with(2)
    activity = ActivityFactory(provider=provider)
    ids = [pair(activity, score).pk for score in range(90, 30, -10)]
    place(match_ids=ids, now=NOW)
    Provider.objects.update(max_open=3)
    assert place(provider_ids=[provider.pk], now=NOW) == [ids[2]]
    Provider.objects.update(max_open=1)
    assert place(provider_ids=[provider.pk], now=NOW) == []
    assert placed(provider) == set(ids[:3])
    Match.objects.filter(pk=ids[0]).update(offered_at=NOW)
    assert place(provider_ids=[provider.pk], now=NOW) == []
    Provider.objects.update(max_open=None, size="")
    assert place(provider_ids=[provider.pk], now=NOW) == ids[3:]


def test_what_is_open_again_starts_anew():
    provider = provider_with(1)
    activity = ActivityFactory(provider=provider)
    gone, now_here = pair(activity, 90), pair(activity, 50)
    place(match_ids=[gone.pk], now=NOW)
    Match.objects.filter(pk=gone.pk).update(state=Match.State.CLOSED)
    place(match_ids=[now_here.pk], now=NOW)
    Match.objects.filter(pk=gone.pk).update(state=Match.State.OPEN)
    assert place(match_ids=[gone.pk], now=NOW) == []
    gone.refresh_from_db()
    assert (gone.held, gone.placed_at) == ("full", None)


def test_what_comes_placed_stays_so_where_there_is_no_cap():
    activity, capped = ActivityFactory(), ActivityFactory(provider=provider_with(3))
    ids, uncapped = placing.new_ids(2, [activity.pk, capped.pk])
    assert (len(set(ids)), uncapped) == (2, {activity.pk})
    written = NOW - dt.timedelta(seconds=1)
    match = pair(activity, 50, placed_at=written)
    assert place(match_ids=[match.pk], now=NOW) == [match.pk]
    match.refresh_from_db()
    assert match.placed_at == written


def test_whom_somebody_spoke_to_is_never_held():
    activity = ActivityFactory(provider=provider_with(1))
    place(match_ids=[pair(activity, 90).pk], now=NOW)
    asked, offered = pair(activity, 10, asked_at=NOW), pair(activity, 10, offered_at=NOW)
    assert place(match_ids=[asked.pk, offered.pk], now=NOW) == [asked.pk, offered.pk]


def test_nothing_placed_says_so():
    assert place(now=NOW) == []
    assert place(match_ids=[123456], now=NOW) == []


# ---------------------------------------------------------------------- twice


def said(activity, school, *, levels=("po-7",), **fields):
    """Another request of the school, with what it said of the activity."""
    return pair(activity, 60, RequestFactory(school=school, levels=list(levels)), placed_at=NOW, **fields)


@pytest.mark.parametrize(
    ("spoken", "held"),
    [
        ({"asked_at": NOW - dt.timedelta(days=30)}, "twice"),
        ({"state": "declined", "closed_at": NOW - dt.timedelta(days=30)}, "twice"),
        ({"asked_at": NOW - dt.timedelta(days=150)}, ""),
        ({"state": "declined", "closed_at": NOW - dt.timedelta(days=150)}, ""),
        ({"asked_at": NOW, "levels": ["po"]}, "twice"),
        ({"asked_at": NOW, "levels": ["po-5", "vo-vmbo"]}, ""),
        ({"offered_at": NOW}, ""),
        ({}, ""),
    ],
    ids=["asked", "declined", "asked last year", "declined last year", "all groups", "other groups", "offered", "no"],
)
def test_a_school_is_not_offered_the_same_thing_twice(spoken, held):
    activity, school = ActivityFactory(), SchoolFactory()
    said(activity, school, **spoken)
    match = pair(activity, 90, RequestFactory(school=school))
    assert place(match_ids=[match.pk], now=NOW) == ([] if held else [match.pk])
    match.refresh_from_db()
    assert match.held == held


def test_the_same_thing_is_for_another_school_and_another_thing_for_this_one():
    activity, school = ActivityFactory(), SchoolFactory()
    said(activity, school, asked_at=NOW)
    elsewhere, otherwise = pair(activity, 50), pair(ActivityFactory(), 50, RequestFactory(school=school))
    assert place(match_ids=[elsewhere.pk, otherwise.pk], now=NOW) == [elsewhere.pk, otherwise.pk]


def test_twice_comes_back_with_a_new_school_year_and_takes_no_place():
    provider, school = provider_with(1), SchoolFactory()
    activity = ActivityFactory(provider=provider)
    Match.objects.filter(pk=said(activity, school, asked_at=NOW).pk).update(state="closed")
    again, other = pair(activity, 90, RequestFactory(school=school)), pair(activity, 20)
    assert place(match_ids=[again.pk, other.pk], now=NOW) == [other.pk]
    next_year = NOW.replace(year=2027)
    assert place(provider_ids=[provider.pk], now=next_year) == [again.pk]


def test_what_comes_placed_is_taken_back_when_it_is_the_same_thing():
    activity, school = ActivityFactory(), SchoolFactory()
    said(activity, school, asked_at=NOW)
    match = pair(activity, 90, RequestFactory(school=school), placed_at=NOW)
    assert place(match_ids=[match.pk], now=NOW) == []
    match.refresh_from_db()
    assert (match.held, match.placed_at) == ("twice", None)


@pytest.mark.parametrize(("month", "day", "year"), [(7, 31, 2025), (8, 1, 2026), (1, 1, 2025)])
def test_a_school_year_starts_in_august(month, day, year):
    start = school_year_start(timezone.make_aware(dt.datetime(2026, month, day, 0, 30)))
    assert (start.year, start.month, start.day, start.hour) == (year, 8, 1, 0)
