"""Random worlds of requests and activities: few themes and places, so that lists run over and scores are equal."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

from django.utils import timezone

from techfinder.activities.models import Activity, Session
from techfinder.matches import actions
from techfinder.matches.actions.sweeping import fill_places
from techfinder.matches.models import BEST_FIRST, AskedRow, Match, OfferedRow, Rematch
from techfinder.matches.rows import World, activity_rows, request_rows
from techfinder.requests.models import Request
from techfinder.taxonomy.models import Region
from tests.engine import reference
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory

PROVINCES = ["NL-ZE", "NL-ZH", "NL-UT"]
THEMES = ["energie", "water", "bouw"]
LEVELS = ["po-7", "po-8", "vo-havo-1", "mbo-2", "vo-pro"]
K = 10


class Country:
    """Towns, schools and providers, and what is made of them at random."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        towns = [RegionFactory(parent=Region.objects.get(code=code)) for code in PROVINCES for _ in range(2)]
        towns.append(RegionFactory(parent=None))  # in no province
        self.schools = [
            SchoolFactory(municipality=town, lat=51.4 + self.near(), lon=3.6 + self.near(), pupils=pupils)
            for town in towns
            for pupils in (60, 300)
        ]
        self.providers = [ProviderFactory(municipality=town, lat=51.5, lon=3.6 + self.near()) for town in towns[:4]]
        self.count = 0

    def near(self) -> float:
        return self.random.choice([0, 0, 0.1, 0.3])

    def some(self, values: list[str], most: int = 2) -> list[str]:
        return self.random.sample(values, self.random.randrange(1, most + 1))

    def request_fields(self) -> dict[str, Any]:
        start = timezone.localdate() + dt.timedelta(days=self.random.choice([10, 30]))
        return {
            "school": self.random.choice(self.schools),
            "levels": self.some(LEVELS),
            "themes": self.random.choice([[], self.some(THEMES)]),
            "delivery": self.random.choice([[], ["at_school"], ["online"]]),
            "group_size": self.random.choice([12, 28]),
            "date_from": start,
            "date_until": start + dt.timedelta(days=60),
            "max_travel_km": self.random.choice([None, 20]),
        }

    def activity_fields(self) -> dict[str, Any]:
        return {
            "provider": self.random.choice(self.providers),
            "levels": self.some(LEVELS, 3),
            "themes": self.some(THEMES),
            "regions": self.random.choice([["NL"], ["NL-ZE"], ["NL-ZH", "NL-UT"]]),
            "delivery": self.random.choice([["at_school"], ["at_provider"], ["online"], ["at_school", "online"]]),
            "max_travel_km": self.random.choice([None, None, 30]),
            "group_max": self.random.choice([None, 20]),
            "lead_days": self.random.choice([0, 14]),
        }

    def requests(self, count: int) -> list[Request]:
        posted = [timezone.now() - dt.timedelta(days=days) for days in (0, 10, 30)]
        fields = [{"confirmed_at": self.random.choice(posted), **self.request_fields()} for _ in range(count)]
        mail = "leerkracht@school.example"
        return Request.objects.bulk_create(
            [RequestFactory.build(contact=None, contact_email=mail, quiet=True, **each) for each in fields]
        )

    def activities(self, count: int) -> list[Activity]:
        made = []
        for _ in range(count):
            self.count += 1
            slug = f"les-{self.count}"
            made.append(ActivityFactory.build(slug=slug, quiet=True, **self.activity_fields()))
        activities = Activity.objects.bulk_create(made)
        with_session = self.random.sample(activities, count // 8)
        date = timezone.localdate() + dt.timedelta(days=45)
        Session.objects.bulk_create([Session(activity=each, date=date, seats=20) for each in with_session])
        return activities


def stored() -> list[tuple[Any, ...]]:
    """All that is open, with everything that is said of it."""
    columns = ("request_id", "activity_id", "score", "fingerprint", "reasons", "shortfalls")
    return list(Match.objects.open().order_by("request_id", *BEST_FIRST).values_list(*columns))


def forget() -> None:
    """As before the first matching, but for what people said."""
    Match.objects.exclude(state__in=Match.SETTLED).filter(asked_at=None, offered_at=None).delete()
    Match.objects.filter(state=Match.State.OPEN).update(state=Match.State.CLOSED, fingerprint=0)
    AskedRow.objects.all().delete()
    OfferedRow.objects.all().delete()
    Rematch.objects.all().delete()
    Request.objects.update(matched_version=0)
    Activity.objects.update(matched_version=0)


def expected(today: dt.date) -> list[tuple[int, int, float]]:
    """Request, activity and score of all that is to be stored, best first per request, by loops over plain objects."""
    world = World(today=today)
    requests = request_rows(Request.objects.all(), world)
    activities = activity_rows(Activity.objects.all(), world)
    settled = set(Match.objects.filter(state__in=Match.SETTLED).values_list("request_id", "activity_id"))
    acted = set(Match.objects.exclude(asked_at=None, offered_at=None).values_list("request_id", "activity_id"))
    pairs = reference.all_pairs(requests, activities, today, settled)
    best: dict[int, list[tuple[float, int]]] = {}
    for request, activity, score, _rank in pairs:
        best.setdefault(activity, []).append((-score, request))
    leads = {(request, activity) for activity, rows in best.items() for _score, request in sorted(rows)[:K]}
    kept = [pair for pair in pairs if pair[3] <= K or pair[:2] in leads or pair[:2] in acted]
    return [pair[:3] for pair in sorted(kept, key=lambda pair: (pair[0], pair[3]))]


def anything_stale() -> bool:
    return AskedRow.objects.filter(stale=True).exists() or OfferedRow.objects.filter(stale=True).exists()


def catch_up() -> None:
    """As the sweeper does, until nothing waits."""
    for _ in range(20):
        actions.rematch()
        if not fill_places() and not anything_stale():
            return
    raise AssertionError("the sweeper does not come to an end")
