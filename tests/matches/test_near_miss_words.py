"""A near miss says what changes, what it yields by name, and what it is now; its button says what happens."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from techfinder.matches import actions
from techfinder.matches.queries import why_not
from techfinder.requests.models import Request

pytestmark = pytest.mark.django_db


def test_what_it_yields_is_named_and_escaped(make_activity, make_request):
    make_activity(title="Bouwen met <b>stroom</b>", group_max=20)
    make_activity(title="Lassen", group_max=20)
    (step,) = why_not(make_request(group_size=26)).steps
    assert step.title == "Kom met 20 leerlingen"
    assert step.gain.startswith("Dan passen er <strong>2 activiteiten</strong>, zoals Bouwen met &lt;b&gt;stroom")
    assert step.now == "Nu: 26 leerlingen."


def test_what_is_added_has_a_button_of_its_own(make_activity, make_request):
    make_activity(themes=["water"])
    (step,) = why_not(make_request(themes=["energie"])).steps
    assert (step.title, step.action) == ("Ook over water", "Zet dit erbij")


def test_the_button_changes_the_request_and_matches_at_once(client, make_activity, make_request):
    activity, request = make_activity(group_max=20), make_request(group_size=26)
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    response = client.post(reverse("matches:loosen", args=[request.uuid]), {"loosen": "group_size:20"}, follow=True)
    assert activity.title in response.content.decode()
    assert Request.objects.get().group_size == 20


@pytest.mark.parametrize("each", [1, 3])
def test_the_queries_stay_the_same(make_activity, make_request, each):
    request = make_request(group_size=26, themes=["energie"])
    for number in range(each):
        make_activity(group_max=20 + number)
        make_activity(themes=["water", "bouw", "zorg"][number : number + 1])
    with CaptureQueriesContext(connection) as queries:
        why_not(request)
    assert len(queries) == 7, [query["sql"] for query in queries]
