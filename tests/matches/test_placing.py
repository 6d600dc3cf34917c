"""A provider gets no more open requests at once than its cap, the best first; the next best gets the rest."""

import datetime as dt
import random
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions, placing
from techfinder.matches.models import Match
from techfinder.matches.placing import PATIENCE, place, school_year_start
from techfinder.organisations.models import Provider
from techfinder.requests.actions import withdraw_request
from techfinder.requests.models import Request
from tests.concurrency.test_mail_claim import in_threads
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
NOW = timezone.make_aware(dt.datetime(2026, 11, 21, 12, 0))


def provider_with(cap, **fields):
    return ProviderFactory(max_open=cap, **fields)


def pair(activity, score, request=None, **fields):
    return Match.objects.create(request=request or RequestFactory(), activity=activity, score=score, rank=1, **fields)


def taken(provider, now=NOW):
    """How many requests take a place: as the rule says it, one by one."""
    matches = Match.objects.filter(activity__provider=provider, state="open", placed_at__gt=now - PATIENCE)
    answered = Match.objects.filter(activity__provider=provider, offered_at__isnull=False).values("request")
    return matches.exclude(request__in=answered).values("request").distinct().count()


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
    assert placing.without_cap([activity.pk, capped.pk]) == {activity.pk}
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


# ---------------------------------------------------------------- at any moment


class Country:
    """Some providers, and what happens to them, drawn by lot."""

    def __init__(self, seed):
        self.lot = random.Random(seed)
        self.now = NOW
        self.providers = [provider_with(cap) for cap in (1, 2, 3, None)]
        self.activities = [ActivityFactory(provider=each) for each in self.providers for _ in range(2)]
        school = SchoolFactory()
        contact = RequestFactory(school=school).contact
        self.requests = [RequestFactory(school=school, contact=contact, levels=[f"po-{n % 8 + 1}"]) for n in range(12)]

    def any_match(self, **which):
        ids = list(Match.objects.filter(**which).order_by("pk").values_list("pk", flat=True))
        return self.lot.choice(ids) if ids else None

    def arrive(self):
        combinations = [(request, activity) for request in self.requests for activity in self.activities]
        ids = []
        for request, activity in self.lot.sample(combinations, 5):
            known = Match.objects.filter(request=request, activity=activity).first()
            if known is None:
                ids.append(pair(activity, self.lot.randint(1, 9) * 10, request).pk)
            elif known.state == Match.State.CLOSED:
                Match.objects.filter(pk=known.pk).update(state=Match.State.OPEN)
                ids.append(known.pk)
        place(match_ids=ids, now=self.now)

    def change(self, **fields):
        Match.objects.filter(pk=self.any_match(state="open", placed_at__isnull=False)).update(**fields)

    def close(self):
        Match.objects.filter(pk=self.any_match(state="open", asked_at=None, offered_at=None)).update(state="closed")

    def days(self):
        self.now += dt.timedelta(days=self.lot.randint(1, 9))

    def sweep(self):
        place(provider_ids=[each.pk for each in self.providers], now=self.now)

    def step(self):
        answers = [
            lambda: self.change(state="declined", closed_at=self.now),
            lambda: self.change(offered_at=self.now),
            lambda: self.change(asked_at=self.now),
        ]
        self.lot.choice([self.arrive, self.arrive, self.close, self.days, self.sweep, *answers])()


@pytest.mark.parametrize("seed", range(12))
def test_at_no_moment_more_than_the_cap(seed):
    country = Country(seed)
    for _ in range(40):
        country.step()
        for provider in country.providers:
            assert provider.max_open is None or taken(provider, country.now) <= provider.max_open
    country.sweep()
    for provider in country.providers:
        waiting = Match.objects.filter(activity__provider=provider, state="open", placed_at=None, held="full")
        assert not waiting.exists() or taken(provider, country.now) == provider.max_open
        best = waiting.order_by("-score").values_list("score", flat=True).first()
        assert provider.max_open or best is None


