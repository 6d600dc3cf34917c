from datetime import timedelta

import factory
from django.utils import timezone

from techfinder.requests.models import Request
from tests.factories.accounts import UserFactory
from tests.factories.organisations import SchoolFactory


class RequestFactory(factory.django.DjangoModelFactory[Request]):
    """An open request of a groep 7 about energy, in a window that starts in a month."""

    class Meta:
        model = Request

    school = factory.SubFactory(SchoolFactory)
    contact = factory.SubFactory(UserFactory)
    contact_email = factory.LazyAttribute(
        lambda request: request.contact.email if request.contact else "teacher@school.example"
    )
    contact_name = factory.LazyAttribute(lambda request: request.contact.name if request.contact else "")
    title = factory.Sequence(lambda n: f"Zonne-energie: zelf iets bouwen {n}")
    levels = factory.LazyFunction(lambda: ["po-7"])
    themes = factory.LazyFunction(lambda: ["energie"])
    kinds = factory.LazyFunction(list)
    delivery = factory.LazyFunction(list)
    audience = factory.LazyFunction(lambda: ["pupils"])
    group_size = 28
    date_from = factory.LazyFunction(lambda: timezone.localdate() + timedelta(days=30))
    date_until = factory.LazyAttribute(lambda request: request.date_from + timedelta(days=60))
    status = Request.Status.OPEN
    confirmed_at = factory.LazyFunction(timezone.now)
