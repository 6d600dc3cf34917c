"""A country as the engine's columns, without a database: the distributions of `country`, any size in a second."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import numpy as np
from numpy.random import Generator

from matching import LEVELS, ActivityColumns, RequestColumns, Terms
from matching.columns import FULL, NO_LIMIT, WORD
from matching.days import ALL_MONTHS, EVER, NEVER, month_of
from techfinder.env import ROOT

POINTS = ROOT.parent / "shared" / "data" / "duo" / "scholen_geo_2024-11.csv"
TODAY = dt.date(2026, 11, 21)
CODES = ["po", "po-5", "po-6", "po-7", "po-8", "vo-vmbo", "vo-havo", "vo-vwo", "mbo"]
MASKS = np.array([LEVELS.mask_of([code]) for code in CODES], dtype=np.uint64)
ONE = np.uint64(1)


def schools(path: Path = POINTS) -> dict[str, np.ndarray]:
    """Unit vectors (3, n) and the numbers of municipality, province and school area of real schools, else of invented
    ones."""
    if not path.exists():
        return _invented()
    with path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["lat"] and row["gemeente"]]
    places = {
        name: np.unique([row[name] for row in rows], return_inverse=True)[1] for name in ("gemeente", "provincie")
    }
    areas = np.unique([row["onderwijsgebied"] for row in rows], return_inverse=True)[1]
    lat, lon = (np.array([float(row[name]) for row in rows]) for name in ("lat", "lon"))
    return {
        "point": _unit(lat, lon),
        "municipality": places["gemeente"],
        "province": places["provincie"],
        "area": areas,
    }


def _invented(count: int = 8622) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    lat, lon = rng.uniform(51, 53.2, count), rng.uniform(3.6, 7, count)
    cell = (lat * 4).astype(int) * 100 + (lon * 4).astype(int)
    municipality = np.unique(cell, return_inverse=True)[1]
    return {
        "point": _unit(lat, lon),
        "municipality": municipality,
        "province": municipality % 12,
        "area": municipality % 80,
    }


def _unit(lat: np.ndarray, lon: np.ndarray) -> np.ndarray:
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)])


def columns(requests: int, activities: int, seed: int = 1) -> tuple[RequestColumns, ActivityColumns, Terms]:
    """So many open requests and public activities, and the terms of a run over them."""
    rng, known = np.random.default_rng(seed), schools()
    return _requests(rng, requests, known), _activities(rng, activities, known), Terms(today=TODAY)


def _requests(rng: Generator, count: int, known: dict[str, np.ndarray]) -> RequestColumns:
    school = rng.integers(len(known["municipality"]), size=count)
    first = TODAY.toordinal() + rng.integers(20, 90, count)
    last = first + rng.integers(10, 100, count)
    themes = _bits(rng, 18, rng.choice([0, 0, 1, 3], count))
    kinds = np.where(rng.random(count) < 0.7, 0, _bits(rng, 13, np.full(count, 4)))
    return RequestColumns(
        id=np.arange(1, count + 1),
        live=np.ones(count, dtype=np.bool_),
        municipality=known["municipality"][school],
        point=known["point"][:, school],
        delivery=rng.choice(np.array([7, 7, 1], dtype=np.uint8), count),
        levels=rng.choice(MASKS, count),
        themes=themes[None],
        any_theme=themes == 0,
        kinds=np.where(kinds == 0, np.uint64(FULL), kinds),
        any_kind=kinds == 0,
        audience=np.ones(count, dtype=np.uint64),
        group_size=rng.integers(10, 33, count),
        from_day=first,
        from_month=month_of(first),
        until_day=last,
        until_month=month_of(last),
        max_travel_km=rng.choice([np.inf, 25.0, 80.0], count),
        max_cost=rng.choice([NO_LIMIT, 0], count),
        served=rng.random(count) < 0.3,
        waiting_days=rng.integers(0, 13, count) * 7,
        small=rng.choice([0.0, 0.0, 0.0, 0.5, 1.0], count),
        remote=rng.choice([0.0, 0.0, 0.0, 0.5, 1.0], count),
        special=rng.random(count) < 0.05,
    )


def _activities(rng: Generator, count: int, known: dict[str, np.ndarray]) -> ActivityColumns:
    near = rng.integers(len(known["municipality"]), size=count)
    sessions = np.where(rng.random(count) < 0.1, rng.integers(1, 6, count), 0)
    day = TODAY.toordinal() + rng.integers(10, 200, sessions.sum())
    start = np.cumsum(sessions) - sessions
    every = np.full(count, EVER), np.full(count, NEVER - 1)
    levels = _bits(rng, len(CODES), np.full(count, 2))
    return ActivityColumns(
        id=np.arange(1, count + 1),
        live=np.ones(count, dtype=np.bool_),
        delivery=rng.choice(np.array([1, 2, 3, 4], dtype=np.uint8), count),
        everywhere=rng.random(count) < 0.15,
        regions=_regions(rng, count, known),
        municipalities=np.arange(known["municipality"].max() + 1),
        point=known["point"][:, near],
        max_travel_km=rng.choice([np.inf, 30.0, 60.0], count),
        levels=np.bitwise_or.reduce([np.where(levels >> np.uint64(n) & ONE, mask, 0) for n, mask in enumerate(MASKS)]),
        themes=_bits(rng, 18, rng.integers(1, 4, count))[None],
        kind=ONE << rng.integers(0, 13, count).astype(np.uint64),
        audience=np.ones(count, dtype=np.uint64),
        months=rng.choice([ALL_MONTHS, ALL_MONTHS, 0b000000011111], count),
        from_day=every[0],
        from_month=month_of(every[0]),
        until_day=every[1],
        until_month=month_of(every[1]),
        session_start=start,
        session_count=sessions,
        session_day=day[np.lexsort((day, np.repeat(start, sessions)))],
        session_seats=rng.integers(15, 60, len(day)),
        lead_days=rng.choice([0, 14, 30], count),
        group_min=np.full(count, -NO_LIMIT),
        group_max=rng.choice([NO_LIMIT, 20, 30], count),
        splittable=rng.random(count) < 0.2,
        cost=rng.choice([0, 0, 0, 5000], count),
        record=rng.choice([np.nan, 0.4, 0.75, 0.9], count),
    )


def _bits(rng: Generator, width: int, number: np.ndarray) -> np.ndarray:
    """Per row a mask with so many of the lowest `width` bits, any of them."""
    rank = rng.random((len(number), width)).argsort(axis=1)
    chosen = rank < number[:, None]
    return (chosen.astype(np.uint64) << np.arange(width, dtype=np.uint64)).sum(axis=1, dtype=np.uint64)


def _regions(rng: Generator, count: int, known: dict[str, np.ndarray]) -> np.ndarray:
    """Per activity a landsdeel, a province and a school area, in bits of municipalities."""
    covered = np.zeros((count, known["municipality"].max() + 1), dtype=np.bool_)
    for area in (known["province"] % 5, known["province"], known["area"]):
        inside = np.zeros((area.max() + 1, covered.shape[1]), dtype=np.bool_)
        inside[area, known["municipality"]] = True
        covered |= inside[rng.integers(len(inside), size=count)]
    words = -(-covered.shape[1] // WORD)
    padded = np.zeros((count, (words + 1) * WORD), dtype=np.bool_)
    padded[:, : covered.shape[1]] = covered
    return np.packbits(padded, axis=1, bitorder="little").view(np.uint64).T.copy()
