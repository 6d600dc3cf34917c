"""The four ways of running give the pairs, scores and ranks of the reference, no more and no less."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import (
    ActivityColumns,
    Pair,
    Pairs,
    RequestColumns,
    Terms,
    describe,
    iter_all,
    match_activity,
    match_all,
    match_request,
    weigh,
)

from . import reference
from .strategies import TODAY, worlds
from .world import crowd

thorough = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def terms_of(excluded: set[tuple[int, int]]) -> Terms:
    return Terms(today=TODAY, excluded=excluded)


def plain(pairs: Pairs) -> list[tuple[int, int, float, int]]:
    columns = (pairs.request_id, pairs.activity_id, pairs.score, pairs.rank)
    return list(zip(*(column.tolist() for column in columns), strict=True))


def key(pair: Pair) -> tuple[int, int, float, int | None]:
    return pair.request_id, pair.activity_id, pair.score, pair.rank


@thorough
@given(worlds())
def test_one_request_at_a_time(world):
    requests, activities, excluded = world
    columns = ActivityColumns.from_rows(activities)
    found = [match_request(row, columns, terms_of(excluded)) for row in sorted(requests, key=lambda row: row.id)]
    assert [key(pair) for pairs in found for pair in pairs] == reference.all_pairs(*world[:2], TODAY, excluded)


@thorough
@given(worlds())
def test_one_activity_at_a_time(world):
    requests, activities, excluded = world
    columns = RequestColumns.from_rows(requests)
    found = [pair for row in activities for pair in match_activity(row, columns, terms_of(excluded))]
    expected = [pair[:3] for pair in reference.all_pairs(requests, activities, TODAY, excluded)]
    assert sorted(key(pair)[:3] for pair in found) == sorted(expected)
    assert all(pair.rank is None for pair in found)


@thorough
@given(worlds())
def test_everything_at_once(world):
    requests, activities, excluded = world
    found = match_all(RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities), terms_of(excluded))
    assert plain(found) == reference.all_pairs(requests, activities, TODAY, excluded)


@thorough
@given(worlds(), st.randoms(use_true_random=False), st.integers(1, 4))
def test_in_shards(world, rng: random.Random, shards: int):
    requests, activities, excluded = world
    columns, offers = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    shard = np.array([rng.randrange(shards) for _ in requests], dtype=np.int64)
    found = []
    for number in range(shards):
        found += plain(match_all(columns.take(shard == number), offers, terms_of(excluded)))
    assert sorted(found) == sorted(reference.all_pairs(requests, activities, TODAY, excluded))


@thorough
@given(worlds())
def test_a_described_pair_is_the_pair_of_its_request(world):
    requests, activities, excluded = world
    offers = ActivityColumns.from_rows(activities)
    columns = RequestColumns.from_rows(requests)
    terms = terms_of(excluded)
    pairs = match_all(columns, offers, terms)
    described = describe(columns, offers, terms, pairs.request_id, pairs.activity_id)
    one_by_one = [match_request(row, offers, terms) for row in sorted(requests, key=lambda row: row.id)]
    assert described == [(pair.reasons, pair.shortfalls) for pairs in one_by_one for pair in pairs]


def test_a_crowd_in_many_chunks(monkeypatch):
    """Enough of both for many blocks: the borders between blocks and between bitmap words leave no trace."""
    monkeypatch.setattr("matching.engine.CHUNK", 300)
    requests, activities = crowd(150, 300)
    columns = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    expected = reference.all_pairs(requests, activities, TODAY)
    assert len(expected) > 300
    assert plain(match_all(*columns, terms_of(set()))) == expected
    assert len(list(iter_all(*columns, terms_of(set())))) >= 5


@thorough
@given(worlds(), st.randoms(use_true_random=False))
def test_some_pairs_weighed_are_those_that_hold(world, rng: random.Random):
    requests, activities, excluded = world
    columns = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    expected = {pair[:2]: round(pair[2] * 10) for pair in reference.all_pairs(requests, activities, TODAY, excluded)}
    ids = [(ask.id, offer.id) for ask in requests for offer in activities] + [(0, 0), (10**13, 1)]
    rng.shuffle(ids)
    asked = np.array(ids, dtype=np.int64)
    found = list(zip(*(column.tolist() for column in weigh(*columns, terms_of(excluded), *asked.T)), strict=True))
    assert found == [(*pair, expected[pair]) for pair in ids if pair in expected]
    whole = zip(*(column.tolist() for column in weigh(*columns, terms_of(excluded))), strict=True)
    assert {(ask, offer): score for ask, offer, score in whole} == expected
