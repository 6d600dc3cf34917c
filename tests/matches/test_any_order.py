"""Whatever people do in any order, one item at a time: what is stored in the end is what a run from nothing stores.

And at every moment each pair that is stored is among the best of a side, as the edges say, or somebody acted on it.
"""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.actions import finding, storing
from techfinder.matches.actions.matching import match_items
from techfinder.matches.actions.sweeping import fill_places
from techfinder.matches.fairness.weights import current_weights
from techfinder.matches.models import BEST_FIRST, AskedRow, Match, OfferedRow, Rematch, RematchShard, WeightSet
from techfinder.matches.pairs import findings, lists, sides
from techfinder.matches.pairs.sides import ACTIVITIES, REQUESTS, read_edges
from techfinder.organisations.models import Provider
from techfinder.requests.actions import fulfil, reopen, withdraw_request
from techfinder.requests.models import Request
from tests.engine import reference
from tests.matches import worlds
from tests.matches.worlds import Country, catch_up, expected, forget, stored

pytestmark = pytest.mark.django_db

STEPS = 50
# Short lists run over in a small country.
K = 3
Status = Request.Status


@pytest.fixture(autouse=True)
def _short_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (lists, sides, findings, finding, storing, worlds):
        monkeypatch.setattr(module, "K", K)


class Market:
    """A country in which somebody does something, and a worker that matches it now, or leaves it to the sweeper."""

    def __init__(self, seed: int, requests: int = 30, activities: int = 20) -> None:
        self.country = Country(seed)
        self.lot: random.Random = self.country.random
        self.country.requests(requests)
        self.country.activities(activities)
        actions.rematch(everything=True)
        self.log: list[str] = []

    def act(self) -> None:
        [do] = self.lot.choices(list(DO), list(DO.values()))
        self.log.append(do.__name__)
        do(self)
        self.look()

    # ------------------------------------------------------------ schools

    def some_requests(self, **which: object) -> list[Request]:
        return list(Request.objects.filter(**which).order_by("pk"))

    def one(self, items: list[Any]) -> Any:
        return self.lot.choice(items) if items else None

    def met(self, request_id: int) -> None:
        """Mostly at once; else by the sweeper."""
        if self.lot.random() < 0.8:
            actions.match_request(request_id=request_id)

    def post(self) -> None:
        self.met(self.country.requests(1)[0].pk)

    def edit(self) -> None:
        request = self.one(self.some_requests(status=Status.OPEN))
        for name, value in self.country.request_fields().items():
            setattr(request, name, value)
        request.version += 1
        request.save()
        self.met(request.pk)

    def close(self) -> None:
        request = self.one(self.some_requests(status=Status.OPEN))
        reason = self.lot.choice([Request.Withdrawn.FOUND_HERE, Request.Withdrawn.NO_TIME])
        withdraw_request(request_id=request.pk, reason=reason)
        self.met(request.pk)

    def fulfil(self) -> None:
        request = self.one(self.some_requests(status=Status.OPEN))
        fulfil(request_ids=[request.pk])
        self.met(request.pk)

    def reopen(self) -> None:
        request = self.one(self.some_requests(status=Status.FULFILLED))
        if request and reopen(request_id=request.pk):
            self.met(request.pk)

    def delete(self) -> None:
        """Nobody sees the places that it leaves: who had one is matched again."""
        request = self.one(self.some_requests(status=Status.OPEN))
        beside = list(request.matches.values_list("activity", flat=True))
        request.delete()
        match_items(ACTIVITIES, beside)

    # ------------------------------------------------------------ companies

    def publish(self) -> None:
        activity = self.country.activities(1)[0]
        if self.lot.random() < 0.8:
            actions.match_activity(activity_id=activity.pk)

    def edit_activity(self) -> None:
        activity = self.one(list(Activity.objects.public().order_by("pk")))
        if activity:
            for name, value in self.country.activity_fields().items():
                setattr(activity, name, value)
            activity.version += 1
            activity.save()
            if self.lot.random() < 0.8:
                actions.match_activity(activity_id=activity.pk)

    def delete_activity(self) -> None:
        activity = self.one(list(Activity.objects.order_by("pk")))
        beside = list(activity.matches.values_list("request", flat=True))
        activity.delete()
        match_items(REQUESTS, beside)

    def pause(self) -> None:
        provider = self.one(self.country.providers)
        Provider.objects.filter(pk=provider.pk).update(paused=self.lot.random() < 0.4)
        for activity in Activity.objects.filter(provider=provider).order_by("?")[:3]:
            actions.match_activity(activity_id=activity.pk)

    def cap(self) -> None:
        provider = self.one(self.country.providers)
        Provider.objects.filter(pk=provider.pk).update(max_open=self.lot.choice([None, 1, 3]))
        actions.release_places()

    # ------------------------------------------------------------ answers

    def a_match(self) -> Match:
        return self.lot.choice(list(Match.objects.open().order_by("request_id", *BEST_FIRST)))

    def answer(self) -> None:
        say = self.lot.choice([actions.ask, actions.offer, actions.decline, actions.withdraw])
        say(match_id=self.a_match().pk)
        if self.lot.random() < 0.5:
            fill_places()
            actions.match_stale()

    def take_back(self) -> None:
        """What was put aside is put back, by hand."""
        aside = list(Match.objects.filter(state__in=Match.SETTLED).order_by("request_id", "activity_id"))
        if aside and self.lot.random() < 0.7:
            match = self.lot.choice(aside)
            Match.objects.filter(pk=match.pk).update(state=Match.State.CLOSED, place_filled=False)
            actions.match_request(request_id=match.request_id)

    # ------------------------------------------------------------ the worker

    def many(self) -> None:
        side, model = self.lot.choice([(REQUESTS, Request), (ACTIVITIES, Activity)])
        match_items(side, list(model.objects.order_by("?").values_list("pk", flat=True)[:25]))

    def sweep(self) -> None:
        actions.rematch()
        fill_places()

    def weigh(self) -> None:
        values = {name: self.lot.choice([0, 1, 5]) for name in ("distance", "theme", "unserved", "small")}
        WeightSet.objects.create(values={**values, "level": 3}, applied_at=timezone.now())
        actions.rematch(everything=True)

    def weigh_slowly(self) -> None:
        """A run over everything that is met halfway by what others do."""
        values = {name: self.lot.choice([0, 1, 5]) for name in ("distance", "theme", "unserved", "small")}
        WeightSet.objects.create(values={**values, "level": 3}, applied_at=timezone.now())
        run = actions.start_rematch(workers=False)
        while Rematch.objects.filter(pk=run.pk, state=Rematch.State.RUNNING).exists():
            ids = list(RematchShard.objects.filter(rematch=run).values_list("pk", flat=True))
            for shard_id in self.lot.sample(ids, len(ids)):
                actions.rematch_shard(shard_id=shard_id, workers=False)
                if self.lot.random() < 0.2:
                    self.lot.choice([Market.post, Market.edit, Market.edit_activity, Market.answer, Market.close])(self)

    def break_off(self) -> None:
        """What was done is rolled back: nothing of it may stay in the memory of the process."""
        with transaction.atomic():
            for _ in range(2):
                self.lot.choice([Market.edit, Market.edit_activity, Market.publish, Market.fulfil, Market.weigh])(self)
            transaction.set_rollback(True)

    # ------------------------------------------------------------ what always holds

    def look(self) -> None:
        pairs = np.array(
            list(
                Match.objects.open()
                .filter(asked_at=None, offered_at=None)
                .order_by("pk")
                .values_list("request_id", "activity_id", "score")
            )
        ).reshape(-1, 3)
        request, activity = pairs[:, 0].astype(np.int64), pairs[:, 1].astype(np.int64)
        score = np.rint(pairs[:, 2] * 10).astype(np.int64)
        known = {side: read_edges(side, np.unique(ids)) for side, ids in ((REQUESTS, request), (ACTIVITIES, activity))}
        inside = known[REQUESTS].admit(request, score, activity) | known[ACTIVITIES].admit(activity, score, request)
        waits = [
            np.isin(ids, list(side.rows._default_manager.filter(stale=True).values_list("pk", flat=True)))
            for side, ids in ((REQUESTS, request), (ACTIVITIES, activity))
        ]
        assert (inside | waits[0] | waits[1]).all(), self.log

    def end(self) -> None:
        """The sweeper has done all that waits."""
        catch_up()
        found, edges = stored(), all_edges()
        with pytest.MonkeyPatch.context() as patch:
            weights = dict(current_weights().items())
            patch.setattr(reference, "WEIGHTS", {name: weights[name] for name in reference.WEIGHTS})
            assert differ([row[:3] for row in found], expected(timezone.localdate())) == [], self.log
        with transaction.atomic():
            forget()
            actions.rematch(everything=True)
            catch_up()
            assert differ(found, stored()) == [], self.log
            assert differ(edges, all_edges()) == [], self.log
            transaction.set_rollback(True)
        assert (stored(), all_edges()) == (found, edges)


