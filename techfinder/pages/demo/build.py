"""Everything of the demo in one transaction: whole, or not at all."""

from collections.abc import Callable
from random import Random

from django.db import transaction

from techfinder.activities.models import Activity
from techfinder.celery import wake
from techfinder.organisations.models import Provider, School
from techfinder.pages.demo.bookings import make_bookings
from techfinder.pages.demo.campaign import make_campaign
from techfinder.pages.demo.country import Country
from techfinder.pages.demo.offers import REFERENCE_SLUG, make_offers
from techfinder.pages.demo.people import make_accounts
from techfinder.pages.demo.questions import make_questions
from techfinder.pages.demo.region import make_region_page
from techfinder.requests.models import Request

SEED = 2013
STEPS = 3
Tell = Callable[[str], None]


def is_there() -> bool:
    """Whether the demo was put in before."""
    return Activity.objects.filter(ref=REFERENCE_SLUG).exists()


def is_empty() -> bool:
    """Whether nobody has put anything in: no school, provider, offer or question."""
    return not any(model.objects.exists() for model in (School, Provider, Activity, Request))


@transaction.atomic
def build(tell: Tell = lambda done: None) -> dict[str, int]:
    """Commit rows and wake the worker: matches and mails are made by it, as for everybody. Returns the counts.

    `tell` hears after each of the steps that it is done.
    """
    country = Country(Random(SEED), make_accounts())  # noqa: S311 (names, no secrets)
    tell("schools")
    offers = make_offers(country)
    tell("activities")
    questions = make_questions(country, offers)
    tell("requests")
    make_campaign()
    make_region_page()
    make_bookings()
    wake("matches.sweep")
    return {
        "schools": len(country.schools),
        "providers": len(country.providers),
        "activities": len(offers),
        "requests": len(questions),
    }
