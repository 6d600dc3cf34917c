"""Whether a school was served this school year: it counts for less then, and for as much as before when that ends."""

import numpy as np
import pytest
from django.utils import timezone

from techfinder.matches import actions
from techfinder.matches.campaign_pairs import Market
from techfinder.matches.models import AskedRow
from techfinder.matches.rows import World
from techfinder.matches.rows.found import schools_served_by_now, served_schools
from techfinder.requests.actions import fulfil, reopen, withdraw_request
from techfinder.requests.models import Request
from tests.matches.worlds import Country, catch_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def asking(make_activity, make_request):
    """Of a school that asks twice: the request that is looked at, and the other one."""
    make_activity()
    one, other = make_request(), make_request()
    catch_up()
    return one, other


def score(request):
    return request.matches.open().get().score


def test_a_school_that_was_served_counts_for_less_in_its_other_requests(asking):
    one, other = asking
    before = score(one)
    fulfil(request_ids=[other.pk])
    catch_up()
    assert score(one) < before


@pytest.mark.parametrize("first", ["request", "activity"])
def test_what_came_to_nothing_serves_no_school(asking, make_activity, first):
    """Also when another item is matched before: that reads the request as it is now."""
    one, other = asking
    before = score(one)
    fulfil(request_ids=[other.pk])
    catch_up()
    assert reopen(request_id=other.pk)
    if first == "activity":
        actions.match_activity(activity_id=make_activity(levels=["mbo"]).pk)
    catch_up()
    assert score(one) == before


def test_a_deleted_request_serves_no_school(asking):
    one, other = asking
    withdraw_request(request_id=other.pk, reason=Request.Withdrawn.FOUND_HERE)
    catch_up()
    assert World().served.tolist() == [one.school_id]
    other.delete()
    assert World().served.tolist() == []


def test_another_reason_counts_from_when_the_request_is_read_again(asking):
    _one, other = asking
    withdraw_request(request_id=other.pk, reason=Request.Withdrawn.FOUND_HERE)
    catch_up()
    Request.objects.filter(pk=other.pk).update(status="withdrawn", withdrawn_reason="no_time")
    actions.rematch(everything=True)
    assert World().served.tolist() == []
    assert not AskedRow.objects.filter(found=True).exists()


def test_a_campaign_knows_at_once_who_was_served(asking):
    """The worker has not seen it yet."""
    one, other = asking
    fulfil(request_ids=[other.pk])
    assert World().served.tolist() == []
    market = Market(request_ids=[one.pk], session_ids=[])
    assert [each.served for each in market.askings()] == [True]


def test_the_engines_rows_say_what_the_requests_say():
    country = Country(31)
    requests = country.requests(80)
    for request in country.random.sample(requests, 40):
        values = {
            "status": country.random.choice(Request.Status.values),
            "withdrawn_reason": country.random.choice(Request.Withdrawn.values),
        }
        Request.objects.filter(pk=request.pk).update(**values)
    actions.rematch(everything=True)
    today = timezone.localdate()
    assert len(served_schools(today))
    np.testing.assert_array_equal(served_schools(today), schools_served_by_now(today))
