"""A country of requests and offers, the same every time, on the schools of the register when it is at hand."""

from __future__ import annotations

import datetime as dt
import io
import random
from pathlib import Path

from django.core.management import call_command
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.env import ROOT
from techfinder.organisations.models import Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Kind, Region, Theme
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

REGISTER = ROOT.parent / "shared" / "data" / "duo"
SCHOOLS = REGISTER / "po_vestigingen_2026-04.csv"
POINTS = REGISTER / "scholen_geo_2024-11.csv"
LEVELS = ["po", "po-5", "po-6", "po-7", "po-8", "vo-vmbo", "vo-havo", "vo-vwo", "mbo"]


def school_table(directory: Path) -> Path:
    """The register; without it a table of 6,107 invented schools with its columns."""
    if SCHOOLS.exists():
        return SCHOOLS
    head = "VESTIGINGSCODE;VESTIGINGSNAAM;STRAATNAAM;HUISNUMMER-TOEVOEGING;POSTCODE;PLAATSNAAM;GEMEENTENUMMER;"
    lines = [f"{head}GEMEENTENAAM;PROVINCIE;DENOMINATIE"]
    lines += [
        f"{n // 100 + 10:02d}AA{n % 100:02d};School {n};Straat;{n};4381AB;Stad {n % 340};{1000 + n % 340:04d};"
        f"Gemeente {n % 340};Zeeland;Openbaar"
        for n in range(6107)
    ]
    path = directory / "po_vestigingen.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def import_schools(path: Path) -> None:
    points = [f"--points={POINTS}"] if POINTS.exists() else []
    call_command("import_schools", str(path), *points, stdout=io.StringIO(), stderr=io.StringIO())


def make(requests: int, activities: int, seed: int = 1) -> None:
    """So many open requests and public activities; a few wishes each, as people have."""
    rng = random.Random(seed)
    if not School.objects.exists():
        towns = [RegionFactory(lat=rng.uniform(51, 53), lon=rng.uniform(4, 7)) for _ in range(50)]
        for town in towns:
            SchoolFactory(municipality=town, lat=town.lat, lon=town.lon)
    schools = list(School.objects.order_by("pk"))
    regions = list(
        Region.objects.exclude(type=Region.Type.MUNICIPALITY).values_list("code", flat=True).order_by("code")
    )
    themes = list(Theme.objects.values_list("code", flat=True).order_by("code"))
    kinds = list(Kind.objects.values_list("code", flat=True).order_by("code"))
    providers = [_provider(rng, schools) for _ in range(300)]
    Activity.objects.bulk_create(
        [_activity(n, rng, providers, regions, themes, kinds) for n in range(activities)], batch_size=1000
    )
    Request.objects.bulk_create([_request(n, rng, schools, themes, kinds) for n in range(requests)], batch_size=1000)


def _provider(rng: random.Random, schools: list[School]) -> Provider:
    near = rng.choice(schools)
    lat, lon = near.lat or near.municipality.lat, near.lon or near.municipality.lon
    provider: Provider = ProviderFactory(municipality=near.municipality, lat=lat, lon=lon)
    return provider


def _activity(
    n: int, rng: random.Random, providers: list[Provider], regions: list[str], themes: list[str], kinds: list[str]
) -> Activity:
    activity: Activity = ActivityFactory.build(
        provider=rng.choice(providers),
        slug=f"les-{n}",
        kind=rng.choice(kinds),
        levels=rng.sample(LEVELS, 2),
        themes=rng.sample(themes, rng.randrange(1, 4)),
        regions=["NL"] if rng.random() < 0.1 else rng.sample(regions, 3),
        delivery=rng.choice([["at_school"], ["at_provider"], ["at_school", "at_provider"], ["online"]]),
        max_travel_km=rng.choice([None, 30, 60]),
        group_max=rng.choice([None, 20, 30]),
        lead_days=rng.choice([0, 14, 30]),
    )
    return activity


def _request(n: int, rng: random.Random, schools: list[School], themes: list[str], kinds: list[str]) -> Request:
    start = timezone.localdate() + dt.timedelta(days=rng.randrange(20, 90))
    request: Request = RequestFactory.build(
        school=rng.choice(schools),
        contact=None,
        contact_email=f"leerkracht{n}@school.example",
        levels=[rng.choice(LEVELS)],
        themes=rng.sample(themes, rng.choice([0, 1, 3])),
        kinds=rng.choice([[], rng.sample(kinds, 4)]),
        delivery=rng.choice([[], ["at_school"]]),
        group_size=rng.randrange(10, 33),
        date_from=start,
        date_until=start + dt.timedelta(days=rng.randrange(10, 100)),
        max_travel_km=rng.choice([None, 25, 80]),
        max_cost=rng.choice([None, 0]),
        quiet=True,
    )
    return request
