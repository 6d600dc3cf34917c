import datetime as dt

import pytest

from techfinder.matches.telling import notifications
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory, SchoolFactory
from tests.factories.requests import RequestFactory


@pytest.fixture(autouse=True)
def _nothing_is_bundled(monkeypatch):
    """What a test does in a second people do in days; the tests of bundling put it back."""
    monkeypatch.setattr(notifications, "BUNDLE", dt.timedelta(0))


@pytest.fixture
def zeeland(db):
    return Region.objects.get(code="NL-ZE")


@pytest.fixture
def vlissingen(zeeland):
    return RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen", parent=zeeland)


@pytest.fixture
def provider(vlissingen):
    return ProviderFactory(name="Huis van de Techniek", municipality=vlissingen)


@pytest.fixture
def member(provider):
    """A person of the company, mailed once a day."""
    user = UserFactory(name="Mo")
    MembershipFactory(user=user, provider=provider)
    return user


@pytest.fixture
def school(vlissingen):
    return SchoolFactory(name="De Loefzijde", municipality=vlissingen)


@pytest.fixture
def make_school(vlissingen):
    def make(**fields):
        return SchoolFactory(**{"municipality": vlissingen, **fields})

    return make


@pytest.fixture
def make_activity(provider, member):
    def make(**fields):
        return ActivityFactory(**{"provider": provider, "regions": ["NL-ZE"], "title": "Zonnebootrace", **fields})

    return make


@pytest.fixture
def make_request(school):
    def make(**fields):
        return RequestFactory(**{"school": school, **fields})

    return make
