"""Schools that ask and companies that offer, and who is to be told of what: from the engine alone.

Towns lie apart: what is offered in one is offered nowhere else. In each town all offers come before all requests, so
that what a request deserves does not hang on the order in which workers find the pairs. A request fits fewer offers
than are kept of each, so that none is crowded out.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone

from matching import AT_SCHOOL, LEVELS, ActivityColumns, ActivityRow, RequestColumns, RequestRow, Terms, match_all
from techfinder.accounts.models import User
from techfinder.mail.models import MailPreferences
from techfinder.organisations.models import Membership, Provider, School
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory

GROUPS = ("po-5", "po-6", "po-7", "po-8")
THEMES = ("energie", "water", "bouw", "robotica")
ITEMS_PER_TOWN = 33
OFFERS_PER_TOWN = 3
SCHOOLS_PER_TOWN = 6
# One in so many requests comes through the web server; the others are committed as its view does it.
BY_WEB = 10
DOMAINS = 200
TOKEN = re.compile(r"\b[RA]\d{6}\b")
LEAF = {leaf.code: 1 << bit for bit, leaf in enumerate(LEVELS.leaves)}

Pair = tuple[str, str]


@dataclass(frozen=True)
class Offer:
    number: int
    levels: tuple[str, ...]
    themes: tuple[str, ...]
    group_max: int | None

    @property
    def town(self) -> int:
        return self.number // OFFERS_PER_TOWN

    @property
    def name(self) -> str:
        return f"A{self.number:06d}"

    @property
    def title(self) -> str:
        return f"Les {self.name}"

    @property
    def provider(self) -> int:
        """Each has two offers, in one town or in two."""
        return self.number // 2

    def row(self) -> ActivityRow:
        return ActivityRow(
            id=self.number,
            delivery=AT_SCHOOL,
            regions=frozenset({self.town}),
            lat=52.0,
            lon=5.0,
            levels=sum(LEAF[code] for code in self.levels),
            themes=frozenset(THEMES.index(code) for code in self.themes),
            kind=0,
            audience=1,
            group_max=self.group_max,
        )

    def fields(self, country: Country) -> dict[str, Any]:
        return {
            "title": self.title,
            "summary": "Je klas bouwt iets en meet het na.",
            "description": "Twee monteurs komen langs.",
            "kind": "gastles",
            "levels": list(self.levels),
            "themes": list(self.themes),
            "regions": [country.town_codes[self.town]],
            "delivery": ["at_school"],
            "audience": ["pupils"],
            "languages": ["nl"],
            "group_max": self.group_max,
            "lead_days": 0,
        }


@dataclass(frozen=True)
class Ask:
    number: int
    town: int
    levels: tuple[str, ...]
    themes: tuple[str, ...]
    group_size: int
    by_web: bool

    @property
    def name(self) -> str:
        return f"R{self.number:06d}"

    @property
    def title(self) -> str:
        return f"Vraag {self.name}"

    @property
    def email(self) -> str:
        return f"leraar{self.number}@school{self.number % DOMAINS}.example"

    @property
    def school(self) -> int:
        return self.town * SCHOOLS_PER_TOWN + self.number % SCHOOLS_PER_TOWN

    def row(self, today: dt.date) -> RequestRow:
        return RequestRow(
            id=self.number,
            municipality=self.town,
            lat=52.0,
            lon=5.0,
            levels=sum(LEAF[code] for code in self.levels),
            themes=frozenset(THEMES.index(code) for code in self.themes),
            audience=1,
            group_size=self.group_size,
            **window(today),
        )

    def fields(self, country: Country) -> dict[str, Any]:
        return {
            "title": self.title,
            "levels": list(self.levels),
            "themes": list(self.themes),
            "kinds": [],
            "delivery": [],
            "group_size": self.group_size,
            **window(country.today),
        }


def window(today: dt.date) -> dict[str, dt.date]:
    return {"date_from": today + dt.timedelta(days=40), "date_until": today + dt.timedelta(days=100)}


@dataclass
class Expected:
    """What is to be told: by address the pairs of a request and an offer, and the requests that nothing fits."""

    pairs: dict[str, set[Pair]] = field(default_factory=dict)
    nothing: dict[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return sum(len(each) for each in self.pairs.values()) + len(self.nothing)


class Country:
    """`items` requests and offers, the same every time; `settle` writes those who will post them."""

    def __init__(self, items: int, *, by_web: int = BY_WEB) -> None:
        rng = random.Random(1)
        self.towns = max(2, items // ITEMS_PER_TOWN)
        self.today = timezone.localdate()
        self.offers = [_offer(rng, n) for n in range(self.towns * OFFERS_PER_TOWN)]
        asks = items - len(self.offers)
        self.asks = [_ask(rng, n, n * self.towns // asks, n % by_web == 0) for n in range(asks)]
        self.town_codes: list[str] = []
        self.schools: list[School] = []
        self.providers: list[Provider] = []
        self.people: dict[str, User] = {}

    def company_people(self, provider: int) -> list[str]:
        """Of every third company two people act."""
        colleagues = 2 if provider % 3 == 0 else 1
        return [f"mens{n}@bedrijf{provider}.example" for n in range(colleagues)]

    # ------------------------------------------------------------ the truth

    def expected(self) -> Expected:
        """By the engine, called here and now; nothing of it comes from the database."""
        found = match_all(
            RequestColumns.from_rows([ask.row(self.today) for ask in self.asks]),
            ActivityColumns.from_rows([offer.row() for offer in self.offers]),
            Terms(today=self.today),
        )
        expected = Expected(nothing={ask.email: ask.name for ask in self.asks})
        for request_id, activity_id in zip(found.request_id.tolist(), found.activity_id.tolist(), strict=True):
            ask, offer = self.asks[request_id], self.offers[activity_id]
            expected.nothing.pop(ask.email, None)
            for address in (ask.email, *self.company_people(offer.provider)):
                expected.pairs.setdefault(address, set()).add((ask.name, offer.name))
        return expected

    # ----------------------------------------------------------- the people

    def settle(self, **companies_want: Any) -> None:
        """Towns, schools, companies and their people, who want to hear of each match, schools at once."""
        towns = [RegionFactory(parent=Region.objects.get(code="NL-ZE")) for _ in range(self.towns)]
        self.town_codes = [town.code for town in towns]
        self.schools = School.objects.bulk_create(
            SchoolFactory.build(municipality=town) for town in towns for _ in range(SCHOOLS_PER_TOWN)
        )
        self.providers = Provider.objects.bulk_create(
            ProviderFactory.build(municipality=towns[first.town]) for first in self.offers[::2]
        )
        teachers = [ask.email for ask in self.asks]
        companies = {email: n for n in range(len(self.providers)) for email in self.company_people(n)}
        users = User.objects.bulk_create(UserFactory.build(email=email) for email in (*teachers, *companies))
        self.people = {user.email: user for user in users}
        MailPreferences.objects.bulk_create(
            MailPreferences(
                email=email,
                most_per_week=50,
                **{"matches": "instant", **(companies_want if email in companies else {})},
            )
            for email in self.people
        )
        Membership.objects.bulk_create(
            MembershipFactory.build(user=self.people[email], provider=self.providers[n])
            for email, n in companies.items()
        )
        Membership.objects.bulk_create(
            MembershipFactory.build(user=self.people[ask.email], school=self.schools[ask.school])
            for ask in self.asks
            if ask.by_web
        )


def _offer(rng: random.Random, number: int) -> Offer:
    return Offer(number, tuple(rng.sample(GROUPS, 2)), tuple(rng.sample(THEMES, 2)), rng.choice([None, 24]))


def _ask(rng: random.Random, number: int, town: int, by_web: bool) -> Ask:
    themes = rng.choice([(), (rng.choice(THEMES),)])
    return Ask(number, town, (rng.choice(GROUPS),), themes, rng.choice([20, 28]), by_web)
