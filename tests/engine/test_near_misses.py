"""Near misses against brute force: the counts, that a loosening keeps its promise, and that none is smaller."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings

from matching import (
    ActivityColumns,
    NearMiss,
    Terms,
    match_request,
    near_misses,
)

from . import reference
from .samples import activity, request
from .strategies import TODAY, worlds

thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def misses_of(row, activities, excluded=frozenset()) -> list[NearMiss]:
    return near_misses(row, ActivityColumns.from_rows(activities), Terms(today=TODAY, excluded=excluded))


def refused_only_by(rule, row, activities, excluded):
    """The activities that every rule but this one takes."""
    others = [other for name, other in reference.RULES.items() if name != rule]
    return [
        offer
        for offer in activities
        if all(other(row, offer, TODAY, excluded) for other in others)
        and not reference.RULES[rule](row, offer, TODAY, excluded)
    ]


def gained(row, missed, field, value, excluded):
    loosened = replace(row, **{field: value})
    return [offer.id for offer in missed if reference.eligible(loosened, offer, TODAY, excluded)]


@thorough
@given(worlds())
def test_counts_are_those_of_brute_force(world):
    requests, activities, excluded = world
    for row in requests:
        expected = {rule: len(refused_only_by(rule, row, activities, excluded)) for rule in reference.RULES}
        found = misses_of(row, activities, excluded)
        assert [(miss.rule, miss.count) for miss in found] == [item for item in expected.items() if item[1]]


@thorough
@given(worlds())
def test_a_loosening_keeps_its_promise(world):
    requests, activities, excluded = world
    for row in requests:
        for miss in misses_of(row, activities, excluded):
            missed = refused_only_by(miss.rule, row, activities, excluded)
            for loosening in miss.loosenings:
                yields = gained(row, missed, loosening.field, loosening.value, excluded)
                assert (len(yields), min(yields)) == (loosening.gained, loosening.activity_id)


@thorough
@given(worlds())
def test_no_smaller_step_is_enough(world):
    """Kilometres, cents and days: a wider bound holds what a narrower one held, so one step less tells."""
    requests, activities, excluded = world
    day = datetime.timedelta(days=1)
    less = {
        "max_travel_km": lambda value: value - 0.1 - 1e-9,
        "max_cost": lambda value: value - 1,
        "date_until": lambda value: value - day,
        "date_from": lambda value: value + day,
    }
    for row in requests:
        for miss in misses_of(row, activities, excluded):
            missed = refused_only_by(miss.rule, row, activities, excluded)
            for loosening in miss.loosenings:
                if loosening.field in less:
                    smaller = less[loosening.field](loosening.value)
                    assert not gained(row, missed, loosening.field, smaller, excluded)


def step_in_days(row, missed, excluded):
    """The fewest days, later or sooner, within half a year."""
    for size in range(1, 183):
        step = datetime.timedelta(days=size)
        for field, value in (("date_until", row.date_until + step), ("date_from", row.date_from - step)):
            if gained(row, missed, field, value, excluded):
                return size
    return None


def step_in_pupils(row, missed, excluded):
    sizes = sorted(range(1, 60), key=lambda size: abs(size - row.group_size))
    fits = (abs(size - row.group_size) for size in sizes if gained(row, missed, "group_size", size, excluded))
    return next(fits, None)


def smallest(found, rule, unit):
    sizes = [step.size for miss in found if miss.rule == rule for step in miss.loosenings if step.unit == unit]
    return sizes[0] if sizes and sizes[0] < 183 else None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(worlds())
def test_the_smallest_step_is_found_whenever_there_is_one(world):
    requests, activities, excluded = world
    assume(requests and activities)
    for row in requests:
        found = misses_of(row, activities, excluded)
        missed = {rule: refused_only_by(rule, row, activities, excluded) for rule in ("period", "group")}
        assert smallest(found, "period", "days") == step_in_days(row, missed["period"], excluded)
        assert smallest(found, "group", "pupils") == step_in_pupils(row, missed["group"], excluded)


FAR = {"lat": 51.504, "lon": 3.8911}  # Goes, 19.5 km from the school


@pytest.mark.parametrize(
    ("ask", "offer", "expected"),
    [
        ({"max_travel_km": 15.0}, {"delivery": 2, **FAR}, ("max_travel_km", 19.5, "km")),
        ({"delivery": 1}, {"delivery": 4}, ("delivery", 5, "delivery")),
        ({"max_cost": 0}, {"cost": 7500}, ("max_cost", 7500, "cents")),
        ({"group_size": 26}, {"group_max": 20}, ("group_size", 20, "pupils")),
        ({"group_size": 8}, {"group_min": 10}, ("group_size", 10, "pupils")),
        ({"themes": frozenset({1})}, {"themes": frozenset({2})}, ("themes", frozenset({1, 2}), "theme")),
        ({"kinds": 2}, {"kind": 2}, ("kinds", 6, "kind")),
        ({}, {"months": 1 << 6}, ("date_until", datetime.date(2027, 7, 1), "days")),
        ({}, {"sessions": ((datetime.date(2027, 4, 30), 30),)}, ("date_from", datetime.date(2027, 4, 30), "days")),
        ({}, {"available_until": datetime.date(2027, 4, 20)}, ("date_from", datetime.date(2027, 4, 20), "days")),
        ({}, {"lead_days": 120}, ("date_until", datetime.date(2027, 6, 30), "days")),
        ({}, {"sessions": ((datetime.date(2027, 5, 20), 12),)}, ("group_size", 12, "pupils")),
    ],
)
def test_what_would_help(ask, offer, expected):
    (miss,) = misses_of(request(**ask), [activity(**offer)])
    step = miss.loosening
    assert (step.field, step.value, step.unit) == expected


@pytest.mark.parametrize("offer", [{"live": False}, {"levels": 1}, {"audience": 2}])
def test_some_rules_leave_the_school_nothing_to_change(offer):
    (miss,) = misses_of(request(), [activity(**offer)])
    assert (miss.count, miss.loosenings, miss.loosening) == (1, (), None)


def test_two_refusals_are_no_near_miss():
    assert misses_of(request(max_cost=0, group_size=30), [activity(cost=100, group_max=20)]) == []


def test_what_fits_is_not_counted():
    dear, free = activity(1, cost=100), activity(2)
    ask = request(max_cost=0)
    assert [pair.activity_id for pair in match_request(ask, ActivityColumns.from_rows([free]), Terms(today=TODAY))] == [
        2
    ]
    assert [miss.count for miss in misses_of(ask, [dear, free])] == [1]
