"""Before matching the page of a request says that we look, and nothing else; after the end, that all is agreed."""

import pytest
from django.urls import reverse

from techfinder.matches import actions
from techfinder.requests.actions import edit_request
from techfinder.requests.models import Request

pytestmark = pytest.mark.django_db
LOOKING, NEARLY, AGAIN = "We zoeken wat past", 'name="loosen"', 'every 2s"'


def page(client, request):
    client.force_login(request.contact)
    return client.get(reverse("matches:request", args=[request.uuid])).content.decode()


def test_while_matching_no_near_miss_is_shown(client, make_activity, make_request):
    make_activity()
    request = make_request(group_size=2000)
    html = page(client, request)
    assert LOOKING in html
    assert AGAIN in html
    assert f'href="{reverse("matches:request", args=[request.uuid])}"' in html
    assert NEARLY not in html
    assert "Waarom nog geen match" not in html
    assert "0 matches gevonden" not in html


def test_after_matching_it_is_the_other_way_round(client, make_activity, make_request):
    make_activity(group_max=30)
    request = make_request(group_size=31)
    actions.match_request(request_id=request.pk)
    html = page(client, request)
    assert LOOKING not in html
    assert AGAIN not in html
    assert NEARLY in html


def test_what_fitted_before_a_change_is_not_shown_as_fitting(client, make_activity, make_request):
    activity, request = make_activity(), make_request()
    actions.match_request(request_id=request.pk)
    edit_request(request_id=request.pk, fields={"group_size": 12, "audience": request.audience})
    html = page(client, request)
    assert LOOKING in html
    assert activity.title not in html


def test_a_request_that_came_true_looks_no_further(client, make_request):
    request = make_request(status=Request.Status.FULFILLED)
    html = page(client, request)
    assert "Je vraag is gelukt" in html
    assert "0 matches gevonden" not in html
    assert "We blijven zoeken" not in html
    assert "Wat zou helpen" not in client.get(reverse("matches:dashboard")).content.decode()


def test_a_request_that_is_over_has_nothing_going_on(client, make_request):
    html = page(client, make_request(status=Request.Status.WITHDRAWN))
    assert "Deze vraag is gesloten" in html
    assert "We blijven zoeken" not in html
