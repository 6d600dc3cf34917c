"""An explanation agrees with what matching does, and its parts are the score."""

from __future__ import annotations

import math

from hypothesis import HealthCheck, given, settings

from matching import RULES, ActivityColumns, Terms, Weights, explain, match_request

from . import reference
from .samples import activity, request
from .strategies import TODAY, worlds

thorough = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@thorough
@given(worlds())
def test_verdicts_and_score_are_those_of_matching(world):
    requests, activities, excluded = world
    terms = Terms(today=TODAY, excluded=excluded)
    for ask in requests:
        pairs = match_request(ask, ActivityColumns.from_rows(activities), terms)
        scores = {pair.activity_id: pair.score for pair in pairs}
        for offer in activities:
            found = explain(ask, offer, terms)
            holds = {verdict.rule: verdict.holds for verdict in found.verdicts}
            assert holds == {name: rule(ask, offer, TODAY, excluded) for name, rule in reference.RULES.items()}
            assert found.eligible == (offer.id in scores)
            if found.eligible:
                assert found.score == scores[offer.id]
                assert math.isclose(sum(part.points for part in found.parts), found.score, abs_tol=0.0501)


def test_every_weight_is_a_part():
    found = explain(request(special=True, small=0.5, remote=1.0), activity(), Terms(today=TODAY))
    parts = {part.component: part for part in found.parts}
    assert list(parts) == [name for name, _ in Weights().items()]
    assert [verdict.rule for verdict in found.verdicts] == list(RULES)
    total = Weights().total
    for name, value, weight in (("special", 1, 3), ("small", 0.5, 2), ("remote", 1, 2)):
        assert (parts[name].value, parts[name].weight) == (value, weight)
        assert math.isclose(parts[name].points, weight * value / total * 100)
