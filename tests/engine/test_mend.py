"""What would make one pair eligible: every broken rule is named, and a change that is proposed does mend its rule."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from matching import AT_PROVIDER, AT_SCHOOL, LEVELS, Terms
from matching.mend import mends

from . import reference
from .samples import activity, request
from .strategies import TODAY, worlds

thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(worlds())
def test_every_change_mends_its_rule(world):
    requests, activities, excluded = world
    for row in requests:
        for offer in activities:
            found = mends(row, offer, Terms(today=TODAY, excluded=excluded))
            broken = [name for name, rule in reference.RULES.items() if not rule(row, offer, TODAY, excluded)]
            assert [mend.rule for mend in found] == broken
            for mend in found:
                if mend.change:
                    changed = replace(row, **{mend.change.field: mend.change.value})
                    assert reference.RULES[mend.rule](changed, offer, TODAY, excluded)


@pytest.mark.parametrize(
    ("asked", "offered", "field", "value"),
    [
        ({"group_size": 28}, {"group_max": 20}, "group_size", 20),
        ({"group_size": 10}, {"group_min": 15}, "group_size", 15),
        ({"max_cost": 0}, {"cost": 7500}, "max_cost", 7500),
        ({"themes": frozenset({2})}, {"themes": frozenset({1})}, "themes", frozenset({1, 2})),
        ({"kinds": 1 << 3}, {"kind": 1}, "kinds", 1 << 3 | 1 << 1),
        ({"delivery": AT_PROVIDER}, {"delivery": AT_SCHOOL}, "delivery", AT_PROVIDER | AT_SCHOOL),
        ({}, {"available_from": datetime.date(2027, 7, 1)}, "date_until", datetime.date(2027, 7, 1)),
    ],
)
def test_the_least_that_would_do(asked, offered, field, value):
    (mend,) = mends(request(**asked), activity(**offered), Terms(today=TODAY))
    assert mend.change is not None
    assert (mend.change.field, mend.change.value) == (field, value)


def test_a_pair_that_fits_needs_nothing():
    assert mends(request(), activity(), Terms(today=TODAY)) == []


def test_what_the_request_cannot_change_is_said():
    (mend,) = mends(request(), activity(levels=LEVELS.mask_of(["vo-havo"])), Terms(today=TODAY))
    assert (mend.rule, mend.change) == ("level", None)
