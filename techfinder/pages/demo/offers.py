"""The offers of the demo: the reference record in full, and some 250 others over all themes, kinds and classes."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from itertools import cycle
from random import Random
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from techfinder.activities.models import Activity, Session, Stage
from techfinder.organisations.models import Provider
from techfinder.pages.demo.country import Country
from techfinder.pages.demo.names import COMPANY_SECOND
from techfinder.pages.demo.shapes import FORMATS, NEIGHBOURS, Format, audience_of
from techfinder.pages.demo.subjects import SUBJECTS, Subject

OFFERS = 250
REFERENCE_SLUG = "mini-zonnebootrace"


def make_offers(country: Country) -> list[Activity]:
    """Write all offers, with sessions and stages, in bulk. The index of the text is kept by the database."""
    random = country.random
    reference = _reference(country.providers[0])
    others = [_offer(provider, subject, shape, random) for provider, subject, shape in _combinations(country)]
    offers = [reference, *others]
    _settle(offers)
    Activity.objects.bulk_create(offers)
    _stages_and_session(reference)
    Session.objects.bulk_create(_sessions(offers[1:], random))
    return offers


def coming_18_june(today: dt.date) -> dt.date:
    """The day of the boat race: this year while there is a month left to prepare, else next year."""
    this_year = dt.date(today.year, 6, 18)
    return this_year if today + dt.timedelta(days=30) <= this_year else this_year.replace(year=today.year + 1)


def _combinations(country: Country) -> Iterator[tuple[Provider, Subject, Format]]:
    """Each provider in turn, with a subject of its trade and a form; no title comes twice in one place."""
    themes = list(COMPANY_SECOND)
    shapes, seen = cycle(FORMATS), set[tuple[int, str, str]]()
    rounds = cycle(enumerate(country.providers))
    while len(seen) < OFFERS - 1:
        number, provider = next(rounds)
        theme = country.random.choice(themes) if number == 0 else themes[(number - 1) % len(themes)]
        subject = country.random.choice([each for each in SUBJECTS if each.theme == theme])
        shape = next(shapes)
        key = (provider.pk, subject.topic, shape.kind)
        if key not in seen:
            seen.add(key)
            yield provider, subject, shape


def _offer(provider: Provider, subject: Subject, shape: Format, random: Random) -> Activity:
    levels, whom = audience_of(shape, random)
    words = subject._asdict() | {"make_low": subject.make[0].lower() + subject.make[1:]}
    return Activity(
        provider=provider,
        title=shape.title.format(**words),
        summary=f"{subject.question}? Voor {whom}.",
        description=_story(provider, subject, shape, whom, words),
        goals=f"Ontdekken hoe techniek werkt bij {subject.topic}.\nKennismaken met het werk van {subject.people}.",
        kind=shape.kind,
        levels=list(levels),
        themes=[subject.theme] + ([NEIGHBOURS[subject.theme]] if random.random() < 0.4 else []),
        delivery=list(shape.delivery),
        audience=list(shape.audience),
        for_girls=shape.kind == "masterclass" and random.random() < 0.3,
        languages=["nl", "en"] if random.random() < 0.15 else ["nl"],
        duration_amount=Decimal(shape.minutes),
        duration_unit=Activity.Unit.MINUTES,
        never_alone=True,
        vog=random.choice([Activity.Vog.HAVE, Activity.Vog.ON_REQUEST, Activity.Vog.NOT_NEEDED, Activity.Vog.UNKNOWN]),
        school_arranges="Een begeleider per tien leerlingen."
        if "at_provider" in shape.delivery
        else "Een lokaal met stroom.",
        **_where(provider, shape, random),
        **_when_and_cost(random),
    )


def _story(provider: Provider, subject: Subject, shape: Format, whom: str, words: dict[str, str]) -> str:
    return (
        f"{subject.question}? Daar gaat het om bij dit aanbod van {provider.name} voor {whom}.\n\n"
        f"{shape.story.format(**words)} Wat leerlingen maken of ontdekken, nemen ze mee naar huis of naar de klas.\n\n"
        f"Vooraf bellen we even: dan stemmen we af wat de klas al weet."
    )


def _where(provider: Provider, shape: Format, random: Random) -> dict[str, Any]:
    """The own municipality, province or part of the country; what is online is for all of it."""
    municipality = provider.municipality
    assert municipality is not None
    province = municipality.parent
    assert province is not None
    assert province.parent is not None
    nearby = (municipality.code, province.code, province.parent.code)
    online = shape.delivery == ("online",)
    return {
        "regions": ["NL"] if online else random.choices(nearby, weights=(1, 5, 4)),
        "max_travel_km": random.choice([None, 40, 60, 80]) if "at_school" in shape.delivery else None,
    }


def _when_and_cost(random: Random) -> dict[str, Any]:
    whole_year = random.random() < 0.65
    return {
        "months": [] if whole_year else sorted(random.sample(range(1, 13), random.randint(5, 9))),
        "lead_days": random.choice([0, 7, 14, 14, 21]),
        "group_min": random.choice([None, None, 8, 10]),
        "group_max": random.choice([None, 30, 30, 32, 60]),
        "splittable": random.random() < 0.2,
        "cost": random.choice([Decimal(0), Decimal(0), Decimal(0), None, Decimal(25), Decimal(75), Decimal("149.50")]),
        "preparation_amount": random.choice([None, Decimal(30), Decimal(60)]),
        "preparation_unit": Activity.Unit.MINUTES,
        "preparation_by": random.choice([Activity.PreparedBy.TEACHER, Activity.PreparedBy.BOTH]),
    }


def _settle(offers: list[Activity]) -> None:
    """Addresses, and dates of publication over the last weeks; a few wait for the moderator."""
    now, slugs = timezone.now(), set[str]()
    for number, offer in enumerate(offers):
        offer.slug = offer.slug or _free(f"{offer.title} {offer.provider.city}", slugs)
        # The boat race is the newest; the steps of 37 keep the kinds, which come in turn, from lying together.
        offer.created_at = now - dt.timedelta(days=3 + number * 37 % 53, minutes=number)
        waits = number in WAITING or offer.provider.status != Provider.Status.VERIFIED
        offer.status = Activity.Status.SUBMITTED if waits else Activity.Status.PUBLISHED
        offer.submitted_at = now - dt.timedelta(days=number % 4) if waits else None
        offer.published_at = None if waits else offer.created_at + dt.timedelta(days=2)
        offer.confirmed_at = timezone.localdate() - dt.timedelta(days=number % 50)


# Of providers in Zeeland and elsewhere: the queue of the demo's moderator is not empty.
WAITING = {55, 56, 57, 128, 129, 200}


def _free(words: str, slugs: set[str]) -> str:
    base = slugify(words)[:120]
    slug = next(each for each in (base, *(f"{base}-{number}" for number in range(2, 99))) if each not in slugs)
    slugs.add(slug)
    return slug


def _sessions(offers: list[Activity], random: Random) -> Iterator[Session]:
    """Days with seats for competitions and technology days, outside the weekend."""
    today = timezone.localdate()
    for offer in offers:
        if offer.kind not in ("wedstrijd", "excursie"):
            continue
        days = {_school_day(today + dt.timedelta(days=random.randint(30, 210))) for _day in range(3)}
        for day in sorted(days):
            seats = random.choice([30, 60, 60, 90])
            yield Session(activity=offer, date=day, start=dt.time(9, 30), end=dt.time(14), seats=seats)


def _school_day(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=max(0, day.weekday() - 4))


def _reference(provider: Provider) -> Activity:
    """The one page of the first Techfinder that is preserved; everything on it fits."""
    return Activity(
        ref=REFERENCE_SLUG,
        slug=REFERENCE_SLUG,
        provider=provider,
        co_providers="Vrienden voor Elektro in de klas",
        title="Mini-Zonnebootrace",
        summary="Bouw een boot op zonne-energie en race mee in de haven van Vlissingen.",
        description=(
            "De Mini-Zonnebootrace is voor groep 7 en 8 van de basisscholen in Zeeland. Na de aanmelding krijgt "
            "de klas een gastles en een bouwpakket. Medewerkers van de bedrijven van Vrienden voor Elektro in de klas "
            "helpen bij het bouwen. Op de Open Havendag, op 18 juni, racen de boten tegen elkaar."
        ),
        goals="Leerlingen experimenteren met zonne-energie door zelf een boot te bouwen.",
        kind="wedstrijd",
        levels=["po-6", "po-7", "po-8"],
        themes=["energie", "elektro", "maritiem"],
        regions=["NL-ZE"],
        delivery=["at_provider"],
        audience=["pupils"],
        languages=["nl"],
        venue_street="Ritthemsestraat",
        venue_house_number="500",
        venue_city="Vlissingen",
        venue_lat=51.4536,
        venue_lon=3.6208,
        months=[6],
        period_note="Vindt plaats op 18 juni",
        lead_days=21,
        preparation_amount=Decimal(1),
        preparation_unit=Activity.Unit.HALF_DAYS,
        preparation_by=Activity.PreparedBy.GUEST_TEACHER,
        cost=Decimal(0),
        never_alone=True,
    )


def _stages_and_session(reference: Activity) -> None:
    race = coming_18_june(timezone.localdate())
    steps = (
        ("Aanmelden", "De school meldt de klas aan.", None),
        ("Bouwpakket en gastles", "De klas krijgt een gastles en een bouwpakket.", None),
        ("Hulp in de klas", "Medewerkers van bedrijven helpen bij het bouwen.", None),
        ("De race", "De boten racen op de Open Havendag.", race),
    )
    Stage.objects.bulk_create(
        Stage(activity=reference, position=at, title=title, description=text, date=date)
        for at, (title, text, date) in enumerate(steps)
    )
    Session.objects.create(activity=reference, date=race, seats=300)
