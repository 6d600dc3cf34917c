"""A larger random country, the same every time, for what is too large for Hypothesis."""

from __future__ import annotations

import datetime
import random

from matching import LEVELS, ActivityRow, RequestRow

from .strategies import TODAY

CODES = ["po", "po-6", "po-7", "po-8", "vo-vmbo", "vo-vmbo-tl", "vo-havo", "vo-havo-3", "vo", "mbo"]
PROVINCES = [frozenset(range(first, first + 30)) for first in range(0, 360, 30)]


def _point(rng: random.Random) -> dict[str, float]:
    return {"lat": rng.uniform(51, 53), "lon": rng.uniform(4, 7)}


def _activity(rng: random.Random, row_id: int) -> ActivityRow:
    days = [TODAY + datetime.timedelta(days=rng.randrange(200)) for _ in range(rng.choice([0, 0, 0, 2, 5]))]
    return ActivityRow(
        id=row_id,
        live=rng.random() < 0.95,
        delivery=rng.choice([1, 2, 3, 4, 5]),
        regions=rng.choice(PROVINCES) | rng.choice(PROVINCES),
        everywhere=rng.random() < 0.1,
        **_point(rng),
        max_travel_km=rng.choice([None, 30.0, 60.0]),
        levels=LEVELS.mask_of(rng.sample(CODES, 2)),
        themes=frozenset(rng.sample(range(18), rng.randrange(1, 4))),
        kind=rng.randrange(13),
        audience=rng.choice([1, 1, 3]),
        months=rng.choice([0, 0, rng.randrange(4096)]),
        sessions=tuple((day, rng.randrange(15, 60)) for day in days),
        lead_days=rng.choice([0, 14, 30]),
        group_max=rng.choice([None, 20, 30]),
        splittable=rng.random() < 0.3,
        cost=rng.choice([0, 0, 5000]),
        answer_record=rng.choice([None, 0.4, 0.9]),
    )


def _request(rng: random.Random, row_id: int) -> RequestRow:
    start = TODAY + datetime.timedelta(days=rng.randrange(90))
    return RequestRow(
        id=row_id,
        municipality=rng.randrange(370),
        **_point(rng),
        delivery=rng.choice([0, 1, 3]),
        levels=LEVELS.mask_of([rng.choice(CODES)]),
        themes=frozenset(rng.sample(range(18), rng.choice([0, 1, 3]))),
        kinds=rng.choice([0, rng.randrange(1, 8192)]),
        audience=1,
        group_size=rng.randrange(10, 33),
        date_from=start,
        date_until=start + datetime.timedelta(days=rng.randrange(100)),
        max_travel_km=rng.choice([None, 25.0, 80.0]),
        max_cost=rng.choice([None, 0]),
        served_this_year=rng.random() < 0.5,
        waiting_days=rng.randrange(90),
        small=rng.choice([0.0, 0.0, 0.3, 1.0]),
        remote=rng.choice([0.0, 0.0, 0.7]),
        special=rng.random() < 0.1,
    )


def crowd(requests: int, activities: int, seed: int = 1) -> tuple[list[RequestRow], list[ActivityRow]]:
    rng = random.Random(seed)
    return [_request(rng, i) for i in range(1, requests + 1)], [_activity(rng, i) for i in range(1, activities + 1)]
