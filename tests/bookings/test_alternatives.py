"""What else there is for a side: other activities, what is online, what would help, other requests."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from techfinder.activities.models import Activity
from techfinder.bookings.machine import Side
from techfinder.bookings.queries.alternatives import Alternatives, alternatives
from techfinder.matches.actions import match_activity, match_request
from techfinder.matches.models import Match
from techfinder.organisations.models import Provider
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory
from tests.factories.bookings import Parties, in_days
from tests.factories.organisations import SchoolFactory
from tests.factories.requests import RequestFactory

pytestmark = pytest.mark.django_db
SCHOOL, PROVIDER = Side.SCHOOL, Side.PROVIDER


@pytest.fixture
def parties():
    return Parties()


@pytest.fixture
def booking(parties):
    return parties.ask()


def fits(request, activity=None, *, score=50, **fields):
    """A pair that is before both sides."""
    fields = {"placed_at": timezone.now(), "reasons": [["distance_km", 8], ["themes", ["energie"]]], **fields}
    activity = activity or ActivityFactory()
    return Match.objects.create(request=request, activity=activity, score=score, **fields)


def run_matching(request):
    """As the worker does after each commit."""
    for pk in Activity.objects.values_list("pk", flat=True):
        match_activity(activity_id=pk)
    match_request(request_id=request.pk)


def titles(found: Alternatives) -> list[str]:
    return [each.title for each in found.items]


# ------------------------------------------------------------------ for the school


def test_three_activities_that_were_not_asked_yet_best_first(parties, booking):
    others = [fits(parties.request, score=score).activity.title for score in (40, 70, 60, 50)]
    found = alternatives(booking, SCHOOL)
    assert found.kind == "activities"
    assert titles(found) == [others[1], others[2], others[3]]
    assert parties.activity.title not in titles(found)
    assert "8 km" in found.items[0].reasons
    assert found.items[0].mail_url.startswith("http")


@pytest.mark.parametrize(
    ("on", "change"),
    [
        ("match", {"asked_at": timezone.now()}),
        ("match", {"state": Match.State.DECLINED}),
        ("match", {"placed_at": None}),
        ("activity", {"status": "paused"}),
        ("provider", {"paused": True}),
        ("provider", {"status": Provider.Status.PENDING}),
    ],
)
def test_not_what_was_asked_nor_what_is_not_public(parties, booking, on, change):
    match = fits(parties.request)
    row = {"match": match, "activity": match.activity, "provider": match.activity.provider}[on]
    type(row).objects.filter(pk=row.pk).update(**change)
    assert match.activity.title not in titles(alternatives(booking, SCHOOL))


def test_what_was_turned_down_does_not_come_back(parties, booking):
    fits(parties.request, parties.activity)
    parties.do("decline", booking, PROVIDER, reason="full")
    other = fits(parties.request)
    assert titles(alternatives(booking, SCHOOL)) == [other.activity.title]


@pytest.mark.parametrize("status", [Request.Status.FULFILLED, Request.Status.WITHDRAWN, Request.Status.EXPIRED])
def test_a_request_that_is_not_open_needs_nothing_else(parties, booking, status):
    fits(parties.request)
    Request.objects.filter(pk=parties.request.pk).update(status=status)
    assert not alternatives(booking, SCHOOL)


def test_without_another_what_can_be_had_online():
    parties = Parties()
    Request.objects.filter(pk=parties.request.pk).update(delivery=["at_school"])
    ActivityFactory(title="Programmeer een robot", delivery=["online"])
    booking = parties.ask()
    run_matching(parties.request)
    found = alternatives(booking, SCHOOL)
    assert (found.kind, titles(found)) == ("online", ["Programmeer een robot"])
    with translation.override("nl"):
        assert "online" in alternatives(booking, SCHOOL).items[0].line


def test_without_that_the_changes_that_would_help(parties):
    Request.objects.filter(pk=parties.request.pk).update(themes=["water"])
    parties.request.refresh_from_db()
    booking = parties.ask()
    run_matching(parties.request)
    found = alternatives(booking, SCHOOL)
    assert found.kind == "steps"
    assert "<" not in found.items[0].line
    assert found.items[0].url == f"/mijn/vraag/{parties.request.uuid}/"


def test_with_nothing_at_all_it_is_empty_and_false(parties, booking):
    Activity.objects.update(status="archived")
    found = alternatives(booking, SCHOOL)
    assert (bool(found), found.items) == (False, [])


# ---------------------------------------------------------------- for the provider


def test_three_other_open_requests_for_any_of_its_activities(parties, booking):
    second = ActivityFactory(provider=parties.provider)
    asks = [fits(RequestFactory(), parties.activity, score=score).request for score in (40, 90, 60)]
    fits(asks[0], second, score=80)
    fits(RequestFactory(), parties.activity, score=10)
    found = alternatives(booking, PROVIDER)
    assert found.kind == "requests"
    assert titles(found) == [asks[1].title, asks[0].title, asks[2].title]
    assert all("@" not in each.line for each in found.items)


def test_not_those_it_spoke_of_nor_those_that_are_closed(parties, booking):
    kept = fits(RequestFactory(), parties.activity)
    fits(RequestFactory(), parties.activity, asked_at=timezone.now())
    fits(RequestFactory(), parties.activity, offered_at=timezone.now())
    fits(RequestFactory(status=Request.Status.FULFILLED), parties.activity)
    fits(RequestFactory(date_from=in_days(-20), date_until=in_days(-1)), parties.activity)
    fits(RequestFactory())
    fits(parties.request, parties.activity)
    assert titles(alternatives(booking, PROVIDER)) == [kept.request.title]


# ------------------------------------------------------------------------- queries


@pytest.mark.parametrize(("side", "queries"), [(SCHOOL, 2), (PROVIDER, 1)])
@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow(parties, booking, side, queries, count):
    for _each in range(count):
        fits(parties.request)
        fits(RequestFactory(school=SchoolFactory()), parties.activity)
    with CaptureQueriesContext(
        connection,
    ) as captured:
        found = alternatives(booking, side)
    assert len(found.items) == count
    assert len(captured) == queries


def test_the_engine_finds_the_same_activities(parties):
    other = ActivityFactory(title="Nog een molen")
    run_matching(parties.request)
    booking = parties.ask()
    assert titles(alternatives(booking, SCHOOL)) == [other.title]
