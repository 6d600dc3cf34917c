"""What a provider could change, against brute force: what is promised comes, and nothing that gains more is missed."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import ActivityColumns, RequestColumns, Terms, match_activity, widen_activity
from matching.levels import LEAVES, LEVELS
from matching.widen import class_groups

from . import reference
from .samples import activity, request
from .strategies import THEMES, TODAY, activity_rows, request_rows
from .world import crowd

thorough = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
offers = activity_rows()
many_asks = st.integers(0, 8).flatmap(lambda n: st.tuples(*(request_rows(row_id) for row_id in range(1, n + 1))))


def widened(offer, asks, excluded=()):
    return widen_activity(offer, RequestColumns.from_rows(asks), Terms(today=TODAY, excluded=excluded))


def fitting(offer, asks, excluded=frozenset()):
    return [ask.id for ask in asks if reference.eligible(ask, offer, TODAY, excluded)]


def gained(offer, asks, excluded, **change):
    now = fitting(offer, asks, excluded)
    return sorted(set(fitting(replace(offer, **change), asks, excluded)) - set(now))


@thorough
@given(offers, many_asks, st.sets(st.tuples(st.integers(1, 8), st.just(1)), max_size=2))
def test_a_widening_keeps_its_promise(offer, asks, excluded):
    found = widened(offer, asks, excluded)
    for widening in found:
        ids = gained(offer, asks, excluded, **{widening.field: widening.value})
        assert (widening.gained, list(widening.request_ids)) == (len(ids), ids[:10])
        assert widening.gained > 0
    assert len({widening.field for widening in found}) == len(found)
    per_step = [widening.gain_per_step for widening in found]
    assert per_step == sorted(per_step, reverse=True)


def every_change(offer):
    """Per field with steps of one kind all single steps."""
    groups = [LEVELS.mask_of(codes) for codes in class_codes()]
    months = [offer.months | 1 << month for month in range(12)] if offer.months and not offer.sessions else []
    return {
        "levels": [offer.levels | mask for mask in groups],
        "themes": [offer.themes | {theme} for theme in THEMES],
        "delivery": [offer.delivery | way for way in (1, 2, 4)],
        "months": months,
        "splittable": [True],
    }


def class_codes():
    codes = [[f"po-{year}", f"po-{year + 1}"] for year in (1, 3, 5, 7)]
    codes += [[track] for track in ("vo-pro", "vo-vmbo-bb", "vo-vmbo-kb", "vo-vmbo-gl", "vo-vmbo-tl", "vo-havo")]
    alone = ("vo-vwo", "ko", "so", "sbo", "vso", "mbo-1", "mbo-2", "mbo-3", "mbo-4", "hbo", "pabo", "wo")
    return codes + [[code] for code in alone]


@thorough
@given(offers, many_asks)
def test_no_single_step_gains_more(offer, asks):
    found = {widening.field: widening.gained for widening in widened(offer, asks)}
    for field, values in every_change(offer).items():
        most = max((len(gained(offer, asks, frozenset(), **{field: value})) for value in values), default=0)
        assert found.get(field, 0) == most


@thorough
@given(offers, many_asks)
def test_bounds_give_way_whenever_that_helps(offer, asks):
    found = {widening.field: widening for widening in widened(offer, asks)}
    bounds = {"group_min": None, "group_max": None, "max_travel_km": None, "cost": 0}
    for field, open_bound in bounds.items():
        assert (field in found) == bool(gained(offer, asks, frozenset(), **{field: open_bound}))


def test_class_groups_are_disjoint_and_hold_every_level():
    groups = class_groups(LEVELS)
    assert sorted(groups) == sorted(LEVELS.mask_of(codes) for codes in class_codes())
    assert sum(groups) == (1 << len(LEAVES)) - 1


@pytest.mark.parametrize(
    ("ask", "offer", "expected"),
    [
        ({"levels": 1 << 5}, {}, ("levels", 3 << 7 | 3 << 5, "levels", 1)),
        ({"themes": frozenset({4})}, {}, ("themes", frozenset({1, 4}), "theme", 1)),
        ({"delivery": 4}, {}, ("delivery", 7, "delivery", 1)),
        ({"group_size": 30}, {"group_max": 28, "splittable": True, "group_min": 31}, ("group_min", 30, "pupils", 1)),
        ({"max_cost": 5000}, {"cost": 6000}, ("cost", 5000, "cents", 1000)),
        ({"municipality": 9, "delivery": 1}, {}, ("regions", frozenset({687, 718, 9}), "municipality", 1)),
        ({}, {"months": 1}, ("months", 1 | 1 << 4, "month", 1)),
    ],
)
def test_what_would_help(ask, offer, expected):
    asks = [request(**ask)]
    (found, *_) = widened(activity(**offer), asks)
    assert (found.field, found.value, found.unit, found.size) == expected
    assert found.request_ids == (1,)


def test_a_larger_group_or_a_split_one():
    found = widened(activity(group_max=24), [request(1, group_size=26), request(2, group_size=28)])
    assert [(each.field, each.value, each.gained) for each in found] == [("splittable", True, 2), ("group_max", 26, 1)]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [(13.0, (19.5, 3, 6.5)), (12.0, (14.5, 1, 2.5)), (15.0, (19.0, 2, 4.0))],
)
def test_to_the_nearest_school_or_half_as_far_again(limit, expected):
    """One school at 14.5 and two at 18.9 km."""
    asks = [request(number, lat=51.4988 + north) for number, north in enumerate((0.13, 0.17, 0.17), start=1)]
    found = {each.field: each for each in widened(activity(delivery=1, max_travel_km=limit), asks)}
    farther = found["max_travel_km"]
    assert (farther.value, farther.gained, farther.size) == expected


def test_what_fits_already_is_not_gained():
    asks = [request(1), request(2, max_cost=0)]
    offer = activity(cost=5000)
    assert [pair.request_id for pair in match_activity(offer, RequestColumns.from_rows(asks), Terms(today=TODAY))] == [
        1
    ]
    assert [(each.field, each.request_ids) for each in widened(offer, asks)] == [("cost", (2,))]


def test_nobody_asks_anything():
    assert widened(activity(), []) == []


def test_two_refusals_need_two_changes():
    assert widened(activity(cost=100, group_max=20), [request(max_cost=0, group_size=30)]) == []


def test_a_crowd():
    requests, activities = crowd(400, 20, seed=3)
    columns = RequestColumns.from_rows(requests)
    for offer in activities:
        for widening in widen_activity(offer, columns, Terms(today=TODAY)):
            assert widening.gained == len(gained(offer, requests, frozenset(), **{widening.field: widening.value}))


def test_a_window_is_no_field_of_a_widening():
    """Dates that do not meet: the provider may add months, but not move what it has fixed."""
    offer = activity(available_until=datetime.date(2027, 4, 1))
    assert widened(offer, [request()]) == []
    assert ActivityColumns.from_rows([offer]).until_day[0] == datetime.date(2027, 4, 1).toordinal()
