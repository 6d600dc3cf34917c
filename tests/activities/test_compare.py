"""Up to three offers side by side."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.activities.comparing import compare
from techfinder.activities.models import Activity
from tests.factories.activities import ActivityFactory, SessionFactory

pytestmark = pytest.mark.django_db
COMPARE = reverse("activities:compare")


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def of(*activities):
    return {"a": [activity.slug for activity in activities]}


def row(slugs, label):
    return next(each for each in compare(slugs).rows if each.label == label)


def test_what_differs_is_marked_in_words(client):
    one, two = ActivityFactory(cost=0), ActivityFactory(cost=50)
    slugs = [one.slug, two.slug]
    assert row(slugs, "Kosten").differs
    assert not row(slugs, "Soort").differs
    page = text(client.get(COMPARE, of(one, two)))
    assert page.count('class="tf-compare__mark"') == sum(each.differs for each in compare(slugs).rows)


def test_they_stand_in_the_order_of_the_address(client):
    one, two = ActivityFactory(title="Eerste"), ActivityFactory(title="Tweede")
    assert [each.title for each in compare([two.slug, one.slug]).activities] == ["Tweede", "Eerste"]
    page = text(client.get(COMPARE, of(two, one)))
    assert page.index("Tweede") < page.index("Eerste")


def test_of_more_than_three_the_first_three(client):
    activities = [ActivityFactory(title=f"Nummer {number}") for number in range(5)]
    page = text(client.get(COMPARE, of(*activities)))
    assert "Nummer 2" in page
    assert "Nummer 3" not in page
    assert "Je kunt er drie vergelijken" in page


def test_the_same_twice_is_one(client):
    activity = ActivityFactory()
    assert len(client.get(COMPARE, of(activity, activity)).context["columns"]) == 1


def test_what_is_gone_is_named_and_a_draft_is_not(client):
    gone = ActivityFactory(title="Gestopte les", status=Activity.Status.ARCHIVED)
    draft = ActivityFactory(title="Geheim plan", draft=True)
    page = text(client.get(COMPARE, of(gone, draft, ActivityFactory())))
    assert "Gestopte les" in page
    assert "Geheim plan" not in page
    assert compare([draft.slug]).unknown == compare(["bestaat-niet"]).unknown == 1


@pytest.mark.parametrize(
    "address", ["", "?a=", "?a=%00", "?a=bestaat-niet", "?a=" + "x" * 9000, "?" + "&".join(["a=x"] * 500)]
)
def test_odd_addresses_give_a_page(client, address):
    assert "Nog niets om te vergelijken" in text(client.get(COMPARE + address))


def test_unknown_is_said(client):
    one, two = ActivityFactory(group_min=None, group_max=None), ActivityFactory(group_min=10)
    assert row([one.slug, two.slug], "Groep").cells[0] == ""
    assert "niet opgegeven" in text(client.get(COMPARE, of(one, two)))


def test_no_search_engine_keeps_it(client):
    assert 'content="noindex"' in text(client.get(COMPARE, of(ActivityFactory())))


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_questions_does_not_grow(client, count):
    activities = [ActivityFactory(regions=["NL-ZE", "NL"]) for _ in range(count)]
    for activity in activities:
        SessionFactory(activity=activity)
    client.get(COMPARE, of(*activities))
    with CaptureQueriesContext(connection) as queries:
        client.get(COMPARE, of(*activities))
    assert len(queries) == 3
