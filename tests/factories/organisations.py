import datetime as dt

import factory
from django.utils import timezone

from techfinder.organisations.models import Board, Invitation, Membership, Provider, School
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory


class RegionFactory(factory.django.DjangoModelFactory[Region]):
    """A municipality; give `parent=` for its province."""

    class Meta:
        model = Region

    code = factory.Sequence(lambda n: f"GM9{n:03d}")
    slug = factory.Sequence(lambda n: f"gemeente-{n}")
    name = factory.Sequence(lambda n: f"Gemeente {n}")
    type = Region.Type.MUNICIPALITY
    lat = 51.49
    lon = 3.61


class BoardFactory(factory.django.DjangoModelFactory[Board]):
    class Meta:
        model = Board

    code = factory.Sequence(lambda n: f"{40000 + n}")
    name = factory.Sequence(lambda n: f"Schoolbestuur {n}")


class SchoolFactory(factory.django.DjangoModelFactory[School]):
    class Meta:
        model = School

    code = factory.Sequence(lambda n: f"XX{n:06d}")
    institution = "00XX"
    name = factory.Sequence(lambda n: f"Basisschool {n}")
    sector = School.Sector.PO
    structure = "BASISONDERWIJS"
    levels = factory.LazyFunction(lambda: [f"po-{group}" for group in range(1, 9)])
    street = "Dorpsstraat"
    house_number = "1"
    postcode = "4381 AB"
    city = "Vlissingen"
    lat = 51.45
    lon = 3.57
    website = factory.Sequence(lambda n: f"www.basisschool{n}.example")
    municipality = factory.SubFactory(RegionFactory)
    search_name = factory.LazyAttribute(lambda school: f"{school.name} {school.city}".lower())


class ProviderFactory(factory.django.DjangoModelFactory[Provider]):
    """A verified company, with an address and a point."""

    class Meta:
        model = Provider

    name = factory.Sequence(lambda n: f"Bedrijf {n}")
    slug = factory.Sequence(lambda n: f"bedrijf-{n}")
    email = factory.Sequence(lambda n: f"info@bedrijf{n}.example")
    street = "Ritthemsestraat"
    house_number = "500"
    postcode = "4389 PA"
    city = "Vlissingen"
    lat = 51.45
    lon = 3.62
    municipality = factory.SubFactory(RegionFactory)
    status = Provider.Status.VERIFIED


class MembershipFactory(factory.django.DjangoModelFactory[Membership]):
    """Active; give exactly one of school=, provider=, board=."""

    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    status = Membership.Status.ACTIVE


class InvitationFactory(factory.django.DjangoModelFactory[Invitation]):
    """Open for two weeks; give exactly one of school=, provider=, board=."""

    class Meta:
        model = Invitation

    email = factory.Sequence(lambda n: f"colleague{n}@example.com")
    invited_by = factory.SubFactory(UserFactory)
    expires_at = factory.LazyFunction(lambda: timezone.now() + dt.timedelta(days=14))
