"""The questions of the demo: one per journey, and the rest of a normal season."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

from django.utils import timezone

from techfinder.accounts.models import User
from techfinder.activities.models import Activity
from techfinder.organisations.models import School
from techfinder.pages.demo.country import Country
from techfinder.pages.demo.offers import coming_18_june
from techfinder.pages.demo.people import TEACHER, make_people
from techfinder.pages.demo.shapes import NEIGHBOURS
from techfinder.pages.demo.subjects import SUBJECTS
from techfinder.requests.models import Request
from techfinder.taxonomy.levels import level_leaves
from techfinder.taxonomy.models import Region

QUESTIONS = 120
CLASSES = {
    "po": (("po-7",), ("po-8",), ("po-7", "po-8"), ("po-5", "po-6"), ("po-3", "po-4"), ("po-1", "po-2")),
    "vo": (
        ("vo-vmbo-tl-3",),
        ("vo-havo-2", "vo-vwo-2"),
        ("vo-vmbo-bb-3", "vo-vmbo-kb-3"),
        ("vo-havo-4",),
        ("vo-pro-2",),
    ),
    "so": (("so",), ("vso",), ("sbo",)),
    "mbo": (("mbo-2",), ("mbo-3", "mbo-4")),
}


def make_questions(country: Country, offers: list[Activity]) -> list[Request]:
    """Write all questions in bulk; the worker finds them unmatched and does the rest."""
    teachers = make_teachers(country)
    questions = [*_journeys(country, teachers)]
    while len(questions) < QUESTIONS:
        questions.append(_ordinary(country, country.random.choice(teachers), offers, len(questions)))
    for number, question in enumerate(questions):
        _date(question, number)
    return Request.objects.bulk_create(questions)


def make_teachers(country: Country) -> list[tuple[School, User]]:
    """Forty schools with somebody who asks."""
    schools = country.random.sample(country.schools, 40)
    return list(zip(schools, make_people(len(schools), country.random), strict=True))


def _date(question: Request, number: int) -> None:
    """Posted over the last weeks, confirmed within minutes."""
    question.created_at = timezone.now() - dt.timedelta(days=number % 25, minutes=7 * number % 600)
    if question.status != Request.Status.UNCONFIRMED:
        question.confirmed_at = question.created_at + dt.timedelta(minutes=3)


def _question(school: School, user: User, **fields: Any) -> Request:
    today = timezone.localdate()
    return Request(
        **{
            "school": school,
            "contact": user,
            "contact_email": user.email,
            "contact_name": user.name,
            "audience": ["pupils"],
            "group_size": 26,
            "date_from": today + dt.timedelta(days=21),
            "date_until": today + dt.timedelta(days=180),
            "status": Request.Status.OPEN,
            **fields,
        }
    )


def _journeys(country: Country, teachers: list[tuple[School, User]]) -> Iterator[Request]:
    """What each journey of the site starts with."""
    teacher, own = country.users[TEACHER], country.school("Vlissingen")
    race, today = coming_18_june(timezone.localdate()), timezone.localdate()
    someone = teachers[0][1]
    yield _question(  # fits: the reference record and more
        own, teacher, title="Zonne-energie: zelf iets bouwen dat werkt", levels=["po-7", "po-8"],
        themes=["energie", "elektro"], group_size=28, date_from=race - dt.timedelta(days=40), date_until=race,
        max_travel_km=25, max_cost=50, minutes=120, date_note="Het liefst op dinsdag of vrijdag",
        goals="Leerlingen ontdekken hoe je met de zon iets laat bewegen.",
        prior_knowledge="Ze kennen de schakeling met een lampje.",
        practicalities="Het lokaal heeft een digibord en veel stopcontacten.",
    )  # fmt: skip
    yield _question(  # nearly fits: too many, before the race, not online, one theme
        own, teacher, title="Zelf een schakeling bouwen, dicht bij school", levels=["po-7"], themes=["elektro"],
        delivery=["at_school", "at_provider"], max_travel_km=10, max_cost=0, group_size=34,
        date_until=min(today + dt.timedelta(days=180), race - dt.timedelta(days=7)),
    )  # fmt: skip
    yield _question(  # nothing fits
        country.school("Terneuzen"), someone, title="Een raketmotor van dichtbij voor onze kleuters",
        levels=["po-1"], themes=["luchtvaart"], kinds=["bedrijfsbezoek"], delivery=["at_provider"], max_travel_km=1,
        max_cost=0, group_size=180, date_from=today + dt.timedelta(days=1), date_until=today + dt.timedelta(days=3),
    )  # fmt: skip
    yield _question(
        _school_with(country, "vso"), someone, title="Rustig kennismaken met maken en repareren", levels=["vso"],
        group_size=9,
        practicalities="Een kleine groep, met twee begeleiders. Graag veel doen en weinig praten.",
    )  # fmt: skip
    yield _question(
        country.school("Vlissingen", "mbo"), someone,
        title="Een echte opdracht voor onze tweedejaars", levels=["mbo-3", "mbo-4"],
        kinds=["project", "bedrijfsbezoek"], group_size=22, minutes=240,
    )  # fmt: skip
    yield _question(
        country.school("Dokkum"), someone, title="Online les over het heelal", levels=["po-7", "po-8"],
        themes=["luchtvaart", "wetenschap"], delivery=["online"], group_size=30, max_cost=0, minutes=50,
    )  # fmt: skip
    yield _question(
        country.school("Eindhoven"), someone, title="Twee dagen meelopen bij een techniekbedrijf", levels=["po"],
        audience=["teachers"], kinds=["docentenstage"], group_size=2,
    )  # fmt: skip
    yield _question(
        country.school("Goes"), someone, title="Iets met techniek", levels=["po-8"], status=Request.Status.WITHDRAWN,
        withdrawn_reason=Request.Withdrawn.FOUND_ELSEWHERE,
    )  # fmt: skip


def _school_with(country: Country, level: str) -> School:
    return next(each for each in country.schools if level in each.levels)


def _ordinary(country: Country, who: tuple[School, User], offers: list[Activity], number: int) -> Request:
    """Mostly about something that is offered near the school for such a class, as in a good season."""
    random, (school, user) = country.random, who
    classes = _class_of(school, random)
    near = [offer for offer in offers if _is_near(offer, school) and level_leaves(offer.levels) & set(classes)]
    wanted = random.choice(near) if near and random.random() < 0.65 else None
    theme = wanted.themes[0] if wanted else random.choice(list(NEIGHBOURS))
    subject = random.choice([each for each in SUBJECTS if each.theme == theme])
    first = timezone.localdate() + dt.timedelta(days=random.randint(14, 60))
    return _question(
        school,
        user,
        title=random.choice(TITLES).format(topic=subject.topic, make=subject.make, people=subject.people),
        levels=list(classes),
        themes=_themes(theme, random),
        kinds=random.choice([[], [], [], [], sorted({wanted.kind if wanted else "gastles", "leskist"})]),
        delivery=random.choice([[], [], [], ["at_school", "at_provider"], ["at_school", "online"]]),
        group_size=random.choice([14, 18, 24, 26, 28, 28, 30]),
        date_from=first,
        date_until=first + dt.timedelta(days=random.randint(60, 200)),
        max_travel_km=random.choice([None, None, 40, 60]),
        max_cost=random.choice([None, None, None, 50, 150]),
        minutes=random.choice([None, 60, 90]),
        goals=f"Leerlingen zien waar {subject.topic} in het echt voorkomt." if number % 3 else "",
    )


def _is_near(offer: Activity, school: School) -> bool:
    """Whether the offer is meant for the region of the school."""
    around = {"NL"}
    region: Region | None = school.municipality
    while region is not None:
        around.add(region.code)
        region = region.parent
    is_public = offer.status == Activity.Status.PUBLISHED
    return is_public and offer.audience == ["pupils"] and not around.isdisjoint(offer.regions)


def _themes(theme: str, random: Random) -> list[str]:
    """One theme, with what lies beside it, or none: then every theme is welcome."""
    beside = NEIGHBOURS[theme]
    three = list(dict.fromkeys([theme, beside, NEIGHBOURS[beside]]))
    return random.choice([[theme], [theme, beside], three, []])


TITLES = (
    "Wie komt vertellen over {topic}?",
    "We zoeken een les over {topic}",
    "{make}: wie helpt ons?",
    "Onze klas wil {people} ontmoeten",
    "Projectweek over {topic}",
)


def _class_of(school: School, random: Random) -> tuple[str, ...]:
    """A class that the school has."""
    fitting = [codes for codes in CLASSES[school.sector] if set(codes) <= set(school.levels)]
    return random.choice(fitting) if fitting else (school.levels[0],)
