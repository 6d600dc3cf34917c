from __future__ import annotations

import math

import numpy as np
import pytest

from matching import ActivityColumns, RequestColumns, Terms, match_activity, match_all, match_request, near_misses

from .samples import activity, request
from .strategies import TODAY
from .world import crowd

TERMS = Terms(today=TODAY)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kind": 64}, "activity 1: kind 64"),
        ({"kind": -1}, "activity 1: kind -1"),
        ({"months": 4096}, "months 4096"),
        ({"delivery": 8}, "delivery 8"),
        ({"levels": 1 << 64}, "levels or audience"),
        ({"audience": -1}, "levels or audience"),
        ({"themes": frozenset({-1})}, "negative"),
        ({"max_travel_km": -1.0}, "-1.0 km"),
        ({"max_travel_km": math.nan}, "nan km"),
        ({"answer_record": 1.1}, "answer record 1.1"),
        ({"lat": 91.0}, "latitude 91.0"),
        ({"lon": math.nan}, "longitude nan"),
    ],
)
def test_what_is_no_activity_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        ActivityColumns.from_rows([activity(**changes)])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"kinds": 1 << 64}, "request 1: kinds"),
        ({"lat": -91.0}, "-91.0"),
        ({"small": 1.1}, "small 1.1"),
        ({"remote": math.nan}, "remote nan"),
    ],
)
def test_what_is_no_request_is_named(changes, message):
    with pytest.raises(ValueError, match=message):
        RequestColumns.from_rows([request(**changes)])


def test_an_id_twice_is_refused():
    with pytest.raises(ValueError, match="activity 7: is there twice"):
        ActivityColumns.from_rows([activity(7), activity(8), activity(7)])


def test_rows_are_sorted_by_id():
    assert ActivityColumns.from_rows([activity(n) for n in (5, 1, 3)]).id.tolist() == [1, 3, 5]


def test_nothing_matches_nothing():
    requests, activities = RequestColumns.from_rows([]), ActivityColumns.from_rows([])
    assert len(match_all(requests, activities, TERMS)) == 0
    assert len(match_all(RequestColumns.from_rows([request()]), activities, TERMS)) == 0
    assert len(match_all(requests, ActivityColumns.from_rows([activity()]), TERMS)) == 0
    assert match_request(request(), activities, TERMS) == []
    assert match_activity(activity(), requests, TERMS) == []
    assert near_misses(request(), activities, TERMS) == []


@pytest.mark.parametrize("rows", [[0, 4, 7, 30], [], list(range(40))])
def test_taken_columns_are_the_columns_of_those_rows(rows):
    """Sessions and municipalities are shared, so they are compared by what they lead to."""
    requests, activities = crowd(40, 40)
    offers = ActivityColumns.from_rows(activities).take(np.array(rows, dtype=np.int64))
    anew = ActivityColumns.from_rows([activities[row] for row in rows])
    asks = RequestColumns.from_rows(requests)
    found, expected = match_all(asks, offers, TERMS), match_all(asks, anew, TERMS)
    assert found.activity_id.tolist() == expected.activity_id.tolist()
    assert found.score.tolist() == expected.score.tolist()


def test_a_slice_and_a_mask_take_the_same():
    columns = RequestColumns.from_rows(crowd(10, 0)[0])
    mask = np.arange(10) < 4
    assert columns.take(mask).id.tolist() == columns.take(slice(4)).id.tolist() == [1, 2, 3, 4]


def test_many_municipalities_and_themes():
    """Beyond one 64-bit word of each."""
    offer = activity(regions=frozenset(range(0, 2000, 7)), themes=frozenset({0, 64, 191}))
    for number in (0, 7 * 64, 1995, 1, 1996, 5000):
        found = match_request(request(municipality=number, themes=frozenset({191})), columns_of(offer), TERMS)
        assert bool(found) == (number in offer.regions)


def columns_of(*rows):
    return ActivityColumns.from_rows(rows)
