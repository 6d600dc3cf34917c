"""A provider reads what would let more requests fit, and gets to a form with it filled in."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.activities.models import Activity
from techfinder.matches import actions
from techfinder.matches.near.widening import proposals, proposals_of
from techfinder.taxonomy.models import Region
from tests.factories.accounts import UserFactory
from tests.factories.organisations import RegionFactory, SchoolFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def match(make_activity, make_request):
    """Make an activity and requests, and match them."""

    def make(fields, *asked, **both):
        activity = make_activity(**both, **fields)
        for each in asked:
            make_request(**both, **each)
        actions.match_activity(activity_id=activity.pk)
        return activity

    return make


def sentences(activity):
    return [each.sentence for each in proposals(activity)]


def test_one_more_group_of_classes(match):
    activity = match(
        {"levels": ["po-7", "po-8"]}, {"levels": ["po-5"]}, {"levels": ["po-6"]}, {"levels": ["vo-havo-3"]}
    )
    (proposal,) = proposals(activity)
    assert proposal.sentence == "2 vragen passen als je ook groep 5-6 neemt"
    assert proposal.url.endswith("/bewerken/voor-wie/?levels=po-5&levels=po-6#id_levels")


@pytest.mark.parametrize(
    ("fields", "asked", "said"),
    [
        ({"themes": ["energie"]}, {"themes": ["water"]}, "1 vraag past als het ook over water gaat"),
        ({"delivery": ["at_provider"]}, {"delivery": ["online"]}, "1 vraag past als het ook online kan"),
        ({"group_max": 20}, {"group_size": 25}, "1 vraag past als een groep van 25 leerlingen ook mag"),
        ({"group_min": 20}, {"group_size": 15}, "1 vraag past als een groep van 15 leerlingen ook mag"),
        ({"cost": 100}, {"max_cost": 50}, "1 vraag past als het hoogstens €\N{NO-BREAK SPACE}50 kost"),
        ({"cost": 100}, {"max_cost": 0}, "1 vraag past als het gratis is"),
    ],
)
def test_each_kind_of_change_has_words(match, fields, asked, said):
    assert said in sentences(match(fields, asked))


def test_a_municipality_is_named(make_activity, make_request):
    assen = RegionFactory(code="GM0106", slug="assen", name="Assen", parent=Region.objects.get(code="NL-DR"))
    activity = make_activity()
    make_request(school=SchoolFactory(municipality=assen))
    actions.match_activity(activity_id=activity.pk)
    urls = {each.sentence: each.url for each in proposals(activity)}
    assert "?regions=GM0106#" in urls["1 vraag past als je er ook bent voor scholen in Assen"]


def test_at_most_three_and_none_for_what_is_not_public(match, make_activity):
    activity = match(
        {"levels": ["po-7"], "themes": ["energie"], "cost": 100, "group_max": 20, "delivery": ["at_school"]},
        {"levels": ["po-5"], "group_size": 10},
        {"themes": ["water"], "group_size": 10},
        {"max_cost": 0, "group_size": 10},
        {"group_size": 25},
        {"delivery": ["online"], "group_size": 10},
    )
    assert len(proposals(activity)) == 3
    assert proposals(make_activity(draft=True)) == []


def test_the_page_leads_to_the_form_and_changes_nothing(client, match, member):
    activity = match({"levels": ["po-7"]}, {"levels": ["po-5"]})
    client.force_login(member)
    page = client.get(reverse("matches:activity", args=[activity.slug]))
    assert "1 vraag past als je ook groep 5-6 neemt" in page.content.decode()
    form = client.get(page.context["proposals"][0].url)
    assert form.context["form"]["levels"].value() == ["po-5", "po-6", "po-7"]
    assert "nog niet bewaard" in form.content.decode()
    assert Activity.objects.get().levels == ["po-7"]
    assert Activity.objects.get().pending in (None, {})


def test_who_only_looks_gets_no_proposals(client, match, zeeland):
    activity = match({"levels": ["po-7"]}, {"levels": ["po-5"]})
    client.force_login(UserFactory(is_staff=False))
    assert client.get(reverse("matches:activity", args=[activity.slug])).status_code == 404


@pytest.mark.parametrize(
    "query",
    [
        "levels=nonsense",
        "months=13",
        "months=x",
        "cost=NaN",
        "cost=1e99",
        "max_travel_km=-1",
        "regions=%00",
        "splittable=0",
        "title=x",
    ],
)
def test_what_makes_no_sense_is_not_filled_in(client, match, member, query):
    activity = match({"levels": ["po-7"]})
    client.force_login(member)
    for step in ("wat", "voor-wie", "waar", "wanneer", "praktisch"):
        page = client.get(f"{reverse('activities:edit', args=[activity.slug, step])}?{query}")
        assert page.status_code == 200
        assert "nog niet bewaard" not in page.content.decode()


def test_several_are_counted_at_once_and_kept(make_activity, make_request):
    activities = [make_activity(levels=["po-7"]) for _ in range(4)]
    make_request(levels=["po-5"])
    actions.rematch(everything=True)
    activities = list(Activity.objects.all())
    assert len(proposals_of(activities)) == 3
    assert len(proposals_of(activities)) == 4
    cache.clear()
    assert len(proposals_of(activities)) == 3


def test_the_queries_stay_the_same(make_activity, make_request):
    activities, counts = [], []
    for _ in range(3):
        activities.append(make_activity(levels=["po-7"], group_max=20))
        make_request(levels=["po-5"], group_size=10)
        make_request(group_size=25)
        actions.rematch(everything=True)
        # Once, so that what is kept in memory is there.
        proposals_of(activities)
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            proposals_of(activities)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 12
