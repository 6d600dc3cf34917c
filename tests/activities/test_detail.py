import datetime as dt
import json
import re

import pytest
from django.utils import timezone

from techfinder.activities.models import Activity
from techfinder.taxonomy.models import Region
from techfinder.taxonomy.templatetags.ui import months, theme_icon
from tests.factories.activities import ActivityFactory, SessionFactory, StageFactory
from tests.factories.organisations import MembershipFactory, ProviderFactory, RegionFactory

pytestmark = pytest.mark.django_db


def structured(client, activity):
    body = client.get(activity.get_absolute_url()).content.decode()
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', body, re.DOTALL)[1])


def test_structured_data_of_a_dated_offer(client):
    activity = ActivityFactory(cost=0, venue_city="Vlissingen", venue_lat=51.45, venue_lon=3.57)
    SessionFactory(activity=activity, seats=30, taken=4)
    about = structured(client, activity)
    assert about["name"] == activity.title
    assert about["provider"]["name"] == activity.provider.name
    assert about["typicalAgeRange"] == "10-12"
    assert about["isAccessibleForFree"] is True
    assert about["hasCourseInstance"][0]["remainingAttendeeCapacity"] == 26
    assert about["hasCourseInstance"][0]["location"]["geo"]["latitude"] == 51.45


def test_structured_data_cannot_end_its_element(client):
    activity = ActivityFactory(summary="</script><script>alert(1)</script>")
    assert structured(client, activity)["description"] == activity.summary
    assert "<script>alert" not in client.get(activity.get_absolute_url()).content.decode()


def test_text_of_a_provider_is_escaped(client):
    hostile = "<img src=x onerror=alert(1)>"
    activity = ActivityFactory(
        title=hostile, description=hostile, goals=hostile, supervisors=hostile, venue_city=hostile, picture_alt=hostile,
        co_providers=hostile, provider__name=hostile,
    )  # fmt: skip
    StageFactory(activity=activity, title=hostile, description=hostile)
    for url in (activity.get_absolute_url(), "/aanbod/"):
        assert "<img src=x" not in client.get(url).content.decode()


@pytest.mark.parametrize("status", [status for status in Activity.Status if status != "published"])
def test_what_is_not_public_is_a_preview_for_members_only(client, status):
    activity = ActivityFactory(status=status)
    assert client.get(activity.get_absolute_url()).status_code == 404
    client.force_login(MembershipFactory(provider=activity.provider).user)
    response = client.get(activity.get_absolute_url())
    assert response.status_code == 200
    assert 'content="noindex"' in response.content.decode()
    assert "application/ld+json" not in response.content.decode()


@pytest.mark.parametrize("provider", [{"status": "pending"}, {"status": "rejected"}, {"paused": True}])
def test_offer_of_an_unverified_or_paused_provider_is_not_public(client, provider):
    activity = ActivityFactory(provider=ProviderFactory(**provider))
    assert client.get(activity.get_absolute_url()).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_query_count_is_constant(client, django_assert_num_queries, count):
    zeeland = Region.objects.get(code="NL-ZE")
    activity = ActivityFactory(regions=["NL-ZE", "NL-ZH"])
    for number in range(count):
        RegionFactory(parent=zeeland)
        StageFactory(activity=activity, position=number)
        SessionFactory(activity=activity, date=timezone.localdate() + dt.timedelta(days=number))
    with django_assert_num_queries(10):
        assert client.get(activity.get_absolute_url()).status_code == 200


def test_provider_that_changes_is_matched_and_found_anew(client):
    activity = ActivityFactory()
    for change in ({"paused": True}, {"paused": False}, {"lat": 52.0}, {"name": "Andere naam"}):
        before = Activity.objects.get().version
        type(activity.provider).objects.update(**change)
        raised = Activity.objects.get().version - before
        assert raised == (0 if "name" in change else 1)
    assert client.get("/aanbod/", {"q": "andere naam"}).context["count"] == 1


def test_months_and_days_do_not_contradict_each_other(client):
    activity = ActivityFactory(months=[6], available_from=None, available_until=None)
    shown = client.get(activity.get_absolute_url()).context["shown"]
    assert dict(shown.keys)["Periode"] == dict(shown.practical)["Periode"] == "Juni"
    assert "Beschikbaar" not in dict(shown.practical)
    Activity.objects.update(available_from=dt.date(2027, 6, 7))
    assert (
        dict(client.get(activity.get_absolute_url()).context["shown"].practical)["Beschikbaar"] == "vanaf 7 juni 2027"
    )


def test_what_has_only_fixed_days_is_not_for_the_whole_year(client):
    activity = ActivityFactory(months=[])
    assert dict(client.get(activity.get_absolute_url()).context["shown"].keys)["Periode"] == "Hele jaar"
    coming = SessionFactory(activity=activity)
    shown = dict(client.get(activity.get_absolute_url()).context["shown"].keys)
    assert shown["Periode"] == months([coming.date.month]).capitalize()
    assert "Hele jaar" not in str(client.get("/aanbod/").context["cards"])


def test_regions_have_names(client):
    activity = ActivityFactory(regions=["NL"])
    assert client.get(activity.get_absolute_url()).context["shown"].coverage == "Heel Nederland"
    Activity.objects.update(regions=["NL-ZE", "NL-DR"])
    assert client.get(activity.get_absolute_url()).context["shown"].coverage == "Drenthe en Zeeland"


def test_the_top_has_the_art_of_its_theme(client):
    activity = ActivityFactory(themes=["water"])
    body = client.get(activity.get_absolute_url()).content.decode()
    assert theme_icon("water") in body.split("tf-mast__art")[1].split("</div>")[0]
