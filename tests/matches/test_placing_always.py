"""At no moment more than the cap: by lot, with all that people do, and with several workers at once."""

import datetime as dt
import random
from functools import partial

import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.fairness.placing import PATIENCE, place
from techfinder.matches.models import Match
from techfinder.requests.actions import withdraw_request
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory
from tests.matches.test_placing import NOW, pair, placed, provider_with
from tests.support.at_once import in_threads

pytestmark = pytest.mark.django_db


def taken(provider, now=NOW):
    """How many requests take a place: as the rule says it, one by one."""
    matches = Match.objects.filter(activity__provider=provider, state="open", placed_at__gt=now - PATIENCE)
    answered = Match.objects.filter(activity__provider=provider, offered_at__isnull=False).values("request")
    return matches.exclude(request__in=answered).values("request").distinct().count()


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
            actions.offer(match_id=match.pk)

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
