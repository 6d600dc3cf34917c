"""A small country with a network across two provinces, and rows at random (but the same for the same seed)."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Sequence

from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.organisations.models import Provider, School
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

LEVELS = ["po", "po-7", "po-8", "vo", "vo-vmbo", "vo-vmbo-tl-3", "vo-havo", "vo-pro-2", "vso", "mbo", "wo", "nergens"]
THEMES = ["energie", "water", "bouw", "onbekend"]
KINDS = ["gastles", "bedrijfsbezoek", "leskist", "iets oud"]
AUDIENCES = ["pupils", "teachers", "student_teachers"]
DELIVERIES = ["at_school", "at_provider", "online"]


def some(chance: random.Random, words: Sequence, least: int = 0) -> list:
    return chance.sample(words, chance.randint(least, min(3, len(words))))


def make(chance: random.Random, count: int) -> None:
    """So many requests and activities, of every kind: no point, no bound, odd codes, sessions, closed ones."""
    towns = _towns()
    network = RegionFactory(type=Region.Type.NETWORK, parent=Region.objects.get(code="NL-DR"), lat=None, lon=None)
    network.municipalities.set(towns[1:3])
    regions = ["NL", "NL-ZE", "NL-NB", "LD-ZUIDWEST", "NL-DR", "nergens", network.code, *(town.code for town in towns)]
    providers = [_provider(chance, towns) for _ in range(5)]
    schools = [_school(chance, towns) for _ in range(12)]
    for _ in range(count):
        activity = ActivityFactory(**activity_fields(chance, providers, regions))
        for days in chance.sample(range(-10, 120), chance.choice([0, 0, 1, 3])):
            day = timezone.localdate() + dt.timedelta(days=days)
            taken = chance.randint(0, 20)
            SessionFactory(activity=activity, date=day, seats=chance.randint(taken, 40), taken=taken)
        RequestFactory(**request_fields(chance, schools))


def _towns() -> list[Region]:
    return [
        RegionFactory(parent=parent and Region.objects.get(code=parent), lat=51.5 + place / 10, lon=3.6 + place / 5)
        for place, parent in enumerate(["NL-ZE", "NL-ZE", "NL-NB", "NL-DR", None])
    ]


def _provider(chance: random.Random, towns: list[Region]) -> Provider:
    lat, lon = chance.choice([(None, None), (51.4, 3.6), (52.9, 6.5)])
    provider: Provider = ProviderFactory(
        municipality=chance.choice([None, *towns]), lat=lat, lon=lon, paused=chance.random() < 0.1
    )
    return provider


def _school(chance: random.Random, towns: list[Region]) -> School:
    lat, lon = chance.choice([(None, None), (51.45, 3.57), (51.6, 3.9), (51.6, None)])
    school: School = SchoolFactory(
        municipality=chance.choice(towns),
        lat=lat,
        lon=lon,
        sector=chance.choice(School.Sector.values),
        pupils=chance.choice([None, 0, 60, 120, 300, 700]),
        neighbours=chance.choice([None, 0, 7, 20, 90]),
    )
    return school


def activity_fields(chance: random.Random, providers: list[Provider], regions: list[str]) -> dict[str, object]:
    today = timezone.localdate()
    return {
        "provider": chance.choice(providers),
        "levels": some(chance, LEVELS, chance.choice([0, 2, 3, 3])),
        "themes": some(chance, THEMES, 1),
        "kind": chance.choice(KINDS),
        "audience": some(chance, AUDIENCES, 1),
        "delivery": some(chance, DELIVERIES, chance.choice([0, 1, 2])),
        "regions": some(chance, regions, chance.choice([0, 1, 3])),
        "venue_lat": chance.choice([None, 51.5, 52.2]),
        "venue_lon": chance.choice([None, 3.7, 5.5]),
        "max_travel_km": chance.choice([None, 0, 20, 120]),
        "group_min": chance.choice([None, 12, 24]),
        "group_max": chance.choice([None, 24, 30]),
        "splittable": chance.random() < 0.3,
        "months": chance.choice([[], [], [1, 2, 12], [1, 1, 13]]),
        "available_from": chance.choice([None, today + dt.timedelta(days=40)]),
        "available_until": chance.choice([None, today + dt.timedelta(days=80)]),
        "lead_days": chance.choice([0, 0, 14, 60, 90, 400]),
        "cost": chance.choice([None, 0, 50, 100]),
        "status": chance.choice([Activity.Status.PUBLISHED] * 6 + [Activity.Status.PAUSED]),
    }


def request_fields(chance: random.Random, schools: list[School]) -> dict[str, object]:
    today = timezone.localdate()
    start = today + dt.timedelta(days=chance.randint(-5, 60))
    status = chance.choice([Request.Status.OPEN] * 8 + [Request.Status.WITHDRAWN, Request.Status.FULFILLED])
    return {
        "contact": None,
        "school": chance.choice(schools),
        "levels": some(chance, LEVELS, chance.choice([0, 1, 2])),
        "themes": some(chance, THEMES),
        "kinds": some(chance, KINDS),
        "audience": some(chance, AUDIENCES, 1),
        "delivery": some(chance, DELIVERIES),
        "group_size": chance.choice([1, 12, 24, 31]),
        "date_from": start,
        "date_until": start + dt.timedelta(days=chance.randint(0, 90)),
        "max_cost": chance.choice([None, 0, 50]),
        "max_travel_km": chance.choice([None, 0, 20, 90]),
        "status": status,
        "confirmed_at": chance.choice([None, timezone.now() - dt.timedelta(days=chance.randint(0, 80))]),
    }
