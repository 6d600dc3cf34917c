"""A campaign as large as the country's: sessions near people, classes of real schools, the same each time."""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator

import numpy as np

from techfinder.campaigns.solver import Group, Option, Place, Problem
from tests.benchmarks.country import POINTS

KM_PER_DEGREE = 111.2


def school_points(rng: random.Random) -> np.ndarray:
    """Latitude and longitude of every school of the register; without it 8,000 invented ones."""
    if not POINTS.exists():
        return np.array([(rng.gauss(52.1, 0.5), rng.gauss(5.2, 0.7)) for _ in range(8000)])
    with POINTS.open(encoding="utf-8-sig", newline="") as lines:
        return np.array([(float(row["lat"]), float(row["lon"])) for row in csv.DictReader(lines) if row["lat"]])


def make(
    *,
    providers: int = 500,
    groups: int = 2000,
    sessions: tuple[int, int] = (3, 6),
    seats: tuple[int, ...] = (30,),
    groups_max: int | None = None,
    parts_max: int = 1,
    supply: float = 0.8,
    seed: int = 1,
) -> Problem:
    """A round in which the seats are about `supply` of the pupils; each class has 20-60 sessions within its reach."""
    rng = random.Random(seed)
    points = school_points(rng)
    asked = [group_of(number, parts_max, rng) for number in range(1, groups + 1)]
    offered: list[Place] = []
    for provider in range(1, providers + 1):
        kind = rng.choice(seats)
        for _ in range(rng.randint(*sessions)):
            offered.append(session_of(len(offered) + 10_001, provider, kind, groups_max, rng))
    offered = thinned(offered, asked, supply, rng)
    homes = points[[rng.randrange(len(points)) for _ in range(groups)]]
    venues = points[[rng.randrange(len(points)) for _ in range(providers)]]
    options: list[Option] = []
    for group, home in zip(asked, homes, strict=True):
        options += within_reach(group, home, offered, venues, rng)
    return Problem(groups=tuple(asked), places=tuple(offered), options=tuple(options))


def group_of(number: int, parts_max: int, rng: random.Random) -> Group:
    return Group(
        id=number,
        size=min(34, max(6, round(rng.gauss(24, 5)))),
        priority=rng.choice((1, 1, 1, 2, 3)),
        waiting_days=rng.randrange(0, 120, 7),
        served=rng.random() < 0.3,
        part_min=8,
        parts_max=parts_max,
        providers_max=min(2, parts_max),
    )


def session_of(number: int, provider: int, seats: int, groups_max: int | None, rng: random.Random) -> Place:
    return Place(
        id=number,
        activity=provider,
        provider=provider,
        seats=seats,
        group_min=rng.choice((1, 1, 10)),
        groups_max=groups_max,
    )


def thinned(places: list[Place], groups: list[Group], supply: float, rng: random.Random) -> list[Place]:
    """As many of the sessions as make up the supply: in groups where they count those, else in pupils."""
    want = supply * (len(groups) if places[0].groups_max else sum(group.size for group in groups))
    kept, total = [], 0
    for place in rng.sample(places, len(places)):
        if total < want:
            kept.append(place)
            total += place.groups_max or place.seats
    return sorted(kept, key=lambda place: place.id)


def within_reach(
    group: Group, home: np.ndarray, places: list[Place], venues: np.ndarray, rng: random.Random
) -> Iterator[Option]:
    """The 20-60 nearest of the sessions that suit the class in other ways too; the nearer the higher."""
    far = (venues - home) * (KM_PER_DEGREE, KM_PER_DEGREE * 0.61)
    km = np.hypot(far[:, 0], far[:, 1])
    near = sorted((km[place.provider - 1], place.id) for place in places if rng.random() < 0.6)
    for distance, place in near[: rng.randint(20, 60)]:
        score = round(900 - 8 * distance) + rng.randint(-80, 80)
        yield Option(group=group.id, place=place, score=max(0, min(1000, score)))
