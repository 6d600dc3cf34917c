"""Each rule at its edge, by hand. `explain` must say the same as the rules, and name the rule that refuses."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import HealthCheck, given, settings

from matching import RULES, ActivityColumns, Terms, explain, match_request
from matching.rules import _IN_ORDER_OF_EFFORT

from . import reference
from .samples import activity, request
from .strategies import TODAY, worlds

VLISSINGEN = {"lat": 51.4536, "lon": 3.5709}
TO_VLISSINGEN = 5.739  # km from Middelburg, rounded


def date(month: int, day: int) -> datetime.date:
    return datetime.date(2027, month, day)


def refusals(ask, offer, excluded=frozenset()) -> list[str]:
    """The rules that refuse the pair; the engine agrees that there are some or none."""
    terms = Terms(today=TODAY, excluded=excluded)
    found = explain(ask, offer, terms)
    assert found.eligible == bool(match_request(ask, ActivityColumns.from_rows([offer]), terms))
    return [verdict.rule for verdict in found.verdicts if not verdict.holds]


def test_the_sample_fits():
    assert refusals(request(), activity()) == []


exact = reference.distance_km(request(), activity(**VLISSINGEN))


@pytest.mark.parametrize(
    ("ask", "offer", "refused"),
    [
        # live
        ({"live": False}, {}, ["live"]),
        ({}, {"live": False}, ["live"]),
        # place
        ({"municipality": 3}, {}, ["place"]),
        ({"municipality": 3}, {"everywhere": True, "regions": frozenset()}, []),
        ({"municipality": 3}, {"delivery": 4}, []),
        ({"municipality": 3}, {"delivery": 7}, []),
        ({"municipality": 3, "delivery": 3}, {"delivery": 7}, ["place"]),
        ({}, {"regions": frozenset(), "delivery": 4}, []),
        ({}, {"delivery": 0}, ["place"]),
        ({"delivery": 1}, {"delivery": 2}, ["place"]),
        ({"delivery": 4}, {"delivery": 3}, ["place"]),
        ({}, {"delivery": 1, "max_travel_km": exact, **VLISSINGEN}, []),
        ({}, {"delivery": 1, "max_travel_km": exact - 1e-6, **VLISSINGEN}, ["place"]),
        ({"max_travel_km": exact}, {"delivery": 2, **VLISSINGEN}, []),
        ({"max_travel_km": exact - 1e-6}, {"delivery": 2, **VLISSINGEN}, ["place"]),
        ({"max_travel_km": 0.0}, {"delivery": 2}, []),
        ({"max_travel_km": 0.0}, {"delivery": 1, **VLISSINGEN}, []),
        ({}, {"delivery": 2, "max_travel_km": 0.0, **VLISSINGEN}, []),
        ({}, {"delivery": 1, "max_travel_km": 0.0, **VLISSINGEN}, ["place"]),
        # level
        ({"levels": 0}, {}, ["level"]),
        ({}, {"levels": 0}, ["level"]),
        ({"levels": 1 << 63}, {"levels": 1 << 63 | 1}, []),
        # theme
        ({"themes": frozenset({2})}, {}, ["theme"]),
        ({"themes": frozenset({2, 200})}, {"themes": frozenset({1, 200})}, []),
        ({"themes": frozenset({200})}, {}, ["theme"]),
        ({"themes": frozenset({1})}, {"themes": frozenset()}, ["theme"]),
        # kind
        ({"kinds": 1 << 2}, {}, ["kind"]),
        ({"kinds": 1 << 63}, {"kind": 63}, []),
        # audience
        ({"audience": 2}, {}, ["audience"]),
        ({"audience": 0}, {}, ["audience"]),
        ({"audience": 3}, {"audience": 6}, []),
        # group
        ({"group_size": 20}, {"group_min": 20, "group_max": 20}, []),
        ({"group_size": 19}, {"group_min": 20}, ["group"]),
        ({"group_size": 21}, {"group_max": 20}, ["group"]),
        ({"group_size": 21}, {"group_max": 20, "splittable": True}, []),
        ({"group_size": 19}, {"group_min": 20, "splittable": True}, ["group"]),
        # cost
        ({"max_cost": 0}, {"cost": 0}, []),
        ({"max_cost": 0}, {"cost": 1}, ["cost"]),
        ({"max_cost": 5000}, {"cost": 5000}, []),
        ({}, {"cost": 10**9}, []),
    ],
)
def test_edge(ask, offer, refused):
    assert refusals(request(**ask), activity(**offer)) == refused


@pytest.mark.parametrize(
    ("offer", "refused"),
    [
        ({"months": 1 << 3}, ["period"]),
        ({"months": 1 << 4}, []),
        ({"months": 1 << 5}, []),
        ({"months": 1 << 6}, ["period"]),
        ({"months": 0}, []),
        # May is open to the request and June to the activity, but no day is both.
        ({"months": 1 << 4, "available_from": date(6, 1)}, ["period"]),
        ({"months": 1 << 5, "available_until": date(5, 31)}, ["period"]),
        ({"months": 1 << 4, "available_from": date(5, 31)}, []),
        ({"available_until": date(5, 3)}, []),
        ({"available_until": date(5, 2)}, ["period"]),
        ({"available_from": date(6, 15)}, []),
        ({"available_from": date(6, 16)}, ["period"]),
        ({"available_from": date(6, 10), "available_until": date(6, 1)}, ["period"]),
        ({"lead_days": (date(6, 15) - TODAY).days}, []),
        ({"lead_days": (date(6, 16) - TODAY).days}, ["period"]),
        ({"lead_days": 10**9}, ["period"]),
        ({"sessions": ((date(5, 3), 28),)}, []),
        ({"sessions": ((date(6, 15), 28),)}, []),
        ({"sessions": ((date(5, 2), 28), (date(6, 16), 28))}, ["period"]),
        ({"sessions": ((date(5, 20), 27),)}, ["period"]),
        ({"sessions": ((date(5, 20), 27), (date(6, 1), 28))}, []),
        # The seats of a session count also when the group can be split.
        ({"sessions": ((date(5, 20), 27),), "splittable": True}, ["period"]),
        # Sessions speak for themselves: neither months nor availability bind them.
        ({"sessions": ((date(5, 20), 28),), "months": 1, "available_until": TODAY}, []),
        ({"sessions": ((date(5, 20), 28),), "lead_days": (date(5, 21) - TODAY).days}, ["period"]),
        # Only past sessions left: not available, although the months would do.
        ({"sessions": ((date(1, 5), 28),)}, ["period"]),
    ],
)
def test_period(offer, refused):
    assert refusals(request(), activity(**offer)) == refused


def test_the_window_may_span_a_new_year():
    ask = request(date_from=date(11, 20), date_until=datetime.date(2028, 2, 3))
    assert [refusals(ask, activity(months=1 << month)) for month in range(12)] == [
        [] if month in {10, 11, 0, 1} else ["period"] for month in range(12)
    ]


def test_a_window_that_ends_before_it_begins():
    assert refusals(request(date_until=date(5, 2)), activity()) == ["period"]


def test_a_request_from_the_past_starts_today():
    ask = request(date_from=datetime.date(2026, 9, 1), date_until=TODAY)
    assert refusals(ask, activity()) == []
    assert refusals(ask, activity(lead_days=1)) == ["period"]


def test_an_excluded_pair_excludes_nothing_else():
    assert refusals(request(), activity(), {(1, 1)}) == ["pair"]
    assert refusals(request(), activity(), {(1, 2), (2, 1)}) == []


def test_every_rule_is_asked():
    assert sorted(_IN_ORDER_OF_EFFORT) == sorted(RULES)
    assert list(RULES) == list(reference.RULES)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(worlds())
def test_explain_agrees_rule_by_rule(world):
    requests, activities, excluded = world
    for ask in requests:
        for offer in activities:
            found = explain(ask, offer, Terms(today=TODAY, excluded=excluded))
            expected = [(name, bool(rule(ask, offer, TODAY, excluded))) for name, rule in reference.RULES.items()]
            assert [(verdict.rule, verdict.holds) for verdict in found.verdicts] == expected
            if found.eligible:
                assert found.score == reference.score(ask, offer, TODAY)


def test_explain_shows_both_values():
    found = explain(request(max_travel_km=5.0), activity(delivery=2, **VLISSINGEN), Terms(today=TODAY))
    place = next(verdict for verdict in found.verdicts if verdict.rule == "place")
    assert place.request_value == {"municipality": 687, "delivery": 0, "max_travel_km": 5.0}
    assert place.activity_value.pop("distance_km") == pytest.approx(TO_VLISSINGEN, abs=0.01)
    assert place.activity_value == {"covered": True, "delivery": 2, "max_travel_km": None, "workable": 0}
    assert not place.holds


def test_the_parts_add_up_to_the_score():
    found = explain(request(), activity(), Terms(today=TODAY))
    assert sum(part.points for part in found.parts) == pytest.approx(found.score, abs=0.05)
