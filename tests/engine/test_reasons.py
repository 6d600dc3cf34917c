"""What a pair says for itself."""

from __future__ import annotations

import datetime
import json

import pytest
from hypothesis import HealthCheck, given, settings

from matching import LEVELS, ActivityColumns, Terms, Weights, match_request

from . import reference
from .samples import activity, request
from .strategies import TODAY, worlds


def pair_of(ask, offer, **terms):
    (pair,) = match_request(ask, ActivityColumns.from_rows([offer]), Terms(today=TODAY, **terms))
    return pair


def reasons_of(ask, offer, **terms):
    return dict(pair_of(ask, offer, **terms).reasons)


def test_the_reference_record_says_why():
    """The Mini-Zonnebootrace for a class of groep 7 and 8 in Middelburg, three themes asked for, one served."""
    race = activity(
        levels=LEVELS.mask_of(["po-6", "po-7", "po-8"]),
        lat=51.4536,
        lon=3.5709,
        delivery=2,
        months=1 << 5,
        sessions=((datetime.date(2027, 6, 12), 60),),
    )
    ask = request(levels=LEVELS.mask_of(["po-7", "po-8"]), themes=frozenset({0, 1, 7}), kinds=2, waiting_days=5)
    pair = pair_of(ask, race)
    assert pair.reasons == (
        ("distance_km", 5.7),
        ("levels", ("po-7", "po-8")),
        ("themes", (1,)),
        ("session", "2027-06-12"),
        ("kind", 1),
        ("new_provider", True),
        ("new_school", True),
        ("waiting_days", 5),
        ("free", True),
        ("delivery", 2),
        ("audience", 1),
    )
    assert pair.shortfalls == (("themes_missing", (0, 7)),)


def test_reasons_follow_the_weights():
    heavy_period = Weights(period=90, theme=50)
    codes = [code for code, _ in pair_of(request(themes=frozenset({1})), activity(), weights=heavy_period).reasons]
    assert codes[:4] == ["all_year", "themes", "distance_km", "levels"]


@pytest.mark.parametrize(
    ("offer", "expected"),
    [
        ({}, ("all_year", True)),
        ({"months": 1 << 4 | 1 << 5 | 1 << 11}, ("months", (5, 6))),
        ({"available_until": datetime.date(2027, 5, 31)}, ("months", (5,))),
        ({"sessions": ((datetime.date(2027, 6, 1), 28), (datetime.date(2027, 5, 9), 28))}, ("session", "2027-05-09")),
    ],
)
def test_period(offer, expected):
    assert expected in pair_of(request(), activity(**offer)).reasons


def test_months_come_in_the_order_of_the_window():
    ask = request(date_from=datetime.date(2027, 11, 1), date_until=datetime.date(2028, 2, 1))
    assert reasons_of(ask, activity(months=0b100000000011))["months"] == (12, 1, 2)


def test_online_only_has_no_distance():
    found = reasons_of(request(), activity(delivery=4, lat=53.2, lon=6.5))
    assert found["online"] is True
    assert "distance_km" not in found


def test_no_wish_is_no_reason():
    assert not {"themes", "kind"} & reasons_of(request(), activity()).keys()


def test_answer_record():
    assert reasons_of(request(), activity(answer_record=0.9))["answer_record"] == 0.9


@pytest.mark.parametrize(
    ("ask", "offer", "expected"),
    [
        ({}, {}, ()),
        ({"group_size": 28}, {"group_max": 24, "splittable": True}, (("group_split", (24, 2)),)),
        ({"levels": 1 << 7 | 1 << 6}, {"levels": 1 << 7}, (("levels_missing", ("po-6",)),)),
        ({"themes": frozenset({1, 99})}, {}, (("themes_missing", (99,)),)),
        ({"delivery": 3}, {"delivery": 2}, (("delivery_missing", 1),)),
        ({"delivery": 0}, {"delivery": 2}, ()),
        ({"delivery": 6}, {"delivery": 6, "regions": frozenset()}, (("delivery_missing", 2),)),
    ],
)
def test_shortfalls(ask, offer, expected):
    assert pair_of(request(**ask), activity(**offer)).shortfalls == expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_reasons_tell_the_truth_and_fit_in_json(world):
    requests, activities, excluded = world
    offers = {offer.id: offer for offer in activities}
    columns = ActivityColumns.from_rows(activities)
    for ask in requests:
        for pair in match_request(ask, columns, Terms(today=TODAY, excluded=excluded)):
            offer, found = offers[pair.activity_id], dict(pair.reasons)
            json.dumps([pair.reasons, pair.shortfalls])
            on_site = reference.workable(ask, offer) - {"online"}
            assert ("distance_km" in found) == bool(on_site)
            assert set(found.get("themes", ())) == ask.themes & offer.themes
            assert LEVELS.mask_of(found["levels"]) == ask.levels & offer.levels
            days = list(reference.days_that_fit(ask, offer, TODAY))
            if "session" in found:
                assert found["session"] == min(days).isoformat()
            elif "months" in found:
                assert found["months"] == tuple(dict.fromkeys(day.month for day in days))
