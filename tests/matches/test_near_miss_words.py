"""A near miss says what changes, what it yields by name, and what it is now; its button can be undone."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from techfinder.matches import actions
from techfinder.matches.models import Match
from techfinder.matches.queries import why_not as why_not_of
from techfinder.requests.models import Request
from tests.factories.activities import ActivityFactory, SessionFactory
from tests.factories.organisations import ProviderFactory

pytestmark = pytest.mark.django_db


def why_not(request):
    """As the page shows it, once the request was matched."""
    actions.match_request(request_id=request.pk)
    return why_not_of(request)


def test_what_it_yields_is_named_and_escaped(make_activity, make_request):
    make_activity(title="Bouwen met <b>stroom</b>", group_max=20)
    make_activity(title="Lassen", group_max=20)
    (step,) = why_not(make_request(group_size=26)).steps
    assert step.title == "Kom met 20 leerlingen"
    assert step.gain.startswith(
        "Dan past er <strong>1 bedrijf</strong> met 2 activiteiten, zoals Bouwen met &lt;b&gt;stroom"
    )
    assert step.was == "26 leerlingen"


def test_as_many_companies_as_activities_are_said_once(make_activity, make_request):
    make_activity(title="Lassen", group_max=20)
    make_activity(title="Solderen", group_max=20, provider=ProviderFactory())
    (step,) = why_not(make_request(group_size=26)).steps
    assert step.gain == "Dan passen er <strong>2 bedrijven</strong>, bijvoorbeeld met Lassen."


def test_two_changes_are_one_sentence(make_activity, make_request, provider, school):
    """2 bedrijven als je 12 km verder reist; 5 in oktober."""
    school.lat, school.lon = 51.45, 3.57
    school.save()
    year = timezone.localdate().year + 1
    request = make_request(
        date_from=dt.date(year, 3, 1), date_until=dt.date(year, 6, 30), delivery=["at_provider"], max_travel_km=10
    )
    for _ in range(2):
        ActivityFactory(
            regions=["NL-ZE"], delivery=["at_provider"], provider=ProviderFactory(lat=51.6, lon=3.57), title="Lassen"
        )
    for _ in range(5):
        SessionFactory(
            activity=ActivityFactory(
                regions=["NL-ZE"], delivery=["at_provider"], provider=ProviderFactory(lat=51.45, lon=3.57)
            ),
            date=dt.date(year, 10, 5),
        )
    why = why_not(request)
    assert why.summary == "5 bedrijven in oktober; 2 als je 7 km verder reist."
    assert why.steps[0].value == f"date_until:{year}-10-31"
    assert why.steps[1].value == "max_travel_km:17"


def test_what_is_added_has_a_button_of_its_own(make_activity, make_request):
    make_activity(themes=["water"])
    (step,) = why_not(make_request(themes=["energie"])).steps
    assert (step.title, step.action) == ("Ook over water", "Zet dit erbij")


def test_half_a_word_is_no_theme(make_activity, make_request):
    make_activity(themes=["luchtvaart"])
    (step,) = why_not(make_request(themes=["energie"])).steps
    assert (step.title, step.was) == ("Ook over luchtvaart", "energie")


def test_a_day_in_the_same_month_stays_that_day(make_activity, make_request):
    today = timezone.localdate()
    first = (today.replace(day=1) + dt.timedelta(days=70)).replace(day=1)
    activity = make_activity()
    SessionFactory(activity=activity, date=first.replace(day=20))
    (step,) = why_not(make_request(date_from=first, date_until=first.replace(day=15))).steps
    assert step.value == f"date_until:{first.replace(day=20)}"


def test_what_the_form_refuses_is_not_proposed(make_activity, make_request):
    """A fourth theme, and a date two years away."""
    make_activity(themes=["water"])
    SessionFactory(activity=make_activity(), date=timezone.localdate() + dt.timedelta(days=700))
    assert why_not(make_request(themes=["energie", "bouw", "zorg"])).steps == []


def test_what_was_declined_is_not_proposed(make_activity, make_request):
    activity, request = make_activity(group_max=20), make_request(group_size=26)
    Match.objects.create(request=request, activity=activity, score=1, state=Match.State.DECLINED)
    assert why_not(request).steps == []


def test_at_most_six_with_those_that_yield_most_first(make_activity, make_request):
    until = timezone.localdate() + dt.timedelta(days=40)
    make_activity(group_max=20)
    make_activity(cost=75)
    make_activity(kind="excursie")
    make_activity(delivery=["at_provider"])
    make_activity(delivery=["online"], title="Kijk mee")
    SessionFactory(activity=make_activity(), date=until + dt.timedelta(days=90))
    for _ in range(2):
        make_activity(themes=["water"], provider=ProviderFactory())
    request = make_request(
        date_until=until, max_cost=0, kinds=["gastles"], delivery=["at_school"], date_from=timezone.localdate()
    )
    why = why_not(request)
    assert len(why.steps) == 6
    assert why.steps[0].title == "Ook over water"
    assert "delivery:at_provider+at_school" in {step.value for step in why.steps}


# -------------------------------------------------------------------- online


def test_online_is_proposed_by_name_where_nothing_is_near(client, make_activity, make_request):
    for number in range(7):
        make_activity(delivery=["online"], regions=[], title=f"Kijk mee {number}")
    request = make_request(delivery=["at_school"])
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    page = client.get(reverse("matches:request", args=[request.uuid]))
    text = page.content.decode()
    assert "Kijk mee 0" in text
    assert "en nog 2" in text
    assert page.context["why"].steps == [], "the same change is not proposed twice"
    client.post(reverse("matches:loosen", args=[request.uuid]), {"loosen": page.context["why"].online.step.value})
    request.refresh_from_db()
    assert sorted(request.delivery) == ["at_school", "online"]
    assert request.matches.open().count() == 7


def test_who_takes_online_gets_no_proposal_of_it(make_activity, make_request):
    make_activity(delivery=["online"])
    assert why_not(make_request()).online is None


# ------------------------------------------------------------------ the button


@pytest.fixture
def loosened(client, make_activity, make_request):
    """A request that came down from 26 to 20 pupils, for an activity that fits then."""
    make_activity(group_max=20, title="Lassen")
    request = make_request(group_size=26, max_cost=50)
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    client.post(reverse("matches:loosen", args=[request.uuid]), {"loosen": "group_size:20"})
    return request


def page_of(request):
    return reverse("matches:request", args=[request.uuid])


def test_the_button_changes_the_request_and_matches_at_once(client, loosened):
    assert Request.objects.get().group_size == 20
    text = client.get(page_of(loosened)).content.decode()
    assert "Lassen" in text
    assert "Je koos: Kom met 20 leerlingen. Het was: 26 leerlingen." in text


def test_it_can_be_put_back_once(client, loosened):
    for _ in range(2):
        client.post(reverse("matches:put_back", args=[loosened.uuid]))
    assert Request.objects.get().group_size == 26
    assert Request.objects.get().version == 3
    assert not Match.objects.open().exists()
    assert "Zet terug" not in client.get(page_of(loosened)).content.decode()


def test_a_later_change_is_not_put_back(client, loosened):
    Request.objects.update(group_size=10, version=5)
    assert "Zet terug" not in client.get(page_of(loosened)).content.decode()
    client.post(reverse("matches:put_back", args=[loosened.uuid]))
    assert Request.objects.get().group_size == 10


@pytest.mark.parametrize(
    ("field", "value", "fits"),
    [
        ("max_cost", 0, {"cost": 75}),
        ("date_until", timezone.localdate() + dt.timedelta(days=40), {"lead_days": 60}),
        ("themes", ["energie"], {"themes": ["water"]}),
        ("kinds", ["excursie"], {}),
        ("delivery", ["at_school"], {"delivery": ["at_provider"]}),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(client, make_activity, make_request, field, value, fits):
    make_activity(**fits)
    request = make_request(**{"date_from": timezone.localdate(), field: value})
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    (step,) = client.get(page_of(request)).context["why"].steps
    client.post(reverse("matches:loosen", args=[request.uuid]), {"loosen": step.value})
    assert getattr(Request.objects.get(), field) != value
    assert Match.objects.open().exists()
    client.post(reverse("matches:put_back", args=[request.uuid]))
    assert getattr(Request.objects.get(), field) == value


@pytest.mark.parametrize("posted", ["", "group_size:19", "group_size", "title:x", "\x00", "max_cost:free"])
def test_what_was_not_proposed_changes_nothing(client, make_activity, make_request, posted):
    make_activity(group_max=20)
    request = make_request(group_size=26)
    actions.match_request(request_id=request.pk)
    client.force_login(request.contact)
    response = client.post(reverse("matches:loosen", args=[request.uuid]), {"loosen": posted}, follow=True)
    assert "Deze aanpassing helpt niet meer" in response.content.decode()
    assert (Request.objects.get().group_size, Request.objects.get().version) == (26, 1)


def test_what_is_held_back_shows_near_misses_too(client, make_activity, make_request):
    make_activity(group_max=20)
    request = make_request()
    for _ in range(3):
        actions.match_activity(activity_id=make_activity().pk)
    actions.match_request(request_id=request.pk)
    Match.objects.update(held=Match.Held.FULL, placed_at=None)
    client.force_login(request.contact)
    assert "Kom met 20 leerlingen" in client.get(page_of(request)).content.decode()


def test_the_queries_stay_the_same(make_activity, make_request):
    request = make_request(group_size=26, themes=["energie"])
    counts = []
    for theme in ("water", "bouw", "zorg"):
        make_activity(group_max=20)
        make_activity(themes=[theme])
        # Once, so that what is kept in memory is there.
        why_not(request)
        with CaptureQueriesContext(connection) as queries:
            why_not_of(request)
        counts.append(len(queries))
    assert counts[0] == counts[2] <= 13
