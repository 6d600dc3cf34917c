"""Boards, schools and providers of the demo, in every province."""

from itertools import count, cycle
from random import Random

from django.conf import settings
from django.utils import timezone
from django.utils.text import slugify

from techfinder.accounts.models import User
from techfinder.organisations.models import Board, Membership, Provider, School
from techfinder.organisations.queries import plain
from techfinder.pages.demo import names
from techfinder.pages.demo.people import COMPANY, TEACHER, make_people
from techfinder.pages.demo.places import Town, ensure_municipalities, provinces, town, towns
from techfinder.requests.levels import leaves_in_order
from techfinder.taxonomy.models import Region

PROVIDERS_PER_PROVINCE = 6
# What the secondary schools teach, one after the other.
COLLEGE_LEVELS = (
    ("vo-havo", "vo-vwo"), ("vo-vmbo",), ("vo-vmbo-tl", "vo-havo"), ("vo-vmbo", "vo-havo", "vo-vwo"), ("vo-pro",),
)  # fmt: skip
SPECIAL_LEVELS = (("so",), ("vso",), ("sbo",))
REFERENCE_PROVIDER = "Huis van de Techniek"


class Country:
    """Everything that offers and requests hang on; `random` is seeded, so that each run gives the same."""

    def __init__(self, random: Random, users: dict[str, User]) -> None:
        self.random, self.users = random, users
        self.municipalities: dict[str, Region] = ensure_municipalities()
        self._numbers = count()
        self.boards = _boards()
        self.schools = self._make_schools()
        self.providers = self._make_providers()
        self.contacts = self._make_contacts()

    def near(self, place: Town) -> dict[str, float]:
        """A point within some two kilometres of the town."""
        return {
            "lat": round(place.lat + self.random.uniform(-0.015, 0.015), 5),
            "lon": round(place.lon + self.random.uniform(-0.02, 0.02), 5),
        }

    def school(self, city: str, sector: str = "po") -> School:
        return next(each for each in self.schools if each.city == city and each.sector == sector)

    # ---------------------------------------------------------------- schools

    def _make_schools(self) -> list[School]:
        primary, college, special = cycle(names.SCHOOL_NAMES), cycle(names.COLLEGE_NAMES), cycle(names.SPECIAL_NAMES)
        special_levels, college_levels = cycle(SPECIAL_LEVELS), cycle(COLLEGE_LEVELS)
        schools = []
        for number, place in enumerate(towns()):
            schools += [self._school(next(primary), "po", ("po",), place) for _twice in range(2)]
            if number % 3 == 2:
                schools.append(self._school(next(special), "so", next(special_levels), place))
            else:
                schools.append(self._school(next(college), "vo", next(college_levels), place))
            if number % 6 == 0:
                schools.append(self._school(f"Regionaal Technisch College {place.name}", "mbo", ("mbo",), place))
        return School.objects.bulk_create(schools)

    def _school(self, name: str, sector: str, levels: tuple[str, ...], place: Town) -> School:
        number = next(self._numbers)
        institution = f"99{chr(65 + number // 26)}{chr(65 + number % 26)}"
        return School(
            code=f"{institution}00",
            institution=institution,
            name=name,
            search_name=plain(f"{name} {place.name}"),
            sector=sector,
            levels=leaves_in_order(levels),
            street="Schoolstraat",
            house_number=str(1 + number % 90),
            city=place.name,
            municipality=self.municipalities[place.municipality],
            board=self.boards[place.province],
            holiday_region=place.holidays,
            pupils=80 + 7 * (number % 60),
            website=f"www.{slugify(name)}-{slugify(place.name)}.example",
            point_source="demo",
            **self.near(place),
        )

    # -------------------------------------------------------------- providers

    def _make_providers(self) -> list[Provider]:
        first, second = cycle(names.COMPANY_FIRST), cycle(names.COMPANY_SECOND.items())
        providers = [self._reference_provider()]
        by_province = zip(*[iter(towns())] * PROVIDERS_PER_PROVINCE, strict=True)
        for places in by_province:
            for place, (_theme, trade) in zip(places, second, strict=False):
                providers.append(self._provider(f"{next(first)} {trade}", place))
        for waiting in providers[-2:]:
            waiting.status, waiting.verified_at = Provider.Status.PENDING, None
        return Provider.objects.bulk_create(providers)

    def _provider(self, name: str, place: Town, **fields: str) -> Provider:
        slug = slugify(f"{name} {place.name}")
        return Provider(
            **{
                "name": name,
                "slug": slug,
                "description": f"{name} in {place.name} laat leerlingen zien en voelen wat techniek is.",
                "email": f"info@{slug}.example",
                "website": f"https://{slug}.example",
                "street": "Werkweg",
                "house_number": str(self.random.randrange(1, 120)),
                "city": place.name,
                "municipality": self.municipalities[place.municipality],
                "status": Provider.Status.VERIFIED,
                "verified_at": timezone.now(),
                **self.near(place),
                **fields,
            }
        )

    def _reference_provider(self) -> Provider:
        return self._provider(
            REFERENCE_PROVIDER,
            town("Vlissingen"),
            street="Ritthemsestraat",
            house_number="500",
            slug="huis-van-de-techniek",
        )

    # --------------------------------------------------------------- contacts

    def _make_contacts(self) -> dict[int, User]:
        """One person per provider, and the members of the demo accounts; by the id of the provider."""
        people = make_people(len(self.providers), self.random)
        contacts = {provider.pk: user for provider, user in zip(self.providers, people, strict=True)}
        contacts[self.providers[0].pk] = self.users[COMPANY]
        memberships = [Membership(user=contacts[each.pk], provider=each) for each in self.providers]
        memberships.append(Membership(user=self.users[TEACHER], school=self.school("Vlissingen")))
        waiting = Membership(user=people[0], school=self.school("Goes"), status=Membership.Status.PENDING)
        Membership.objects.bulk_create([*memberships, waiting])
        return contacts


def _boards() -> dict[str, Board]:
    codes = provinces()
    boards = [
        Board(code=f"99{number:03d}", name=f"Stichting Samen Leren {code.removeprefix('NL-')}")
        for number, code in enumerate(codes)
    ]
    return dict(zip(codes, Board.objects.bulk_create(boards), strict=True))


def is_local() -> bool:
    """Whether this is a machine on which accounts with known addresses do no harm."""
    return bool(settings.ENV.is_local)
