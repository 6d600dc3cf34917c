"""A bound is never below what a pair gets, and what it leaves out no rule takes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matching import ActivityColumns, RequestColumns, Terms, Weights, best_pairs, match_all
from matching.block import Run
from matching.bound import OF_ACTIVITY, OF_LEVELS, OF_REQUEST, Bounds
from matching.narrow import Candidates, Narrow
from matching.rules import eligible
from matching.score import COMPONENTS, tenths
from matching.search import groups

from .strategies import TODAY, worlds
from .world import crowd

thorough = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
weights = st.builds(Weights, **{name: st.sampled_from([0, 1, 7, 25.5]) for name in COMPONENTS if name != "waiting"})


def run_of(requests, activities, excluded=frozenset(), table=Weights()) -> Run:  # noqa: B008  # frozen
    terms = Terms(today=TODAY, excluded=excluded, weights=table)
    return Run(RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities), terms)


def assert_no_pair_is_over_its_bounds(run: Run):
    bounds = Bounds(run, Narrow(run))
    for rows in Candidates(run).groups():
        pairs = eligible(
            run.block(np.repeat(rows, len(run.activities)), np.tile(np.arange(len(run.activities)), len(rows)))
        )
        own, near = bounds.own(rows), bounds.nearness(rows)
        exact = tenths(pairs)
        assert np.all(bounds.of_pairs(pairs.r, pairs.a, own[pairs.a]) >= exact)
        assert np.all((own + near)[pairs.a] + bounds.of_request[pairs.r] >= exact)


@thorough
@given(worlds(), weights)
def test_no_pair_is_over_its_bounds(world, table):
    assert_no_pair_is_over_its_bounds(run_of(*world, table=table))


def test_nor_in_a_crowd():
    assert_no_pair_is_over_its_bounds(run_of(*crowd(200, 400)))


@thorough
@given(worlds())
def test_what_is_not_a_candidate_is_refused_by_a_rule(world):
    run = run_of(*world)
    narrow, seen = Narrow(run), set()
    for rows, found in groups(run, 3):
        at = np.argwhere(narrow.holds(rows, found))
        seen |= {(int(rows[r]), int(found[a])) for r, a in at}
    fits = eligible(run.all_pairs())
    assert set(zip(fits.r.tolist(), fits.a.tolist(), strict=True)) <= seen


def test_every_component_has_a_bound():
    """A new component must be given one: what no name stands for here is bounded by hand."""
    assert {*OF_REQUEST, OF_ACTIVITY, OF_LEVELS, "distance", "theme", "period"} == set(COMPONENTS)


@pytest.mark.parametrize(("first", "columns", "size"), [(1, 4, 50), (3, 16, 1000), (1, 1, 1 << 22)])
def test_how_much_is_looked_at_first_changes_nothing(monkeypatch, first, columns, size):
    requests, activities, terms = *crowd(200, 500, seed=5), Terms(today=TODAY)
    sides = RequestColumns.from_rows(requests), ActivityColumns.from_rows(activities)
    expected = [column.tolist() for column in best_pairs(*sides, terms, best=3).columns()]
    ranked = match_all(*sides, terms)
    monkeypatch.setattr("matching.search.FIRST", first)
    monkeypatch.setattr("matching.search.COLUMNS", columns)
    monkeypatch.setattr("matching.search.CELLS", size)
    found = best_pairs(*sides, terms, best=3)
    assert [column.tolist() for column in found.columns()] == expected
    for name in ("activity_id", "rank"):
        assert getattr(found, name)[found.rank <= 3].tolist() == getattr(ranked, name)[ranked.rank <= 3].tolist()
