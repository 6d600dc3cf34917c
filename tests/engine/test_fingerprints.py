"""A fingerprint stands for score, reasons and shortfalls, in whatever run it is made."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from matching import (
    ActivityColumns,
    Pair,
    RequestColumns,
    Terms,
    Weights,
    best_pairs,
    describe,
    fingerprints,
    match_activity,
    match_all,
    match_request,
)
from matching.fingerprint import TELLINGS
from matching.reasons import REASONS, SHORTFALLS

from .samples import activity, request
from .strategies import TODAY, worlds
from .world import crowd

thorough = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def said(pair):
    return pair.score, pair.reasons, pair.shortfalls


def described(requests, activities, terms):
    columns = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    pairs = match_all(*columns, terms)
    ids = pairs.request_id, pairs.activity_id
    numbers = fingerprints(*columns, terms, *ids).tolist()
    rows = zip(*ids, pairs.score, pairs.rank, describe(*columns, terms, *ids), numbers, strict=True)
    return [Pair(*pair, score, rank, *words, number) for *pair, score, rank, words, number in rows]


def assert_one_to_one(pairs):
    by_words, by_number = {}, {}
    for pair in pairs:
        assert by_words.setdefault(said(pair), pair.fingerprint) == pair.fingerprint
        assert by_number.setdefault(pair.fingerprint, said(pair)) == said(pair)


@thorough
@given(worlds())
def test_equal_fingerprints_are_equal_words_and_the_other_way_round(world):
    requests, activities, excluded = world
    assert_one_to_one(described(requests, activities, Terms(today=TODAY, excluded=excluded)))


def test_among_many_pairs_too():
    pairs = described(*crowd(300, 600), Terms(today=TODAY))
    assert_one_to_one(pairs)
    assert len({pair.fingerprint for pair in pairs}) > 1000


@thorough
@given(worlds())
def test_a_fingerprint_does_not_depend_on_the_run(world):
    """One request by itself has fewer words of themes and of regions than all together."""
    requests, activities, excluded = world
    terms = Terms(today=TODAY, excluded=excluded)
    columns, offers = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    whole = {(pair.request_id, pair.activity_id): pair.fingerprint for pair in described(requests, activities, terms)}
    pairs = [pair for row in requests for pair in match_request(row, offers, terms)]
    pairs += [pair for row in activities for pair in match_activity(row, columns, terms)]
    pairs += [pair for row in requests for offer in activities for pair in described([row], [offer], terms)]
    assert {(pair.request_id, pair.activity_id, pair.fingerprint) for pair in pairs} == {
        (*pair, number) for pair, number in whole.items()
    }
    kept = best_pairs(columns, offers, terms, best=1)
    ids = zip(kept.request_id.tolist(), kept.activity_id.tolist(), strict=True)
    assert kept.fingerprint.tolist() == [whole[pair] for pair in ids]


def test_asked_for_by_id():
    rows = crowd(40, 80)
    columns = RequestColumns.from_rows(rows[0]), ActivityColumns.from_rows(rows[1])
    pairs = described(*rows, Terms(today=TODAY))[::-3]
    request_id = np.array([pair.request_id for pair in pairs])
    activity_id = np.array([pair.activity_id for pair in pairs])
    found = fingerprints(*columns, Terms(today=TODAY), request_id, activity_id)
    assert found.tolist() == [pair.fingerprint for pair in pairs]
    with pytest.raises(KeyError, match="999"):
        fingerprints(*columns, Terms(today=TODAY), np.array([999]), np.array([1]))


def test_another_order_of_reasons_is_another_fingerprint():
    terms = Terms(today=TODAY), Terms(today=TODAY, weights=Weights(level=25, distance=20))
    offers = ActivityColumns.from_rows([activity(levels=1 << 7, lat=51.4988, lon=3.6109)])
    one, other = (match_request(request(), offers, term)[0] for term in terms)
    assert one.reasons != other.reasons
    assert one.fingerprint != other.fingerprint


def test_every_reason_is_in_the_fingerprint():
    assert TELLINGS == {**REASONS, **SHORTFALLS}
