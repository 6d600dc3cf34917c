"""A country of requests and offers in the database, the same every time, on the schools of the register.

Distributions as in `engine_country`, which has the same country as columns without a database.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity, Session
from techfinder.env import ROOT
from techfinder.organisations.models import Membership, Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Kind, Region, Theme
from tests.factories.organisations import RegionFactory, SchoolFactory

REGISTER = ROOT.parent / "shared" / "data" / "duo"
SCHOOLS = REGISTER / "po_vestigingen_2026-04.csv"
POINTS = REGISTER / "scholen_geo_2024-11.csv"
BATCH = 2000
PO = ("po", "po-5", "po-6", "po-7", "po-8")
VO = ("vo-vmbo", "vo-havo", "vo-vwo")
LEVELS = (*PO, *VO, "mbo")
ASKED = {School.Sector.PO: PO, School.Sector.SO: (*PO, "so", "vso"), School.Sector.VO: (*VO, "vo-pro")}

# Of the types in the file of points; all others are secondary schools.
SECTORS = {"basisschool": School.Sector.PO, **dict.fromkeys(("(V)SO", "SBAO", "SO", "VSO"), School.Sector.SO)}


def school_table(directory: Path) -> Path:
    """The register of primary schools; without it a table of 6,107 invented ones with its columns."""
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


def add_other_schools() -> None:
    """Secondary and special schools: all 8,622 of the file of points are there then."""
    if not POINTS.exists():
        return
    towns = {town.name.casefold(): town for town in Region.objects.filter(type=Region.Type.MUNICIPALITY)}
    known = set(School.objects.values_list("code", flat=True))
    with POINTS.open(encoding="utf-8-sig", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["vestigingscode"] not in known]
    School.objects.bulk_create(
        [_school(row, towns[row["gemeente"].casefold()]) for row in rows if row["gemeente"].casefold() in towns],
        batch_size=BATCH,
    )


def _school(row: dict[str, str], town: Region) -> School:
    return School(
        code=row["vestigingscode"], institution=row["brin"], name=row["naam"][:160], municipality=town,
        sector=SECTORS.get(row["type"], School.Sector.VO),
        lat=float(row["lat"]), lon=float(row["lon"]), pupils=int(row["leerlingen"] or 0) or None,
    )  # fmt: skip


def make(requests: int, activities: int, seed: int = 1) -> None:
    """So many open requests and public activities; a few wishes each, as people have. Nobody is told of any."""
    rng = random.Random(seed)
    if not School.objects.exists():
        towns = [RegionFactory(lat=rng.uniform(51, 53), lon=rng.uniform(4, 7)) for _ in range(50)]
        for town in towns:
            SchoolFactory(municipality=town, lat=town.lat, lon=town.lon)
    schools = list(School.objects.order_by("code").select_related("municipality__parent"))
    lists = _Lists()
    providers = _providers(rng, schools, max(300, activities // 10))
    with _triggers_at_rest():
        offered = Activity.objects.bulk_create(
            (_activity(n, rng, providers, lists) for n in range(activities)), batch_size=BATCH
        )
        Session.objects.bulk_create(_sessions(rng, offered), batch_size=BATCH)
        Request.objects.bulk_create((_request(n, rng, schools, lists) for n in range(requests)), batch_size=BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def add_people() -> None:
    """An account for whoever posted a request, as the site makes one, and one member for each provider."""
    addresses = [
        *Request.objects.values_list("contact_email", flat=True),
        *Provider.objects.values_list("email", flat=True),
    ]
    User.objects.bulk_create((User(email=address, password="!") for address in addresses), batch_size=BATCH)
    accounts = dict(User.objects.values_list("email", "pk"))
    members = [
        Membership(provider=provider, user_id=accounts[provider.email], status=Membership.Status.ACTIVE)
        for provider in Provider.objects.all()
    ]
    Membership.objects.bulk_create(members, batch_size=BATCH)
    with _triggers_at_rest(), connection.cursor() as cursor:
        cursor.execute("""
            UPDATE requests_request AS request SET contact_id = account.id
            FROM accounts_user AS account WHERE account.email = request.contact_email
        """)


def fulfil(share: int) -> None:
    """One in so many requests has led to something: its school counts as served this year, as by spring most do."""
    with _triggers_at_rest(), connection.cursor() as cursor:
        cursor.execute("UPDATE requests_request SET status = 'fulfilled' WHERE id %% %s = 0", [share])


@contextmanager
def _triggers_at_rest() -> Iterator[None]:
    """Without history, text index and checks of keys, which cost many times what the rows do."""
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = DEFAULT")


class _Lists:
    """What is chosen from."""

    def __init__(self) -> None:
        wide = Region.objects.exclude(type__in=[Region.Type.MUNICIPALITY, Region.Type.COUNTRY])
        self.regions = list(wide.values_list("code", flat=True).order_by("code"))
        self.themes = list(Theme.objects.values_list("code", flat=True).order_by("code"))
        self.kinds = list(Kind.objects.values_list("code", flat=True).order_by("code"))
        self.now, self.today = timezone.now(), timezone.localdate()


def _providers(rng: random.Random, schools: list[School], count: int) -> list[Provider]:
    near = [rng.choice(schools) for _ in range(count)]
    return Provider.objects.bulk_create(
        [
            Provider(
                name=f"Bedrijf {n}", slug=f"bedrijf-{n}", email=f"info@bedrijf{n}.example",
                status=Provider.Status.VERIFIED, municipality=school.municipality,
                lat=school.lat or school.municipality.lat, lon=school.lon or school.municipality.lon,
            )
            for n, school in enumerate(near)
        ],
        batch_size=BATCH,
    )  # fmt: skip


def _activity(n: int, rng: random.Random, providers: list[Provider], lists: _Lists) -> Activity:
    """One in ten for the whole country; the others near home, or in three regions."""
    provider = rng.choice(providers)
    home = provider.municipality
    regions = rng.choice([rng.sample(lists.regions, 3), [home.code, home.parent.code if home.parent else home.code]])
    return Activity(
        provider=provider,
        title=f"Les {n}",
        slug=f"les-{n}",
        status=Activity.Status.PUBLISHED,
        published_at=lists.now,
        kind=rng.choice(lists.kinds),
        levels=rng.sample(LEVELS, 2),
        themes=rng.sample(lists.themes, rng.randrange(1, 4)),
        regions=["NL"] if rng.random() < 0.1 else regions,
        delivery=rng.choice([["at_school"], ["at_provider"], ["at_school", "at_provider"], ["online"]]),
        audience=["pupils"],
        max_travel_km=rng.choice([None, 30, 60]),
        months=rng.choice([[], [], [1, 2, 3, 4, 5]]),
        group_max=rng.choice([None, 20, 30]),
        splittable=rng.random() < 0.2,
        lead_days=rng.choice([0, 14, 30]),
        cost=rng.choice([0, 0, 0, 50]),
        quiet=True,
    )


def _sessions(rng: random.Random, activities: list[Activity]) -> list[Session]:
    """One in ten takes place on days of its own."""
    today = timezone.localdate()
    return [
        Session(activity=activity, date=today + dt.timedelta(days=day), seats=rng.randrange(15, 60))
        for activity in activities
        if rng.random() < 0.1
        for day in rng.sample(range(10, 200), rng.randrange(1, 6))
    ]


def _request(n: int, rng: random.Random, schools: list[School], lists: _Lists) -> Request:
    school = rng.choice(schools)
    start = lists.today + dt.timedelta(days=rng.randrange(20, 90))
    posted = lists.now - dt.timedelta(days=rng.randrange(60))
    return Request(
        school=school,
        contact_email=f"leerkracht{n}@school.example",
        title=f"Vraag {n}",
        status=Request.Status.OPEN,
        levels=[rng.choice(ASKED.get(school.sector, LEVELS))],  # type: ignore[call-overload]
        themes=rng.sample(lists.themes, rng.choice([0, 0, 1, 3])),
        kinds=[] if rng.random() < 0.7 else rng.sample(lists.kinds, 4),
        delivery=rng.choice([[], [], ["at_school"]]),
        audience=["pupils"],
        group_size=rng.randrange(10, 33),
        date_from=start,
        date_until=start + dt.timedelta(days=rng.randrange(10, 100)),
        max_travel_km=rng.choice([None, 25, 80]),
        max_cost=rng.choice([None, 0]),
        created_at=posted,
        confirmed_at=posted,
        quiet=True,
    )