class Site:
    """The same with everything in between: matching, answers, sweeps."""

    STEPS = ("post", "post", "withdraw", "close_and_open", "ask", "decline", "offer", "release")

    def __init__(self, seed, zeeland):
        self.lot, self.town = random.Random(seed), RegionFactory(parent=zeeland)
        self.providers = [provider_with(cap, municipality=self.town) for cap in (1, 2)]
        self.activities = [ActivityFactory(provider=each, regions=["NL-ZE"]) for each in self.providers for _ in "ab"]
        self.member = MembershipFactory(provider=self.providers[0]).user
        self.asked_beyond = 0

    def some(self, rows):
        return self.lot.choice(list(rows.order_by("pk")) or [None])

    def step(self):
        name = self.lot.choice(self.STEPS)
        getattr(self, name)()
        return name

    def post(self):
        request = RequestFactory(school=SchoolFactory(municipality=self.town), contact=self.member)
        actions.match_request(request_id=request.pk)

    def withdraw(self):
        if request := self.some(Request.objects.open()):
            withdraw_request(request_id=request.pk, reason="other")
            actions.match_request(request_id=request.pk)

    def close_and_open(self):
        activity = self.lot.choice(self.activities)
        for themes in (["water"], ["energie"]):
            Activity.objects.filter(pk=activity.pk).update(themes=themes)
            actions.match_activity(activity_id=activity.pk)

    def ask(self):
        if match := self.some(Match.objects.open()):
            self.asked_beyond += match.placed_at is None
            actions.ask(match_id=match.pk)

    def decline(self):
        if match := self.some(Match.objects.open()):
            actions.decline(match_id=match.pk)

    def offer(self):
        if match := self.some(Match.objects.placed()):
            actions.offer(match_id=match.pk, user_id=self.member.pk)

    def release(self):
        actions.release_places()


@pytest.mark.parametrize("seed", range(4))
def test_at_no_moment_more_than_the_cap_whatever_people_do(seed, zeeland):
    """Only a school that asks by itself comes on top."""
    site = Site(seed, zeeland)
    for _ in range(25):
        step = site.step()
        for provider in site.providers:
            assert taken(provider, timezone.now()) <= provider.max_open + site.asked_beyond, step
    site.release()
    for provider in site.providers:
        waits = Match.objects.filter(activity__provider=provider, state="open", held="full").exists()
        assert not waits or taken(provider, timezone.now()) >= provider.max_open


def test_the_order_in_which_they_are_named_is_all_one():
    results = []
    for backwards in (False, True):
        with transaction.atomic():
            country = Country(5)
            ids = [
                pair(activity, (number * 7 + activity_number * 3) % 10, request).pk
                for number, request in enumerate(country.requests)
                for activity_number, activity in enumerate(country.activities)
            ]
            done = place(match_ids=ids[::-1] if backwards else ids, now=NOW)
            results.append([pk - ids[0] for pk in done])
            transaction.set_rollback(True)
    assert results[0] == results[1]


# -------------------------------------------------------------- at the same time


@pytest.mark.django_db(transaction=True)
def test_workers_at_the_same_time_keep_to_the_cap():
    provider, other = provider_with(3), provider_with(2)
    activities = [ActivityFactory(provider=each) for each in (provider, other, provider)]
    contact = RequestFactory().contact
    school = SchoolFactory()
    ids = [
        pair(activity, score, RequestFactory(school=school, contact=contact)).pk
        for activity in activities
        for score in range(8)
    ]
    parts = iter([ids[start::4] for start in range(4)])

    @transaction.atomic
    def work(part):
        Match.objects.filter(pk__in=part).update(score=50)  # as a worker that stores has them in hand
        place(match_ids=part, now=NOW)

    in_threads(4, lambda: work(next(parts)))
    assert (taken(provider), taken(other)) == (3, 2)
    assert not Match.objects.filter(placed_at=None).exclude(held="full").exists()


@pytest.mark.django_db(transaction=True)
def test_a_place_is_given_once_by_many_sweepers():
    provider = provider_with(1)
    activity = ActivityFactory(provider=provider)
    ids = [pair(activity, score).pk for score in (90, 80, 70, 60)]
    place_them = partial(place, provider_ids=[provider.pk], now=NOW)
    in_threads(4, transaction.atomic(place_them))
    assert placed(provider) == {ids[0]}
