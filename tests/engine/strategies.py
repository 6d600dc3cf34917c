"""Small worlds in which every rule is often just met and often just missed."""

from __future__ import annotations

import datetime

from hypothesis import strategies as st

from matching import LEVELS, ActivityRow, RequestRow

TODAY = datetime.date(2027, 3, 2)
# Middelburg, Vlissingen, Goes, Assen, and the antipode of none of them; Kralendijk lies an ocean away.
POINTS = [(51.4988, 3.6109), (51.4536, 3.5709), (51.5040, 3.8911), (52.9925, 6.5649), (12.1500, -68.2667)]
MUNICIPALITIES = [1, 2, 664, 687, 718, 1999]
LEVEL_CODES = ["ko", "po", "po-7", "po-8", "vso", "vo", "vo-vmbo", "vo-vmbo-tl", "vo-vmbo-tl-3", "vo-havo-3", "mbo"]
THEMES = [0, 1, 5, 63, 64, 130]

points = st.sampled_from(POINTS)
level_masks = st.sets(st.sampled_from(LEVEL_CODES), max_size=2).map(lambda codes: LEVELS.mask_of({"po-7", *codes}))
other_masks = st.sets(st.sampled_from(LEVEL_CODES), min_size=1, max_size=2).map(LEVELS.mask_of)
near_days = st.integers(-20, 90).map(lambda days: TODAY + datetime.timedelta(days=days))
month_masks = st.one_of(st.just(0), st.integers(0, 4095), st.sampled_from([1 << month for month in range(12)]))
sizes = st.sampled_from([0, 1, 19, 20, 21, 30])
kilometres = st.sampled_from([None, 0.0, 5.0, 5.7, 20.0, 200.0, 9000.0])
themes = st.frozensets(st.sampled_from(THEMES), max_size=3)
regions = st.frozensets(st.sampled_from(MUNICIPALITIES), max_size=4)


def often(usual: object, other: st.SearchStrategy) -> st.SearchStrategy:
    """Nine times in ten the usual: ten rules seldom hold together when each fails at a coin's toss."""
    return st.integers(0, 9).flatmap(lambda number: other if number == 9 else st.just(usual))


@st.composite
def activity_rows(draw: st.DrawFn, row_id: int = 1) -> ActivityRow:
    lat, lon = draw(points)
    return ActivityRow(
        id=row_id,
        live=draw(often(True, st.booleans())),
        delivery=draw(st.sampled_from([7, 1, 2, 4, 3, 0])),
        regions=draw(regions),
        everywhere=draw(often(True, st.just(False))),
        lat=lat,
        lon=lon,
        max_travel_km=draw(often(None, kilometres)),
        levels=draw(often(LEVELS.mask_of(["po-7"]), st.one_of(level_masks, other_masks))),
        themes=draw(themes),
        kind=draw(st.sampled_from([0, 3, 63])),
        audience=draw(often(1, st.integers(0, 7))),
        months=draw(often(0, month_masks)),
        available_from=draw(often(None, near_days)),
        available_until=draw(often(None, near_days)),
        sessions=tuple(draw(often([], st.lists(st.tuples(near_days, sizes), max_size=3)))),
        lead_days=draw(st.sampled_from([0, 0, 7, 40])),
        group_min=draw(often(None, sizes)),
        group_max=draw(often(None, sizes)),
        splittable=draw(st.booleans()),
        cost=draw(st.sampled_from([0, 5000, 7500])),
        answer_record=draw(st.sampled_from([None, 0.0, 0.37, 1.0])),
    )


@st.composite
def request_rows(draw: st.DrawFn, row_id: int = 1) -> RequestRow:
    lat, lon = draw(points)
    start = draw(near_days)
    return RequestRow(
        id=row_id,
        live=draw(often(True, st.booleans())),
        municipality=draw(st.sampled_from([*MUNICIPALITIES, 3])),
        lat=lat,
        lon=lon,
        delivery=draw(often(0, st.integers(0, 7))),
        levels=draw(often(LEVELS.mask_of(["po-7"]), st.one_of(level_masks, other_masks))),
        themes=draw(often(frozenset(), themes)),
        kinds=draw(often(0, st.sampled_from([1, 9, 1 << 63]))),
        audience=draw(often(1, st.integers(0, 7))),
        group_size=draw(sizes),
        date_from=start,
        date_until=start + datetime.timedelta(days=draw(st.sampled_from([60, 60, 400, 0, 20, -1]))),
        max_travel_km=draw(often(None, kilometres)),
        max_cost=draw(often(None, st.sampled_from([0, 5000, 6000]))),
        served_this_year=draw(st.booleans()),
        waiting_days=draw(st.integers(-3, 90)),
        small=draw(st.sampled_from([0.0, 0.0, 0.25, 1.0])),
        remote=draw(st.sampled_from([0.0, 0.0, 0.4, 1.0])),
        special=draw(st.booleans()),
    )


@st.composite
def worlds(draw: st.DrawFn) -> tuple[list[RequestRow], list[ActivityRow], set[tuple[int, int]]]:
    """Requests, activities and excluded pairs, in no order, their ids anything."""
    ids = st.lists(st.integers(1, 10**12), unique=True, max_size=6)
    requests = [draw(request_rows(row_id)) for row_id in draw(ids)]
    activities = [draw(activity_rows(row_id)) for row_id in draw(ids)]
    known = [(request.id, activity.id) for request in requests for activity in activities]
    excluded = draw(st.sets(st.sampled_from([*known, (0, 0)]), max_size=3))
    return requests, activities, excluded
