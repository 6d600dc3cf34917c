"""What is kept of a run, and that parts put together are the whole."""

from __future__ import annotations

from itertools import groupby

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import ActivityColumns, Best, RequestColumns, Terms, best_pairs, combine

from . import reference
from .strategies import TODAY, worlds
from .world import crowd

thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def kept_by_reference(requests, activities, excluded, best):
    """(request, activity, tenths, rank, place) of every pair that is among the best of a side, by loops."""
    pairs = reference.all_pairs(requests, activities, TODAY, excluded)
    by_activity = sorted(pairs, key=lambda pair: (pair[1], -pair[2], pair[0]))
    place = {
        pair[:2]: place
        for _, group in groupby(by_activity, key=lambda pair: pair[1])
        for place, pair in enumerate(group, start=1)
    }
    return [
        (ask, offer, round(score * 10), min(rank, best + 1), min(place[ask, offer], best + 1))
        for ask, offer, score, rank in pairs
        if rank <= best or place[ask, offer] <= best
    ]


def plain(best: Best) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in best.columns()), strict=True))


def columns_of(requests, activities):
    return RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)


@thorough
@given(worlds(), st.integers(1, 3))
def test_the_best_of_either_side_are_those_of_loops(world, best):
    requests, activities, excluded = world
    found = best_pairs(*columns_of(requests, activities), Terms(today=TODAY, excluded=excluded), best=best)
    assert [pair[:5] for pair in plain(found)] == kept_by_reference(requests, activities, excluded, best)


@thorough
@given(worlds(), st.integers(1, 3), st.randoms(use_true_random=False), st.integers(1, 4))
def test_parts_put_together_are_the_whole(world, best, rng, count):
    requests, activities, excluded = world
    columns, offers = columns_of(requests, activities)
    terms = Terms(today=TODAY, excluded=excluded)
    part = np.array([rng.randrange(count) for _ in requests], dtype=np.int64)
    parts = [best_pairs(columns.take(part == number), offers, terms, best=best) for number in range(count)]
    rng.shuffle(parts)
    assert plain(combine(parts, best=best)) == plain(best_pairs(columns, offers, terms, best=best))


@pytest.fixture(scope="module")
def country():
    return crowd(150, 300)


def test_a_crowd_in_many_blocks(country, monkeypatch):
    monkeypatch.setattr("matching.engine.CHUNK", 500)
    monkeypatch.setattr("matching.best.Leaders.ROOM", 40)
    expected = kept_by_reference(*country, frozenset(), 4)
    assert len(expected) > 300
    found = best_pairs(*columns_of(*country), Terms(today=TODAY), best=4)
    assert [pair[:5] for pair in plain(found)] == expected


def test_fewer_of_parts_with_more(country):
    columns, offers = columns_of(*country)
    terms = Terms(today=TODAY)
    parts = [best_pairs(columns.take(slice(start, start + 50)), offers, terms, best=7) for start in (0, 50, 100)]
    assert plain(combine(parts, best=3)) == plain(best_pairs(columns, offers, terms, best=3))


def test_a_request_in_two_parts_is_refused(country):
    whole = best_pairs(*columns_of(*country), Terms(today=TODAY))
    with pytest.raises(ValueError, match="in two parts"):
        combine([whole, whole])


def test_nothing_put_together_is_nothing():
    assert len(combine([])) == 0
    empty = best_pairs(*columns_of([], []), Terms(today=TODAY))
    assert len(empty) == len(combine([empty, empty])) == 0


def test_the_best_none_are_refused():
    with pytest.raises(ValueError, match="best 0"):
        best_pairs(*columns_of([], []), Terms(today=TODAY), best=0)


def test_bytes_and_back(country):
    whole = best_pairs(*columns_of(*country), Terms(today=TODAY))
    assert plain(Best.from_bytes(whole.to_bytes())) == plain(whole)
    assert plain(Best.from_bytes(memoryview(combine([]).to_bytes()))) == []


@pytest.mark.parametrize("mend", [lambda data: b"", lambda data: data[:-1], lambda data: b"x" + data[1:]])
def test_what_is_no_best_is_refused(country, mend):
    data = best_pairs(*columns_of(*country), Terms(today=TODAY)).to_bytes()
    with pytest.raises(ValueError, match="best pairs"):
        Best.from_bytes(mend(data))


def test_one_wrong_bit_is_seen(country):
    data = bytearray(best_pairs(*columns_of(*country), Terms(today=TODAY)).to_bytes())
    data[1000] ^= 4
    with pytest.raises(ValueError, match="damaged"):
        Best.from_bytes(data)