def all_edges() -> list[tuple[object, ...]]:
    return [
        (model.__name__, *row)
        for model in (AskedRow, OfferedRow)
        for row in model.objects.filter(live=True).order_by("pk").values_list("pk", "edge_score", "edge_id")
    ]


def differ(found: list[Any], wanted: list[Any]) -> list[Any]:
    """What is in one only."""
    if found == wanted:
        return []
    gone, more = ([row for row in one if row not in other] for one, other in ((wanted, found), (found, wanted)))
    return [*(("missing", row) for row in gone), *(("too much", row) for row in more)] or ["another order"]


DO = {
    Market.post: 4,
    Market.edit: 6,
    Market.close: 3,
    Market.fulfil: 3,
    Market.reopen: 2,
    Market.delete: 2,
    Market.publish: 3,
    Market.edit_activity: 6,
    Market.delete_activity: 2,
    Market.pause: 2,
    Market.cap: 2,
    Market.answer: 8,
    Market.take_back: 2,
    Market.many: 2,
    Market.sweep: 3,
    Market.weigh: 1,
    Market.weigh_slowly: 1,
    Market.break_off: 1,
}


@pytest.mark.parametrize("seed", [1, 2])
def test_any_order_ends_as_a_run_from_nothing(seed: int) -> None:
    market = Market(seed)
    for _ in range(STEPS):
        market.act()
    market.end()


@pytest.mark.parametrize(
    ("acted", "state"),
    [({}, "closed"), ({"asked_at": timezone.now()}, "open"), ({"offered_at": timezone.now()}, "open")],
    ids=["nobody", "asked", "offered"],
)
def test_what_is_pushed_out_of_both_lists_stays_when_somebody_acted(make_activity, make_request, acted, state) -> None:
    def of(request: Request) -> None:
        actions.match_request(request_id=request.pk)

    early = timezone.now() - dt.timedelta(days=60)
    far, asking = make_activity(venue_lat=51.8, venue_lon=4.6), make_request()
    of(asking)
    match = Match.objects.get()
    Match.objects.filter(pk=match.pk).update(**acted)
    for _ in range(K):
        actions.match_activity(activity_id=make_activity(venue_lat=51.45, venue_lon=3.57).pk)
    match.refresh_from_db()
    assert match.state == Match.State.OPEN
    for _ in range(K):
        of(make_request(confirmed_at=early))
    match.refresh_from_db()
    assert (match.activity, match.state) == (far, state)
