"""What the score promises: from 0 to 100, and the three "never lower" of design.md §5."""

from __future__ import annotations

import datetime
import math
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from matching import LEAVES, LEVELS, ActivityColumns, RequestColumns, Terms, Weights, match_all, match_request
from matching.score import COMPONENTS

from . import reference
from .samples import activity, request
from .strategies import LEVEL_CODES, THEMES, TODAY

weights = st.builds(Weights, **{name: st.sampled_from([0, 1, 7, 25.5]) for name in COMPONENTS if name != "waiting"})


codes = st.sets(st.sampled_from([leaf.code for leaf in LEAVES] + LEVEL_CODES), max_size=3)
levels = codes.map(lambda chosen: LEVELS.mask_of({"po-7", *chosen}))
some_themes = st.frozensets(st.sampled_from(THEMES), max_size=4).map(lambda chosen: chosen | {1})
# Pairs that mostly fit, so that there is a score to compare; what the score is made of differs.
asks = st.builds(
    request,
    lat=st.floats(51, 53),
    lon=st.floats(3, 7),
    delivery=st.integers(0, 7),
    max_travel_km=st.sampled_from([None, 20.0, 200.0]),
    levels=levels,
    themes=some_themes,
    kinds=st.sampled_from([0, 2]),
    waiting_days=st.integers(0, 90),
)
offers = st.builds(
    activity,
    lat=st.floats(51, 53),
    lon=st.floats(3, 7),
    everywhere=st.just(True),
    delivery=st.integers(1, 7),
    max_travel_km=st.sampled_from([None, 20.0, 200.0]),
    levels=levels,
    themes=some_themes,
    months=st.sampled_from([0, 1 << 4, 1 << 5]),
    answer_record=st.sampled_from([None, 0.0, 0.9]),
)


def scored(ask, offer, weight_table=None) -> float | None:
    terms = Terms(today=TODAY) if weight_table is None else Terms(today=TODAY, weights=weight_table)
    pairs = match_request(ask, ActivityColumns.from_rows([offer]), terms)
    return pairs[0].score if pairs else None


def never_lower(ask, offer, better, weight_table) -> None:
    """Where both are eligible, `better` has at least the score of `offer`."""
    one, other = scored(ask, offer, weight_table), scored(ask, better, weight_table)
    assume(one is not None)
    assert other is not None
    assert other >= one


@given(asks, offers, st.floats(51, 53), st.floats(3, 7), st.floats(0, 1), weights)
def test_nearer_is_never_lower(ask, offer, lat, lon, fraction, weight_table):
    far = replace(offer, lat=lat, lon=lon)
    near = replace(offer, lat=ask.lat + (lat - ask.lat) * fraction, lon=ask.lon + (lon - ask.lon) * fraction)
    assume(reference.distance_km(ask, near) <= reference.distance_km(ask, far))
    never_lower(ask, far, near, weight_table)


@given(asks, offers, st.sampled_from(THEMES), weights)
def test_one_more_shared_theme_is_never_lower(ask, offer, theme, weight_table):
    asked = replace(ask, themes=ask.themes | {theme})
    never_lower(asked, offer, replace(offer, themes=offer.themes | {theme}), weight_table)


# Of few random pairs can the levels come closer.
@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(asks, offers, st.data(), weights)
def test_a_closer_level_is_never_lower(ask, offer, data, weight_table):
    """One leaf of the activity makes place for one that is closer to the request: year over track over sector."""

    def closeness(bit: int) -> int:
        asked = [reference.LEAVES[leaf] for leaf in reference.bits(ask.levels)]
        code, sector, track = reference.LEAVES[bit]
        return max((code == c) + (track == t and sector == s) + (sector == s) for c, s, t in asked)

    leaf = data.draw(st.sampled_from(sorted(reference.bits(offer.levels))))
    assume(not ask.levels >> leaf & 1)
    closer = [bit for bit in range(len(LEAVES)) if closeness(bit) > closeness(leaf) and not offer.levels >> bit & 1]
    assume(closer)
    levels = offer.levels & ~(1 << leaf) | 1 << data.draw(st.sampled_from(closer))
    never_lower(ask, offer, replace(offer, levels=levels), weight_table)


@given(asks, offers, st.data(), weights)
def test_one_more_level_asked_for_is_never_lower(ask, offer, data, weight_table):
    bit = data.draw(st.sampled_from(sorted(reference.bits(ask.levels))))
    never_lower(ask, offer, replace(offer, levels=offer.levels | 1 << bit), weight_table)


def test_year_before_track_before_sector():
    ask = request(levels=LEVELS.mask_of(["vo-havo-3"]))
    aims = [{"vo-havo-3"}, {"vo-havo-3", "vo-havo-4"}, {"vo-havo-3", "vo-vwo-4"}, {"vo-havo-3", "mbo-4"}]
    scores = [scored(ask, activity(levels=LEVELS.mask_of(aim))) for aim in aims]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)


@given(asks, offers, weights)
def test_from_0_to_100(ask, offer, weight_table):
    score = scored(ask, offer, weight_table)
    assume(score is not None)
    assert 0 <= score <= 100


def test_everything_perfect_is_100():
    urgent = {"waiting_days": 60, "special": True, "small": 1.0, "remote": 1.0}
    ask = request(themes=frozenset({1, 2, 3}), kinds=2, date_until=datetime.date(2027, 5, 31), **urgent)
    offer = activity(themes=frozenset({1, 2, 3}), levels=ask.levels, answer_record=1.0)
    assert scored(ask, offer) == 100


def test_of_equal_scores_the_lower_id_comes_first():
    columns = ActivityColumns.from_rows([activity(number) for number in (9, 3, 70)])
    pairs = match_request(request(), columns, Terms(today=TODAY))
    assert [(pair.activity_id, pair.rank) for pair in pairs] == [(3, 1), (9, 2), (70, 3)]
    assert len({pair.score for pair in pairs}) == 1


def test_only_the_proportions_of_the_weights_count():
    doubled = Weights(**{name: 2 * weight for name, weight in Weights().items()})
    assert scored(request(), activity()) == scored(request(), activity(), doubled)


def test_a_weight_may_be_all():
    only = Weights(**dict.fromkeys(COMPONENTS, 0) | {"distance": 3})
    assert scored(request(), activity(), only) == 100


def test_weights_and_components_have_the_same_names():
    assert [name for name, _ in Weights().items()] == list(COMPONENTS)
    assert dict(Weights().items()) == reference.WEIGHTS


@pytest.mark.parametrize("weight", [-1, math.nan, math.inf, "5", None])
def test_a_weight_that_is_no_number_is_refused(weight):
    with pytest.raises(ValueError, match="weight theme"):
        Weights(theme=weight)


def test_weights_that_are_all_0_are_refused():
    with pytest.raises(ValueError, match="all weights are 0"):
        Weights(**dict.fromkeys(COMPONENTS, 0))


def test_the_score_does_not_depend_on_the_company_it_is_in():
    """Vectorised arithmetic gives the last bit alike at every position of a block."""
    ask = request(max_travel_km=None)
    row = [activity(n, lat=50.8 + n * 0.0061, lon=3.4 + n * 0.0107, answer_record=n / 331) for n in range(1, 332)]
    together = match_all(RequestColumns.from_rows([ask]), ActivityColumns.from_rows(row), Terms(today=TODAY))
    alone = {offer.id: scored(ask, offer) for offer in row}
    assert dict(zip(together.activity_id.tolist(), together.score.tolist(), strict=True)) == alone
