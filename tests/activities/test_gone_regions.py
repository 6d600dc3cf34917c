"""An activity whose region was deleted: who can mend it is told, a visitor sees no code, and nothing breaks."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import ProtectedError
from django.urls import reverse

from techfinder.activities.gone import gone_of, gone_regions
from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Region
from tests.factories.accounts import AdministratorFactory, UserFactory
from tests.factories.activities import ActivityFactory
from tests.factories.organisations import MembershipFactory, RegionFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
NOWHERE = "De regio van deze activiteit bestaat niet meer."
SOME = "Een regio van deze activiteit bestaat niet meer"


@pytest.fixture
def activity():
    return ActivityFactory(title="Zonnebootrace", regions=["RPA09"], delivery=["at_school"])


@pytest.fixture
def member(activity):
    return MembershipFactory(user=UserFactory(), provider=activity.provider).user


@pytest.fixture
def administrator():
    user = AdministratorFactory()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    return user


def page_of(client, user, name, *args, **query):
    if user:
        client.force_login(user)
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def test_what_is_gone_of_each_is_read_at_once(activity, django_assert_num_queries):
    other = ActivityFactory(regions=["NL-ZE", "GM9999", "RPA09"])
    whole = ActivityFactory(regions=["NL-ZE"])
    with django_assert_num_queries(1):
        assert gone_of([activity, other, whole]) == {activity.pk: ["RPA09"], other.pk: ["GM9999", "RPA09"]}
    with django_assert_num_queries(0):
        assert gone_regions(Activity(regions=[])) == []


def test_a_visitor_sees_no_code(client, activity):
    page = page_of(client, None, "activities:detail", activity.slug)
    assert "RPA09" not in page
    assert NOWHERE not in page
    Activity.objects.update(regions=["RPA09", "NL-ZE"])
    page = page_of(client, None, "activities:detail", activity.slug)
    assert "Zeeland" in page
    assert "RPA09" not in page


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("activities:detail", []),
        ("activities:edit", ["waar"]),
        ("activities:edit", ["controle"]),
        ("matches:activity", []),
    ],
)
def test_the_owner_is_told_where_to_mend_it(client, activity, member, name, steps):
    page = page_of(client, member, name, activity.slug, *steps)
    assert NOWHERE in page
    assert "RPA09" not in page
    assert reverse("activities:edit", args=[activity.slug, "waar"]) in page


def test_the_owner_is_told_on_the_own_page(client, activity, member):
    page = page_of(client, member, "matches:dashboard")
    assert NOWHERE in page
    assert reverse("activities:edit", args=[activity.slug, "waar"]) in page


def test_the_moderator_is_told(client, activity, administrator):
    for name in ("activities:detail", "moderation:activity", "matches:activity"):
        page = page_of(client, administrator, name, activity.slug)
        assert NOWHERE in page, name
        assert "RPA09" not in page, name
    asked = RequestFactory()
    page = page_of(client, administrator, "moderation:explain", vraag=str(asked.uuid), aanbod=activity.slug)
    assert NOWHERE in page
    assert "een regio die niet meer bestaat" in page.lower()
    assert "RPA09" not in page


def test_the_form_keeps_the_rest(client, activity, member):
    RegionFactory(code="GM0718", slug="vlissingen", name="Vlissingen")
    Activity.objects.update(regions=["RPA09", "NL-ZE", "GM0718"], status="draft")
    page = page_of(client, member, "activities:edit", activity.slug, "waar")
    assert SOME in page
    assert "RPA09" not in page
    sent = {"delivery": ["at_school"], "regions": ["NL-ZE"], "municipalities": "Vlissingen"}
    response = client.post(reverse("activities:edit", args=[activity.slug, "waar"]), sent)
    assert response.status_code == 302
    activity.refresh_from_db()
    assert activity.regions == ["NL-ZE", "GM0718"]


def test_a_public_one_cannot_be_saved_without_a_region(client, activity, member):
    client.force_login(member)
    response = client.post(reverse("activities:edit", args=[activity.slug, "waar"]), {"delivery": ["at_school"]})
    assert response.status_code == 422
    assert "Kies minstens één regio" in response.content.decode()


# ------------------------------------------------------------------------------------------------------------ deleting


@pytest.fixture
def network(activity):
    return RegionFactory(code="RPA09", slug="rpa09", name="Regio Zwolle", type=Region.Type.NETWORK)


@pytest.mark.parametrize("status", ["published", "paused"])
def test_a_region_that_is_named_stays(client, network, activity, administrator, status):
    Activity.objects.update(status=status)
    ActivityFactory(regions=["RPA09"], title="Robots bouwen")
    ActivityFactory(regions=["RPA09"], title="Van vroeger", status="archived")
    client.force_login(administrator)
    url = reverse("admin:taxonomy_region_delete", args=[network.pk])
    for response in (client.get(url), client.post(url, {"post": "yes"})):
        page = response.content.decode()
        assert "2 activiteiten gebruiken deze regio" in page
        assert "Zonnebootrace" in page
        assert "Van vroeger" not in page
    with pytest.raises(ProtectedError), transaction.atomic():
        network.delete()
    assert Region.objects.filter(code="RPA09").exists()


def test_a_region_of_what_is_archived_may_go(client, network, activity, administrator):
    Activity.objects.update(status="archived")
    client.force_login(administrator)
    response = client.post(reverse("admin:taxonomy_region_delete", args=[network.pk]), {"post": "yes"})
    assert response.status_code == 302
    assert not Region.objects.filter(code="RPA09").exists()
