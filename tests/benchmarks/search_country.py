"""Activities with texts on the places of the register, and addresses of searches among them: the same every time."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.db import connection

from techfinder.activities.models import Activity, Session
from techfinder.organisations.models import Provider, School
from techfinder.taxonomy.models import Region
from tests.benchmarks import country
from tests.search.quality import corpus, questions

WORDS = 120
SURNAMES = ("Aarts", "Bosch", "Claassen", "Dekker", "Evers", "Fokkens", "Groot", "Hamer", "IJzer", "Jonker", "Kuiper")
TRADES = ("Techniek", "Metaal", "Installaties", "Bouw", "Software", "Energie", "Robotica", "Lab", "Waterwerken", "Werf")
ADDRESSES = 400
RADII = (5, 10, 15, 25, 50, 75, 100)
SORTS = ("newest", "soonest", "title", "near", "best")


def make(activities: int, seed: int = 1) -> None:
    """So many public activities with about 120 words each, at one provider for every ten."""
    rng = random.Random(seed)
    lists, rows = country._Lists(), corpus()["activities"]
    schools = list(School.objects.order_by("code").select_related("municipality__parent"))
    with country._triggers_at_rest():
        providers = _providers(rng, schools, max(50, activities // 10))
        made = (_activity(n, rng, providers, lists, rows) for n in range(activities))
        offered = Activity.objects.bulk_create(made, batch_size=country.BATCH)
        Session.objects.bulk_create(country._sessions(rng, offered), batch_size=country.BATCH)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _providers(rng: random.Random, schools: list[School], count: int) -> list[Provider]:
    providers = country._providers(rng, schools, count)
    for n, provider in enumerate(providers):
        provider.name = f"{rng.choice(SURNAMES)} {rng.choice(TRADES)} {n}"
        provider.city = provider.municipality.name
    Provider.objects.bulk_update(providers, ["name", "city"], batch_size=country.BATCH)
    return providers


def _activity(n: int, rng: random.Random, providers: Any, lists: Any, rows: list[dict[str, Any]]) -> Activity:
    activity, row = country._activity(n, rng, providers, lists), rng.choice(rows)
    others = rng.sample(rows, 4)
    activity.title = f"{row['title'][:90]} in {activity.provider.city}"[:120]
    activity.slug = f"{row['id']}-{n}"
    activity.kind, activity.levels, activity.summary = row["kind"], row["levels"], row["summary"]
    activity.themes = list(dict.fromkeys([*row["themes"], activity.themes[0]]))
    activity.goals = row["goals"]
    activity.description = "\n\n".join(each["description"] for each in (row, *others))
    # Not all at once: an order by date has something to order.
    activity.published_at = lists.now - country.dt.timedelta(minutes=n * 7 % 500_000)
    return activity


def addresses(count: int = ADDRESSES, seed: int = 2) -> list[str]:
    """Different searches in a fixed order: words, places with a distance, filters, orders, later pages."""
    rng = random.Random(seed)
    towns = list(Region.objects.filter(type=Region.Type.MUNICIPALITY).order_by("code").values_list("name", flat=True))
    found: dict[str, None] = {}
    while len(found) < count:
        found[f"/aanbod/?{urlencode(list(_pairs(rng, towns)))}"] = None
    return list(found)


def _pairs(rng: random.Random, towns: list[str]) -> Iterator[tuple[str, str]]:
    if rng.random() < 0.3:
        yield "q", rng.choice(questions()).text
    if rng.random() < 0.3:
        yield "plaats", rng.choice(towns)
        yield "straal", str(rng.choice(RADII))
    yield from _facets(rng)
    if rng.random() < 0.2:
        yield "sort", rng.choice(SORTS)
    if rng.random() < 0.15:
        yield "page", str(rng.randrange(2, 6))


def _facets(rng: random.Random) -> Iterator[tuple[str, str]]:
    """One or two filters, as most have."""
    lists = {
        "level": ["po-5", "po-7", "po-8", "vo-vmbo", "vo-havo", "vo-vwo-4", "mbo", "vo-pro"],
        "theme": ["energie", "water", "bouw", "metaal", "ict", "robotica", "chemie", "zorg", "natuur"],
        "kind": ["gastles", "bedrijfsbezoek", "excursie", "leskist", "project", "wedstrijd"],
        "delivery": ["at_school", "at_provider", "online"],
        "region": ["NL-ZE", "NL-NB", "NL-GR", "NL-UT"],
        "month": [str(month) for month in range(1, 13)],
        "audience": ["pupils", "teachers"],
        "free": ["1"],
        "room": ["1"],
    }
    for name in rng.sample(list(lists), rng.choice([0, 1, 1, 2, 2, 3])):
        for value in rng.sample(lists[name], min(len(lists[name]), rng.choice([1, 1, 2]))):
            yield name, value
