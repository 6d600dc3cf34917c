"""Activities that a stranger may see, unless told otherwise."""

import datetime as dt

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from techfinder.activities.models import Activity, Session, Stage


class ActivityFactory(DjangoModelFactory[Activity]):
    class Meta:
        model = Activity

    provider = factory.SubFactory("tests.factories.organisations.ProviderFactory")
    title = factory.Sequence(lambda n: f"Bouw een windmolen {n}")
    slug = factory.Sequence(lambda n: f"bouw-een-windmolen-{n}")
    summary = "Je klas bouwt een molen en meet wat die oplevert."
    description = "Twee monteurs komen langs met wieken en meters."
    goals = "Leerlingen ontdekken hoe wind stroom wordt."
    kind = "gastles"
    levels = factory.LazyFunction(lambda: ["po-7", "po-8"])
    themes = factory.LazyFunction(lambda: ["energie"])
    regions = factory.LazyFunction(lambda: ["NL"])
    delivery = factory.LazyFunction(lambda: ["at_school"])
    audience = factory.LazyFunction(lambda: ["pupils"])
    languages = factory.LazyFunction(lambda: ["nl"])
    status = Activity.Status.PUBLISHED
    # It has had its rest (`activities.rest`).
    published_at = factory.LazyFunction(lambda: timezone.now() - dt.timedelta(days=3))
    submitted_at = None

    class Params:
        draft = factory.Trait(status=Activity.Status.DRAFT, published_at=None)
        submitted = factory.Trait(
            status=Activity.Status.SUBMITTED, published_at=None, submitted_at=factory.LazyFunction(timezone.now)
        )


class SessionFactory(DjangoModelFactory[Session]):
    class Meta:
        model = Session

    activity = factory.SubFactory(ActivityFactory)
    date = factory.LazyFunction(lambda: timezone.localdate() + dt.timedelta(days=60))
    seats = 30


class StageFactory(DjangoModelFactory[Stage]):
    class Meta:
        model = Stage

    activity = factory.SubFactory(ActivityFactory)
    position = factory.Sequence(lambda n: n)
    title = "Hulp in de klas"
